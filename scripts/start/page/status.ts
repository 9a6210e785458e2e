/** What the tracker is doing, in a line, and each part of it, and why. */
import { byId, make, setText } from "./element.ts";
import type { StatusTold, TrackerState } from "./events.ts";
import type { Fleet } from "./fleet.ts";
import type { Stream } from "./stream.ts";

const STATES: Readonly<Record<TrackerState, string>> = {
  starts: "Starts",
  waiting: "Waits before it tries the network again",
  modem: "Brings its modem up",
  server: "Connects to the server",
  online: "Connected",
  resting: "Rests, as all is sent",
};

/** One line. The reason goes along, as it says what to do. */
export function stateWords({ is_powered, is_asleep, state, reason }: StatusTold): string {
  if (!is_powered) return "Its power is cut";
  if (is_asleep) return "Asleep until the next round";
  return reason ? `${STATES[state]}: ${reason}` : STATES[state];
}

/** For its colour. */
export function lampOf({ is_powered, is_asleep, state }: StatusTold): "off" | "asleep" | "good" | "busy" {
  if (!is_powered) return "off";
  if (is_asleep || state === "resting") return "asleep";
  return state === "online" ? "good" : "busy";
}

/** What the way to the server is: there, at rest or about to be, or cut off. */
export function linkOf({ is_powered, is_asleep, state }: StatusTold): "up" | "idle" | "down" {
  if (!is_powered || (state === "waiting" && !is_asleep)) return "down";
  return state === "online" && !is_asleep ? "up" : "idle";
}

/** The last status of each tracker. `show` is told of the one looked at; undefined: nothing is known of it yet. */
export function onStatus(stream: Stream, fleet: Fleet, show: (status: StatusTold | undefined) => void): void {
  const statuses = new Map<string, StatusTold>();
  stream.on("hello", (hello) => {
    statuses.clear();
    for (const status of hello.statuses) statuses.set(status.tracker, status);
    show(statuses.get(fleet.chosen));
  });
  stream.on("status", (status) => {
    statuses.set(status.tracker, status);
    if (status.tracker === fleet.chosen) show(status);
  });
  fleet.onChange(() => show(statuses.get(fleet.chosen)));
}

export function showStatus(stream: Stream, fleet: Fleet): void {
  const doing = byId("doing", HTMLParagraphElement);
  const parts = byId("parts", HTMLDListElement);
  /** Each part's text, by its name: the list changes only where it must, so that it can be read. */
  const texts = new Map<string, HTMLElement>();

  function showParts(told: Readonly<Record<string, string>>): void {
    const names = Object.keys(told);
    if (names.join() !== [...texts.keys()].join()) {
      texts.clear();
      for (const name of names) texts.set(name, make("dd"));
      parts.replaceChildren(...[...texts].flatMap(([name, text]) => [make("dt", {}, name), text]));
    }
    for (const [name, text] of texts) setText(text, told[name] ?? "");
  }

  onStatus(stream, fleet, (status) => {
    if (!status) {
      setText(doing, "");
      showParts({});
      return;
    }
    doing.dataset.lamp = lampOf(status);
    setText(doing, stateWords(status));
    parts.classList.toggle("old", !status.is_powered);
    if (status.is_powered || texts.size === 0) showParts(status.parts);
  });
}
