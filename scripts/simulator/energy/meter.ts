/**
 * Counts charge: each load is in one state at a time, which draws what currents.ts says, over the world's clock. What is too
 * short for a state, a flight of bytes or a piece of program, is added on top.
 */
import type { BoardName } from "../../boards.ts";
import type { Clock } from "../clock.ts";
import { ADVERTISING_MS } from "../espruino/bluetooth.ts";
import { type BoardSpec, boardSpecs } from "../espruino/specs.ts";
import { CURRENTS, type Current, RADIO } from "./currents.ts";
import type { BoardMeter, BoardState, ModemMeter } from "./loads.ts";
import { LOADS, type LoadName, type Reading, type Share } from "./reading.ts";

export interface Meter extends ModemMeter, BoardMeter {
  /** The board's power goes, or comes back: in between it draws nothing. */
  powered(on: boolean): void;
  read(): Reading;
}

/** How fast the interpreter is taken to be, by chip. */
const RELATIVE_SPEED: Record<BoardName, number> = { rak8212: 1, rak5010: 1, "wio-lte": 2.5, linux: 100 };

/** How long an nRF52's interpreter works for a callback, ms. An estimate: no board was measured. */
const CALLBACK_MS = 4;
const BYTE_MS = 0.1;

interface Running {
  state: string;
  mA: number;
  since_ms: number;
}

/** `board`: whose currents, and which pin feeds the antenna; without such a pin the engine does. */
export function createMeter({ clock, board }: { clock: Clock; board: BoardName }): Meter {
  const currents = CURRENTS[board];
  const { antennaPin, deepSleepIsAsked }: BoardSpec = boardSpecs[board];
  const started_ms = clock.now();
  const now = {} as Record<LoadName, Running>;
  /** Of each load and state: seconds, and mA times seconds. */
  const sums = {} as Record<LoadName, Map<string, { seconds: number; mAs: number }>>;
  const open = new Set<string>();
  let sleeps = !deepSleepIsAsked;
  /** The program ran for so long that the clock has not told yet. */
  let ahead_s = 0;
  let up_bytes = 0;
  let down_bytes = 0;

  function add(load: LoadName, state: string, mA: number, seconds: number): void {
    const sum = sums[load].get(state) ?? { seconds: 0, mAs: 0 };
    sums[load].set(state, { seconds: sum.seconds + seconds, mAs: sum.mAs + mA * seconds });
  }

  function settle(load: LoadName): void {
    const { state, mA, since_ms } = now[load];
    const elapsed_s = (clock.now() - since_ms) / 1000;
    const ran_s = load === "board" ? Math.min(ahead_s, elapsed_s) : 0;
    if (load === "board") ahead_s -= ran_s;
    now[load].since_ms = clock.now();
    if (state && elapsed_s > ran_s) add(load, state, mA, elapsed_s - ran_s);
  }

  function set<State extends string>(load: LoadName, state: State, table: Record<State, Current>): void {
    if (now[load].state === state) return;
    settle(load);
    now[load].state = state;
    now[load].mA = table[state].mA;
  }

  const boardState = (): BoardState => (open.size > 0 || !sleeps ? "awake" : "asleep");
  const feedAntenna = (on: boolean): void =>
    set("antenna", on ? "on" : "off", { on: currents.antenna, off: currents.modem.engine.off });

  /** What the module draws as it is connected is counted there. */
  function transmit(seconds: number): void {
    const { transmitter, module } = currents.modem;
    add("transmitter", "on", transmitter.mA - module.connected.mA, seconds);
  }

  /** It takes as much as it calls often. */
  function advertise(interval_ms: number): void {
    const mA = interval_ms ? (currents.bluetooth.mA * ADVERTISING_MS) / interval_ms : 0;
    set("bluetooth", `${interval_ms} ms`, { [`${interval_ms} ms`]: { ...currents.bluetooth, mA } });
  }

  for (const load of LOADS) {
    now[load] = { state: "", mA: 0, since_ms: started_ms };
    sums[load] = new Map();
  }
  set("modem", "unpowered", currents.modem.module);
  set("gnss", "off", currents.modem.engine);
  set("board", boardState(), currents.board);
  advertise(ADVERTISING_MS);
  feedAntenna(false);

  return {
    module(state) {
      if (state === "connected" && now.modem.state !== state) transmit(RADIO.setup_s);
      set("modem", state, currents.modem.module);
    },
    engine(state) {
      set("gnss", state, currents.modem.engine);
      if (antennaPin === undefined) feedAntenna(state !== "off");
    },
    air(up, down) {
      transmit(RADIO.flight_s + up / RADIO.bytes_per_s);
      up_bytes += up;
      down_bytes += down;
    },
    pin(name, level) {
      if (name === antennaPin) feedAntenna(level);
    },
    uart(device, isOpen) {
      if (isOpen) open.add(device);
      else open.delete(device);
      set("board", boardState(), currents.board);
    },
    deepSleep(allowed) {
      sleeps = allowed || !deepSleepIsAsked;
      set("board", boardState(), currents.board);
    },
    advertising: advertise,
    powered(on) {
      open.clear();
      sleeps = !deepSleepIsAsked;
      feedAntenna(false);
      advertise(on ? ADVERTISING_MS : 0);
      if (on) set("board", boardState(), currents.board);
      else set("board", "off", { off: { ...currents.board.asleep, mA: 0 } });
    },
    ran(bytes) {
      const seconds = (CALLBACK_MS + bytes * BYTE_MS) / RELATIVE_SPEED[board] / 1000;
      settle("board");
      add("board", "running", currents.board.running.mA, seconds);
      ahead_s += seconds;
    },
    read() {
      const states = {} as Reading["states"];
      const loads = {} as Reading["loads"];
      for (const load of LOADS) {
        settle(load);
        const shares = [...sums[load]].map(([state, { seconds, mAs }]) => [
          state,
          { seconds, mAh: mAs / 3600 },
        ]);
        states[load] = Object.fromEntries(shares);
        loads[load] = sum(states[load], "mAh");
      }
      const { board: its, modem } = states;
      return {
        seconds: (clock.now() - started_ms) / 1000,
        mAh: Object.values(loads).reduce((total, mAh) => total + mAh, 0),
        loads,
        states,
        radio_s: (modem.searching?.seconds ?? 0) + (modem.connected?.seconds ?? 0),
        awake_s: (its.running?.seconds ?? 0) + (its.awake?.seconds ?? 0),
        up_bytes,
        down_bytes,
      };
    },
  };
}

const sum = (shares: Record<string, Share>, figure: keyof Share): number =>
  Object.values(shares).reduce((total, share) => total + share[figure], 0);
