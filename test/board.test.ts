import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Board } from "../board/board.ts";
import { BOARDS, type BoardName } from "../scripts/boards.ts";
import { SOURCES } from "../scripts/build/boards.ts";
import { FEATURES } from "../scripts/build/features.ts";
import { boardSpecs } from "../scripts/simulator/espruino/specs.ts";
import { bootable } from "./modem/fresh.ts";

/** When each pin gets which level, ms after `power(on)`: Espruino's digitalPulse and digitalWrite, written down. */
function timeline(board: BoardName, what: number): string[] {
  const levels: [at_ms: number, what: string][] = [];
  const fakes: Record<string, unknown> = {
    digitalPulse(pin: string, level: 0 | 1, times_ms: number | number[]) {
      let at_ms = 0;
      let next = level;
      for (const time_ms of [times_ms].flat()) {
        levels.push([at_ms, `${pin} ${next}`]);
        at_ms += time_ms;
        next = next ? 0 : 1;
      }
      levels.push([at_ms, `${pin} ${next}`]);
    },
    digitalWrite(pins: string[], bits: number) {
      pins.forEach((pin, i) => void levels.push([0, `${pin} ${(bits >> (pins.length - 1 - i)) & 1}`]));
    },
  };
  for (const pin of boardSpecs[board].pins) fakes[pin] = pin;
  Object.assign(globalThis, fakes);
  bootable<Board>(`../board/${board}.ts`)().power(what);
  for (const name of Object.keys(fakes)) delete (globalThis as Record<string, unknown>)[name];
  return levels.sort((a, b) => a[0] - b[0]).map(([at_ms, what]) => `${at_ms}: ${what}`);
}

const WIO_SUPPLIES = ["0: B10 1", "0: B5 1", "0: C5 1", "0: C3 1", "0: C0 0"];

/** Power.Off, On, Key. */
const TIMELINES: [board: BoardName, what: 0 | 1 | 2, expected: string[]][] = [
  ["rak8212", 1, ["0: D6 0", "0: D15 0", "2000: D6 1", "2500: D15 1", "4500: D15 0"]],
  ["rak8212", 0, ["0: D6 0", "2000: D6 1"]],
  // BG96 Hardware Design, 3.7: at least 500 ms to switch on, at least 650 ms to switch off.
  ["rak5010", 1, ["0: D2 0", "550: D2 1"]],
  ["rak5010", 0, ["0: D2 0", "800: D2 1"]],
  ["wio-lte", 1, [...WIO_SUPPLIES, "0: C4 1", "1100: C4 0", "1300: C4 1"]],
  ["wio-lte", 0, ["0: B5 0", "2000: B5 1"]],
  ["linux", 1, []],
  // Of one that sleeps, whose supply stays.
  ["rak8212", 2, ["0: D15 1", "700: D15 0"]],
  ["rak5010", 2, ["0: D2 0", "550: D2 1"]],
  ["wio-lte", 2, ["0: C4 0", "200: C4 1"]],
];

for (const [board, what, expected] of TIMELINES)
  test(`the modem's power, ${board}: ${["off", "on", "key"][what]}`, () => {
    assert.deepEqual(timeline(board, what), expected);
  });

test("the power of each board is looked at", () => {
  assert.deepEqual([...new Set(TIMELINES.map(([board]) => board))], BOARDS);
});

test("each board and each way of a feature is checked against what the firmware wants of it", () => {
  const seams = readFileSync(new URL("../firmware/seams.ts", import.meta.url), "utf8");
  const checked = [...seams.matchAll(/import type \* as \w+ from "(.*)"/g)].map(([, path]) =>
    fileURLToPath(new URL(`../firmware/${path}`, import.meta.url)),
  );
  const wanted = [
    ...BOARDS.map(SOURCES.board),
    ...Object.values(FEATURES).flatMap((ways) => Object.values(ways)),
  ];
  assert.deepEqual(checked.sort(), wanted.sort());
});
