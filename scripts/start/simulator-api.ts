/** What the stand-in's HTTP has besides ThingsBoard's: the simulated world. To whoever asks, without a token. */
import { BOARDS, type BoardName } from "../boards.ts";
import type { Meter } from "../simulator/energy/meter.ts";
import { type BoardSpec, boardSpecs } from "../simulator/espruino/specs.ts";
import type { Play } from "../simulator/sensors/sensors.ts";
import { badRequest, ErrorCode, HttpError, type Request } from "../simulator/thingsboard/rest/request.ts";
import type { Route } from "../simulator/thingsboard/rest/routes.ts";

export const ENERGY_PATH = "/simulator/energy";

/** A number of a body: its least and most. */
type Limits = Readonly<Record<string, readonly [least: number, most: number]>>;

/** One of the ways to play with what a board measures. */
interface Toy {
  path: string;
  what: string;
  limits: Limits;
  isOn(spec: BoardSpec): boolean;
  play(numbers: Record<string, number>): Play;
}

const TOYS: readonly Toy[] = [
  {
    path: "/simulator/motion",
    what: "accelerometer",
    // What the LIS3DH measures at most; longer than any alarm is waited for.
    limits: { g: [0.01, 16], seconds: [0.1, 3600] },
    isOn: ({ accelerometer }) => accelerometer !== undefined,
    play: ({ g = 0, seconds = 0 }) => ({ shaken_g: g, seconds }),
  },
  {
    path: "/simulator/battery",
    what: "battery that can be measured",
    // More than any cell has: nonsense is to be tried, too.
    limits: { volts: [0, 20] },
    isOn: ({ battery, modemOnBattery }) => battery !== undefined || modemOnBattery === true,
    play: ({ volts = 0 }) => ({ battery_v: volts }),
  },
  {
    path: "/simulator/temperature",
    what: "thermometer",
    limits: { celsius: [-60, 150] },
    isOn: ({ measures }) => measures,
    play: ({ celsius = 0 }) => ({ temperature_c: celsius }),
  },
];

const boardsWith = (toy: Toy): string => BOARDS.filter((board) => toy.isOn(boardSpecs[board])).join(" or ");

/** The numbers of a body, these and no others. Throws what says which one is wrong, and what it may be. */
async function numbersIn(request: Request, limits: Limits): Promise<Record<string, number>> {
  const body = await request.object();
  for (const name of Object.keys(body))
    if (!Object.hasOwn(limits, name))
      throw badRequest(`${name}: unknown, use ${Object.keys(limits).join(" and ")}`);
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value = body[name];
    if (typeof value !== "number" || value < least || value > most)
      throw badRequest(`${name}: must be a number from ${least} to ${most}`);
  }
  return body as Record<string, number>;
}

/** `player`: plays with the board's sensors; gives undefined until the board runs. */
export function simulatorRoutes(
  meter: Meter,
  board: BoardName,
  player: () => ((play: Play) => void) | undefined,
): Route[] {
  async function answer(toy: Toy, request: Request): Promise<unknown> {
    const numbers = await numbersIn(request, toy.limits);
    if (!toy.isOn(boardSpecs[board]))
      throw badRequest(`${board} has no ${toy.what}: npm start -- --board ${boardsWith(toy)}`);
    const play = player();
    if (!play) throw new HttpError(503, "the board is still starting: try again", ErrorCode.General);
    play(toy.play(numbers));
    return numbers;
  }

  return [
    { method: "GET", path: ENERGY_PATH, open: true, answer: () => meter.read() },
    ...TOYS.map(
      (toy): Route => ({
        method: "POST",
        path: toy.path,
        open: true,
        answer: (request) => answer(toy, request),
      }),
    ),
  ];
}
