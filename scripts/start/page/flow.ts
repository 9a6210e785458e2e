/** Outbox and link as a picture: each sample from the receiver through flash and air to the server. */
import { balanceWords, missing } from "./balance.ts";
import { byId, draw, setText } from "./element.ts";
import type { StatusTold } from "./events.ts";
import type { Fleet } from "./fleet.ts";
import { type Box, type Layout, layOut, type Way, wayBetween } from "./flow-layout.ts";
import { mayMove } from "./scheme.ts";
import { linkOf, onStatus } from "./status.ts";
import type { Stream } from "./stream.ts";

type Outbox = StatusTold["outbox"];

const NOTHING: Outbox = { taken: 0, waiting: 0, sending: 0, acknowledged: 0, dropped: 0 };
/** A waiting sample is a small square. */
const SQUARE_PX = 9;
const PITCH_PX = 12;
/** More do not move at once, however many there are. */
const MOST_MOVING = 8;
const MOVE_MS = 900;
const STAGGER_MS = 110;

/** A box with a figure and its name. */
function station(box: Box, kind: string, name: string, count: number, is_wide: boolean): SVGGElement {
  const { x, y, width, height } = box;
  const group = draw("g", { class: `station ${kind}` }, draw("rect", { x, y, width, height, rx: 8 }));
  const middle = x + width / 2;
  if (is_wide) {
    const at = kind === "waiting" ? y + 31 : y + height / 2 + 4;
    group.append(
      draw("text", { x: middle, y: at, class: "count" }, `${count}`),
      draw("text", { x: middle, y: at + 19, class: "name" }, name),
    );
  } else {
    group.append(
      draw("text", { x: x + width - 14, y: y + 37, class: "count end" }, `${count}`),
      draw("text", { x: x + 14, y: y + 34, class: "name start" }, name),
    );
  }
  return group;
}

/** One square a waiting sample, as many as there is room for, row by row. */
function squares({ x, y, width, height }: Box, rows: number, count: number): SVGGElement {
  const in_row = Math.floor((width - 16) / PITCH_PX);
  const left = x + (width - in_row * PITCH_PX + PITCH_PX - SQUARE_PX) / 2;
  const top = y + height - 8 - rows * PITCH_PX;
  const group = draw("g", { class: "squares" });
  for (let i = 0; i < rows * in_row; i++)
    group.append(
      draw("rect", {
        x: left + (i % in_row) * PITCH_PX,
        y: top + Math.floor(i / in_row) * PITCH_PX,
        width: SQUARE_PX,
        height: SQUARE_PX,
        rx: 2,
        class: i < count ? "full" : "free",
      }),
    );
  return group;
}

const line = ({ from, to }: Way, kind: string): SVGLineElement =>
  draw("line", { x1: from[0], y1: from[1], x2: to[0], y2: to[1], class: `way ${kind}` });

export function showFlow(stream: Stream, fleet: Fleet): void {
  const root = byId("flow", HTMLDivElement);
  const sum = byId("flow-sum", HTMLParagraphElement);
  const svg = draw("svg", { role: "img", "aria-label": "Outbox and link" });
  let status: StatusTold | undefined;
  let layout: Layout | undefined;
  root.append(svg);

  function ways(its: Layout): [taking: Way, leaving: Way, arriving: Way] {
    const { is_wide, taken, waiting, sending, acknowledged } = its;
    return [
      wayBetween(taken, waiting, is_wide),
      wayBetween(waiting, sending, is_wide),
      wayBetween(sending, acknowledged, is_wide),
    ];
  }

  function paint(): void {
    const width = root.clientWidth;
    if (!width) return;
    layout = layOut(width);
    const its = layout;
    const { is_wide, board } = its;
    const outbox = status?.outbox ?? NOTHING;
    const is_powered = status?.is_powered ?? true;
    const link = `link ${status ? linkOf(status) : "idle"}`;
    const [taking, leaving, arriving] = ways(its);
    svg.setAttribute("viewBox", `0 0 ${width} ${its.height}`);
    svg.setAttribute("height", `${its.height}`);
    svg.setAttribute("aria-label", status ? balanceWords(outbox) : "Outbox and link: nothing is told yet");
    svg.replaceChildren(
      draw("rect", { ...board, rx: 12, class: is_powered ? "board" : "board cut" }),
      draw(
        "text",
        { x: board.x + 14, y: board.y + 20, class: is_powered ? "board-name" : "board-name cut" },
        is_powered ? "Board" : "No power: what waits is safe in flash",
      ),
      line(taking, is_powered ? "" : "down"),
      line(leaving, link),
      line(arriving, link),
      station(its.taken, "taken", "taken", outbox.taken, is_wide),
      station(its.waiting, "waiting", "waiting in flash", outbox.waiting, is_wide),
      squares(its.waiting, is_wide ? 3 : 2, outbox.waiting),
      station(its.sending, `sending ${link}`, "on their way", outbox.sending, is_wide),
      station(its.acknowledged, "acknowledged", "acknowledged", outbox.acknowledged, is_wide),
    );
    setText(sum, status ? balanceWords(outbox) : "");
    sum.classList.toggle("even", missing(outbox) <= 0);
  }

  /** So many samples go along a way. */
  function move({ from, to }: Way, count: number, kind: string): void {
    for (let i = 0; i < Math.min(count, MOST_MOVING); i++) {
      const dot = draw("circle", { r: 4.5, class: `moving ${kind}` });
      svg.append(dot);
      const [start, end] = [from, to].map(([x, y]) => `translate(${x}px, ${y}px)`);
      const frames = [
        { transform: start, opacity: 0 },
        { transform: start, opacity: 1, offset: 0.1 },
        { transform: end, opacity: 1, offset: 0.9 },
        { transform: end, opacity: 0 },
      ];
      dot.animate(frames, {
        duration: MOVE_MS,
        delay: i * STAGGER_MS,
        fill: "both",
        easing: "ease-in-out",
      }).onfinish = () => dot.remove();
    }
  }

  onStatus(stream, fleet, (now) => {
    const before = status?.tracker === now?.tracker ? status?.outbox : undefined;
    status = now;
    paint();
    if (!now || !before || !layout || !mayMove()) return;
    const [taking, leaving, arriving] = ways(layout);
    const acknowledged = now.outbox.acknowledged - before.acknowledged;
    move(taking, now.outbox.taken - before.taken, "taking");
    move(leaving, acknowledged + now.outbox.sending - before.sending, "leaving");
    move(arriving, acknowledged, "arriving");
  });
  new ResizeObserver(paint).observe(root);
}
