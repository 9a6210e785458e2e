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

  function press(button: HTMLButtonElement, is_on: boolean): void {
    button.ariaPressed = `${is_on}`;
  }

  async function toggle({ name, label, is_on }: FaultOffered, button: HTMLButtonElement): Promise<void> {
    // Meanwhile the button stays what it is: `fault` tells what became of it, to whoever looks.
    const wanted = is_on === undefined ? undefined : button.ariaPressed !== "true";
    button.ariaBusy = "true";
    const asked = ask("/simulator/fault", {
      name,
      tracker: fleet.chosen,
      ...(wanted !== undefined && { is_on: wanted }),
    });
    const answer = await orSay(label, asked);
    button.ariaBusy = "false";
    if (answer === undefined) return;
    if (wanted !== undefined) press(button, wanted);
    say(wanted === undefined ? `${label}: done` : `${label}: ${wanted ? "on" : "over"}`);
  }

  function fault(offered: FaultOffered): HTMLElement {
    const { name, label, what, is_on } = offered;
    const id = `fault-${name}`;
    const button = make("button", { type: "button", "data-fault": name, "aria-describedby": id }, label);
    if (is_on !== undefined) press(button, is_on);
    button.addEventListener("click", () => toggle(offered, button));
    buttons.set(name, button);
    return make("div", { class: "fault" }, button, make("p", { id }, what));
  }

  stream.on("hello", ({ faults }) => {
    buttons.clear();
    root.replaceChildren(...faults.map(fault));
  });
  stream.on("fault", ({ name, is_on }) => {
    const button = buttons.get(name);
    if (button?.ariaPressed) press(button, is_on);
  });
}
