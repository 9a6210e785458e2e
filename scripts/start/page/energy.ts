/** The energy meter: current, charge, how long a battery lasts, and what takes it. */
import { LOADS, type LoadName, type Reading } from "../../simulator/energy/reading.ts";
import { byId, draw, make } from "./element.ts";
import { batteryDays, current_mA } from "./energy-figures.ts";
import type { Stream } from "./stream.ts";
import { duration, figures } from "./words.ts";

const NAMES: Readonly<Record<LoadName, string>> = {
  modem: "Modem",
  transmitter: "Transmitter",
  gnss: "GNSS",
  antenna: "Antenna",
  board: "Processor",
  bluetooth: "Bluetooth",
};
/** Readings of the curve. */
const MOST_POINTS = 90;
/** With fewer it begins at the left, and grows to the right. */
const FEW_POINTS = 30;
const CURVE = { width: 300, height: 56 };

/** The mean current from each reading to the next, as a curve. */
function curve(currents: readonly number[]): SVGSVGElement {
  const most = Math.max(...currents, 1e-3);
  const step = CURVE.width / (Math.max(currents.length, FEW_POINTS) - 1);
  const end = (currents.length - 1) * step;
  const at = (mA: number, i: number): string =>
    `${(i * step).toFixed(1)},${(CURVE.height - 3 - (mA / most) * (CURVE.height - 8)).toFixed(1)}`;
  const points = currents.map(at).join(" ");
  return draw(
    "svg",
    {
      viewBox: `0 0 ${CURVE.width} ${CURVE.height}`,
      preserveAspectRatio: "none",
      class: "curve",
      role: "img",
      "aria-label": `Current of late, at most ${figures(most)} mA`,
    },
    draw("polygon", { points: `0,${CURVE.height} ${points} ${end},${CURVE.height}` }),
    draw("polyline", { points, "vector-effect": "non-scaling-stroke" }),
  );
}

const big = (value: string, unit: string, what: string): HTMLElement =>
  make("div", { class: "big" }, make("strong", {}, value), ` ${unit}`, make("small", {}, what));

function load(name: LoadName, { mAh, loads }: Reading): HTMLElement[] {
  const share = mAh > 0 ? loads[name] / mAh : 0;
  const bar = make("span", { class: "bar-fill", "aria-hidden": "true" });
  bar.style.inlineSize = `${(share * 100).toFixed(1)}%`;
  const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return [
    make("dt", {}, NAMES[name]),
    make(
      "dd",
      {},
      make("span", { class: "bar-track" }, bar),
      `${figures(loads[name])} mAh`,
      make("small", {}, percent),
    ),
  ];
}

export function showEnergy(stream: Stream): void {
  const root = byId("energy", HTMLDivElement);
  let last: Reading | undefined;
  let currents: number[] = [];

  function show(reading: Reading): void {
    const before = last;
    const now = before && current_mA(before, reading);
    // Nothing new, or begun anew.
    if (before && now === undefined && reading.seconds !== before.seconds) currents = [];
    if (now !== undefined) currents = [...currents, now].slice(-MOST_POINTS);
    last = reading;
    const mean = current_mA({ seconds: 0, mAh: 0 }, reading) ?? 0;
    root.replaceChildren(
      make(
        "div",
        { class: "bigs" },
        big(figures(mean), "mA", `on average in ${duration(reading.seconds * 1000)}`),
        big(figures(reading.mAh), "mAh", "used"),
        big(mean > 0 ? figures(batteryDays(mean)) : "–", "days", "on 2,000 mAh"),
      ),
      make(
        "div",
        { class: "now" },
        curve(currents),
        make("small", {}, `now ${now === undefined ? "–" : `${figures(now)} mA`}`),
      ),
      make(
        "dl",
        { class: "loads" },
        ...LOADS.filter((name) => reading.loads[name] > 0).flatMap((name) => load(name, reading)),
      ),
    );
  }

  stream.on("hello", ({ energy }) => {
    last = undefined;
    currents = [];
    show(energy);
  });
  stream.on("energy", show);
}
