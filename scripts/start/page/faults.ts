/** Buttons for what can go wrong. */
import { ask } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { FaultOffered } from "./events.ts";
import type { Fleet } from "./fleet.ts";
import { orSay, say } from "./notice.ts";
import type { Stream } from "./stream.ts";

export function showFaults(stream: Stream, fleet: Fleet): void {
  const root = byId("faults", HTMLDivElement);
  const buttons = new Map<string, HTMLButtonElement>();
  /** Of each that has a state the trackers that it is on for. */
  const states = new Map<string, readonly string[]>();

  const isOn = (name: string): boolean => states.get(name)?.includes(fleet.chosen) === true;

  /** A button is of the tracker looked at. */
  function press(name: string): void {
    const button = buttons.get(name);
    if (button && states.has(name)) button.ariaPressed = `${isOn(name)}`;
  }

  async function toggle({ name, label }: FaultOffered, button: HTMLButtonElement): Promise<void> {
    // Meanwhile the button stays what it is: `fault` tells what became of it, to whoever looks.
    const wanted = states.has(name) ? !isOn(name) : undefined;
    button.ariaBusy = "true";
    const asked = ask("/simulator/fault", {
      name,
      tracker: fleet.chosen,
      ...(wanted !== undefined && { is_on: wanted }),
    });
    const answer = await orSay(label, asked);
    button.ariaBusy = "false";
    if (answer === undefined) return;
    say(wanted === undefined ? `${label}: done` : `${label}: ${wanted ? "on" : "over"}`);
  }

  function fault(offered: FaultOffered): HTMLElement {
    const { name, label, what, on } = offered;
    const id = `fault-${name}`;
    const button = make("button", { type: "button", "data-fault": name, "aria-describedby": id }, label);
    button.addEventListener("click", () => toggle(offered, button));
    buttons.set(name, button);
    if (on) states.set(name, on);
    press(name);
    return make("div", { class: "fault" }, button, make("p", { id }, what));
  }

  stream.on("hello", ({ faults }) => {
    buttons.clear();
    states.clear();
    root.replaceChildren(...faults.map(fault));
  });
  stream.on("fault", ({ name, on }) => {
    states.set(name, on);
    press(name);
  });
  fleet.onChange(() => {
    for (const name of buttons.keys()) press(name);
  });
}
