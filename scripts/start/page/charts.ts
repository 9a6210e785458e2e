/** Speed, altitude, battery and signal over time, of the tracker looked at. */
import uPlot from "uplot";
import { ask } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { SettingOffered } from "./events.ts";
import type { Fleet } from "./fleet.ts";
import type { History } from "./history.ts";
import { orSay, say } from "./notice.ts";
import type { Shown } from "./sample.ts";
import { onScheme, pageFont, schemeColour } from "./scheme.ts";
import type { Stream } from "./stream.ts";
import { clockTime, measure } from "./words.ts";

type Figure = "speed_kmh" | "altitude_m" | "battery" | "signal_dbm";

interface ChartKind {
  figure: Figure;
  name: string;
  unit: string;
  decimals: number;
  colour: string;
  /** The least span that is shown, so that noise is no mountain. */
  span: number;
  /** Its telemetry key, which the setting `extras` must name. */
  extra?: string;
}

const KINDS: readonly ChartKind[] = [
  { figure: "speed_kmh", name: "Speed", unit: "km/h", decimals: 1, colour: "--chart-1", span: 20 },
  { figure: "altitude_m", name: "Altitude", unit: "m", decimals: 1, colour: "--chart-2", span: 20 },
  {
    figure: "battery",
    name: "Battery",
    unit: "%",
    decimals: 0,
    colour: "--chart-3",
    span: 20,
    extra: "battery",
  },
  {
    figure: "signal_dbm",
    name: "Signal",
    unit: "dBm",
    decimals: 0,
    colour: "--chart-4",
    span: 20,
    extra: "signal_dbm",
  },
];
const EXTRAS = "why,battery,signal_dbm";
const HEIGHT_PX = 150;

/** One chart: what it shows is given to `show`. */
function createChart({ figure, name, unit, decimals, colour, span }: ChartKind) {
  const value = make("output", { class: "chart-value" }, "–");
  const frame = make("div", { class: "chart-frame", role: "img", "aria-label": `${name} over time` });
  const root = make(
    "figure",
    { class: "chart", hidden: true },
    make("figcaption", {}, make("span", {}, name), value),
    frame,
  );
  let plot: uPlot | undefined;
  let data: uPlot.AlignedData = [[], []];

  function tell(at: number | null | undefined): void {
    const shown = data[1]?.[at ?? data[0].length - 1];
    value.textContent = measure(shown ?? undefined, unit, decimals);
  }

  function make_plot(): void {
    const axis = { stroke: schemeColour("--muted"), font: pageFont(11), ticks: { show: false } };
    const grid = { stroke: schemeColour("--grid-line"), width: 1 };
    plot?.destroy();
    plot = new uPlot(
      {
        width: Math.max(frame.clientWidth, 100),
        height: HEIGHT_PX,
        padding: [8, null, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: "time" }, y: false, drag: { x: true, y: false } },
        scales: { y: { range: (_plot, least, most) => widened(least, most, span) } },
        axes: [
          { ...axis, grid: { show: false }, size: 26, space: 72, values: timeTicks },
          { ...axis, grid, size: 44, space: 34 },
        ],
        series: [
          {},
          {
            stroke: schemeColour(colour),
            fill: `${schemeColour(colour)}22`,
            width: 2,
            spanGaps: true,
            fillTo: (its) => its.scales.y?.min ?? 0,
            points: { show: false },
          },
        ],
        hooks: { setCursor: [(its) => tell(its.cursor.idx)] },
      },
      data,
      frame,
    );
  }

  onScheme(make_plot);
  new ResizeObserver(() => {
    if (!plot) make_plot();
    else plot.setSize({ width: Math.max(frame.clientWidth, 100), height: HEIGHT_PX });
  }).observe(frame);
  return {
    root,
    show(samples: readonly Shown[]): void {
      const known = samples.filter((sample) => sample[figure] !== undefined);
      data = [known.map(({ time_ms }) => time_ms / 1000), known.map((sample) => sample[figure] as number)];
      root.hidden = known.length === 0;
      plot?.setData(data);
      tell(undefined);
    },
  };
}

/** Hours and minutes, and seconds where the ticks are closer. */
function timeTicks(_plot: uPlot, ticks: number[]): string[] {
  const [first = 0, second = 60] = ticks;
  return ticks.map((tick) => clockTime(tick * 1000).slice(0, (second - first) % 60 ? 8 : 5));
}

/** A range that shows at least `span`. */
function widened(least: number | null, most: number | null, span: number): [number, number] {
  if (least === null || most === null) return [0, span];
  const more = Math.max(0, span - (most - least)) / 2 + (most - least) * 0.05;
  const from = least - more;
  // What is never below zero does not look so.
  return least >= 0 && from < 0 ? [0, most + more] : [from, most + more];
}

export function showCharts(stream: Stream, history: History, fleet: Fleet): void {
  const charts = KINDS.map(createChart);
  const note = byId("charts-note", HTMLParagraphElement);
  const button = byId("ask-extras", HTMLButtonElement);
  byId("charts", HTMLDivElement).append(...charts.map(({ root }) => root));
  let is_dirty = false;
  /** What the tracker is to send besides. */
  let extras: readonly string[] = [];

  function show(): void {
    is_dirty = false;
    const samples = history.of(fleet.chosen);
    for (const chart of charts) chart.show(samples);
    const missing = KINDS.filter(
      ({ extra, figure }) =>
        extra && samples.length > 0 && samples.every((sample) => sample[figure] === undefined),
    );
    note.textContent =
      samples.length === 0
        ? "Nothing yet."
        : missing.map(({ name }) => `${name}: not in its samples.`).join(" ");
    // It may be that the board does not measure it.
    button.hidden = missing.every(({ extra = "" }) => extras.includes(extra));
  }

  /** Once a frame is enough, however many samples came. */
  function showSoon(): void {
    if (!is_dirty) requestAnimationFrame(show);
    is_dirty = true;
  }

  function keepExtras(settings: readonly SettingOffered[]): void {
    extras = `${settings.find(({ name }) => name === "extras")?.value ?? ""}`.split(",");
    showSoon();
  }

  stream.on("hello", ({ settings }) => keepExtras(settings));
  stream.on("settings", keepExtras);
  history.onChange((sample) => {
    if (!sample || sample.tracker === fleet.chosen) showSoon();
  });
  fleet.onChange(showSoon);
  button.addEventListener("click", async () => {
    const asked = ask("/simulator/settings", { settings: { extras: EXTRAS } });
    if (await orSay("extras", asked)) say("Asked for: they come with the next samples.");
  });
}
