/** What a board measures, to be played with. */
import { BOARDS, type BoardName } from "../boards.ts";
import { type BoardSpec, boardSpecs } from "../simulator/espruino/specs.ts";
import type { Play } from "../simulator/sensors/sensors.ts";

/** A number of a body: its least and most. */
export type Limits = Readonly<Record<string, readonly [least: number, most: number]>>;

/** One of the ways to play with what a board measures. */
export interface Toy {
  name: string;
  what: string;
  limits: Limits;
  isOn(spec: BoardSpec): boolean;
  play(numbers: Record<string, number>): Play;
}

export const TOYS: readonly Toy[] = [
  {
    name: "motion",
    what: "accelerometer",
    // What the LIS3DH measures at most; longer than any alarm is waited for.
    limits: { g: [0.01, 16], seconds: [0.1, 3600] },
    isOn: ({ accelerometer }) => accelerometer !== undefined,
    play: ({ g = 0, seconds = 0 }) => ({ shaken_g: g, seconds }),
  },
  {
    name: "battery",
    what: "battery that can be measured",
    // More than any cell has: nonsense is to be tried, too.
    limits: { volts: [0, 20] },
    isOn: ({ battery, modemOnBattery }) => battery !== undefined || modemOnBattery === true,
    play: ({ volts = 0 }) => ({ battery_v: volts }),
  },
  {
    name: "temperature",
    what: "thermometer",
    limits: { celsius: [-60, 150] },
    isOn: ({ measures }) => measures,
    play: ({ celsius = 0 }) => ({ temperature_c: celsius }),
  },
];

/** The names of what can be played with on a board. */
export const toysOf = (board: BoardName): string[] =>
  TOYS.filter((toy) => toy.isOn(boardSpecs[board])).map(({ name }) => name);

export const boardsWith = (toy: Toy): string =>
  BOARDS.filter((board) => toy.isOn(boardSpecs[board])).join(" or ");
