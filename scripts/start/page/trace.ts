/** The trace: what goes between board and modem, and what the board prints. */
import { byId, make, setText } from "./element.ts";
import type { TraceTold } from "./events.ts";
import type { Stream } from "./stream.ts";
import { isWanted, keepLine, type LineKind, type TraceLine } from "./trace-lines.ts";
import { clockTime } from "./words.ts";

const MOST_LINES = 1_000;
const KINDS: readonly [kind: LineKind, name: string][] = [
  ["at", "AT"],
  ["mqtt", "MQTT"],
  ["board", "Console"],
];
const ARROWS = { up: "→", down: "←" };
/** As near to the end as that counts as there. */
const END_PX = 24;

function row({ kind, time_ms, way, text }: TraceLine): HTMLElement {
  return make(
    "div",
    { class: `line ${kind} ${way ?? ""}` },
    make("time", {}, time_ms === undefined ? "" : clockTime(time_ms)),
    make("b", {}, KINDS.find(([its]) => its === kind)?.[1] ?? ""),
    make("i", { "aria-hidden": "true" }, way ? ARROWS[way] : ""),
    make("span", {}, text),
  );
}

const traced = ({ time_ms, kind, way, text }: TraceTold): TraceLine => ({ time_ms, kind, way, text });

/** What chooses the lines. `changed` is told. */
function createTools(changed: () => void) {
  const boxes = KINDS.map(([kind, name]) => {
    const input = make("input", { type: "checkbox", value: kind, checked: true });
    input.addEventListener("change", changed);
    return { input, label: make("label", { class: "check" }, input, name) };
  });
  const search = make("input", {
    type: "search",
    placeholder: "Filter",
    "aria-label": "Only lines with this text",
  });
  const pause = make("button", { type: "button", class: "small", "aria-pressed": "false" }, "Pause");
  search.addEventListener("input", changed);
  pause.addEventListener("click", () => {
    pause.ariaPressed = `${pause.ariaPressed !== "true"}`;
    changed();
  });
  byId("trace-tools", HTMLDivElement).append(...boxes.map(({ label }) => label), search, pause);
  return {
    filter: () => ({
      kinds: new Set(boxes.filter(({ input }) => input.checked).map(({ input }) => input.value as LineKind)),
      text: search.value,
    }),
    isPaused: () => pause.ariaPressed === "true",
    /** How many lines came since. */
    held(count: number): void {
      setText(pause, count ? `Go on (${count})` : pause.ariaPressed === "true" ? "Go on" : "Pause");
    },
  };
}

export function showTrace(stream: Stream): void {
  const root = byId("trace", HTMLDivElement);
  let lines: TraceLine[] = [];
  /** Came since the last frame, or in a pause. */
  let fresh: TraceLine[] = [];
  let is_due = false;
  /** The viewer looks at the newest line, and wants to see the next. */
  let is_at_end = true;
  const tools = createTools(() => {
    if (!tools.isPaused()) takeFresh();
    showAll();
  });

  function takeFresh(): TraceLine[] {
    const taken = fresh;
    fresh = [];
    for (const line of taken) keepLine(lines, line, MOST_LINES);
    return taken;
  }

  function wanted(some: readonly TraceLine[]): HTMLElement[] {
    const filter = tools.filter();
    return some.filter((line) => isWanted(line, filter)).map(row);
  }

  function toEnd(): void {
    root.scrollTop = root.scrollHeight;
  }

  function showAll(): void {
    root.replaceChildren(...wanted(lines));
    tools.held(fresh.length);
    toEnd();
  }

  function showFresh(): void {
    is_due = false;
    if (tools.isPaused()) {
      tools.held(fresh.length);
      return;
    }
    root.append(...wanted(takeFresh()));
    while (root.childElementCount > MOST_LINES) root.firstElementChild?.remove();
    if (is_at_end) toEnd();
  }

  function add(line: TraceLine): void {
    keepLine(fresh, line, MOST_LINES);
    if (!is_due) requestAnimationFrame(showFresh);
    is_due = true;
  }

  root.addEventListener("scroll", () => {
    is_at_end = root.scrollHeight - root.scrollTop - root.clientHeight < END_PX;
  });
  stream.on("hello", ({ traces }) => {
    lines = traces.map(traced).slice(-MOST_LINES);
    fresh = [];
    showAll();
  });
  stream.on("trace", (told) => add(traced(told)));
  stream.on("line", ({ tracker, text }) =>
    add({ kind: "board", time_ms: undefined, way: undefined, text: `${tracker}: ${text}` }),
  );
}
