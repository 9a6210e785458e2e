/** The trackers: each with its colour, and which one is looked at. */
import { byId, make } from "./element.ts";
import type { Stream } from "./stream.ts";

/** To be told apart on a map, by the colour-blind, too (after Okabe and Ito); then from the beginning. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7b61c9", "#a6761d", "#56b4e9", "#b2182b"];

export interface Fleet {
  readonly names: readonly string[];
  /** The one looked at; "": none is known yet. */
  readonly chosen: string;
  colourOf(name: string): string;
  choose(name: string): void;
  /** Told when the viewer looks at another one; whoever shows `hello` does so by itself. */
  onChange(listener: () => void): void;
}

export function createFleet(stream: Stream): Fleet {
  const chips = byId("fleet", HTMLFieldSetElement);
  const listeners: (() => void)[] = [];
  let names: readonly string[] = [];
  let chosen = "";

  const colourOf = (name: string): string =>
    COLOURS[Math.max(0, names.indexOf(name)) % COLOURS.length] as string;

  function choose(name: string): void {
    if (name === chosen) return;
    chosen = name;
    for (const input of chips.querySelectorAll("input")) input.checked = input.value === chosen;
    for (const listener of listeners) listener();
  }

  function chip(name: string): HTMLElement {
    const input = make("input", { type: "radio", name: "tracker", value: name, checked: name === chosen });
    const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = colourOf(name);
    input.addEventListener("change", () => choose(name));
    return make("label", {}, input, swatch, name);
  }

  stream.on("hello", (hello) => {
    names = hello.trackers;
    chosen = names.includes(chosen) ? chosen : (names[0] ?? "");
    for (const label of chips.querySelectorAll("label")) label.remove();
    chips.append(...names.map(chip));
    chips.hidden = names.length < 2;
  });
  return {
    get names() {
      return names;
    },
    get chosen() {
      return chosen;
    },
    colourOf,
    choose,
    onChange: (listener) => listeners.push(listener),
  };
}
