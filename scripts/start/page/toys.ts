/** What the simulated board measures, to play with. */
import { ask } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { PageRequests } from "./events.ts";
import { orSay, say } from "./notice.ts";
import type { Stream } from "./stream.ts";

interface Number_ {
  name: string;
  label: string;
  least: number;
  most: number;
  step: number;
  value: number;
}

interface Toy {
  name: string;
  path: "/simulator/motion" | "/simulator/battery" | "/simulator/temperature";
  title: string;
  button: string;
  numbers: readonly Number_[];
}

const TOYS: readonly Toy[] = [
  {
    name: "motion",
    path: "/simulator/motion",
    title: "Motion",
    button: "Shake",
    numbers: [
      { name: "g", label: "Force, g", least: 0.01, most: 16, step: 0.01, value: 0.5 },
      { name: "seconds", label: "Seconds", least: 0.1, most: 3600, step: 0.1, value: 2 },
    ],
  },
  {
    name: "battery",
    path: "/simulator/battery",
    title: "Battery",
    button: "Set",
    numbers: [{ name: "volts", label: "Volts", least: 0, most: 20, step: 0.05, value: 3.7 }],
  },
  {
    name: "temperature",
    path: "/simulator/temperature",
    title: "Temperature",
    button: "Set",
    numbers: [{ name: "celsius", label: "°C", least: -60, most: 150, step: 0.5, value: 21 }],
  },
];

function toyForm({ path, title, button, numbers }: Toy): HTMLElement {
  const inputs = numbers.map(({ name, least, most, step, value }) =>
    make("input", { type: "number", name, min: least, max: most, step, value, required: true }),
  );
  const labels = inputs.map((input, i) => make("label", {}, numbers[i]?.label ?? "", input));
  const form = make(
    "form",
    { class: "toy" },
    make("fieldset", {}, make("legend", {}, title), ...labels, make("button", { type: "submit" }, button)),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = Object.fromEntries(inputs.map((input) => [input.name, input.valueAsNumber]));
    const answer = await orSay(title, ask(path, body as unknown as PageRequests[typeof path]));
    if (answer !== undefined)
      say(`${title}: ${inputs.map(({ value }, i) => `${value} ${numbers[i]?.label}`).join(", ")}`);
  });
  return form;
}

export function showToys(stream: Stream): void {
  const panel = byId("toys-panel", HTMLElement);
  stream.on("hello", ({ toys }) => {
    const offered = TOYS.filter(({ name }) => toys.includes(name));
    panel.hidden = offered.length === 0;
    byId("toys", HTMLDivElement).replaceChildren(...offered.map(toyForm));
  });
}
