/** One simulated tracker: board, modem, receiver, and the supply that all of them have. */
import type { BoardName } from "../boards.ts";
import type { Loader } from "../build/loader.ts";
import type { Settings } from "../config/settings.ts";
import { type BoardThread, startBoardThread } from "../simulator/board-thread/board-thread.ts";
import type { Meter } from "../simulator/energy/meter.ts";
import { measureModem } from "../simulator/energy/modem.ts";
import { createFlash, type Flash } from "../simulator/espruino/flash.ts";
import type { SerialPeer } from "../simulator/espruino/serial-peer.ts";
import { type BoardSpec, boardSpecs, flashOf } from "../simulator/espruino/specs.ts";
import type { FastClock } from "../simulator/fast-clock.ts";
import { createModem, type Modem } from "../simulator/modem/modem.ts";
import type { ModemOptions } from "../simulator/modem/options.ts";
import { createReceiver, type Receiver } from "../simulator/receiver.ts";
import { BATTERY_V, type Play } from "../simulator/sensors/sensors.ts";
import { waitingIn } from "../simulator/waiting-records.ts";
import { modemPeerAfterSetup, modemPins } from "../simulator/wiring.ts";
import { simulatedPorts, startRealInterpreter } from "../simulator/world.ts";

export interface TrackerWanted {
  name: string;
  board: BoardName;
  clock: FastClock;
  /** What was flashed. */
  blob: string;
  loader: Loader | undefined;
  config: Settings;
  /** What the receiver sees, NMEA; undefined: the tracker has none. */
  track: string | undefined;
  /** The receiver is beside the modem, with a UART of its own. */
  has_receiver: boolean;
  modem: ModemOptions;
  meter?: Meter;
  console?: SerialPeer;
  print(line: string): void;
}

export interface SimulatedTracker {
  readonly name: string;
  readonly modem: Modem;
  readonly receiver: Receiver | undefined;
  /** The ports that its settings name, on Linux. */
  readonly ports: object;
  readonly is_powered: boolean;
  /** `tracker.status()` as JSON; undefined: it does not run, or does not answer. */
  status(): Promise<string | undefined>;
  /** Samples in its flash that wait; undefined: it cannot be seen. */
  waiting(): number | undefined;
  /** The supply of all of it. Off: RAM and the modem's session are lost at once, wherever the program is; flash stays. */
  power(on: boolean): Promise<void>;
  /** Absent: nothing can be played with. */
  play?(play: Play): void;
  speedChanged(): void;
  stop(): Promise<void>;
}

/** From the supply to the press of the power key, of a modem that has nobody to press it, and how long it is pressed. */
const KEY = { after_ms: 100, for_ms: 1000 } as const;

function createParts(wanted: TrackerWanted, supply_v: () => number) {
  const { board, clock, track, has_receiver, meter } = wanted;
  const spec: BoardSpec = boardSpecs[board];
  const receiver = has_receiver && track !== undefined ? createReceiver({ clock, log: track }) : undefined;
  const modem = createModem({
    clock,
    startsOn: true,
    model: spec.modemModel,
    baud: 115_200,
    gnss: track !== undefined && !receiver ? { log: track, time: "now" } : { receiver: false },
    ...(spec.modemOnBattery && { supply_v }),
    ...wanted.modem,
  });
  if (meter) measureModem(modem, meter);

  /** A board's own pins do what they do; what has none starts by itself. */
  function power(on: boolean): void {
    if (receiver) receiver.on = on;
    const wires = Object.values(spec.modemPins);
    if (!on) {
      modem.power(false);
      modem.pwrkey(1);
      modem.reset(1);
      modem.dtr(0);
      return;
    }
    if (wires.includes("supply")) return;
    modem.power(true);
    if (wires.length) return;
    clock.setTimeout(() => modem.pwrkey(0), KEY.after_ms);
    clock.setTimeout(() => modem.pwrkey(1), KEY.after_ms + KEY.for_ms);
  }

  return {
    spec,
    receiver,
    modem,
    power,
    dispose() {
      modem.dispose();
      receiver?.dispose();
    },
  };
}

/** On a simulated board, in a thread of its own. Resolves when it runs. */
export async function startTracker(wanted: TrackerWanted): Promise<SimulatedTracker> {
  const { name, board, clock, blob, loader, config, meter, console, print } = wanted;
  let battery_v = BATTERY_V;
  /** What the board measures, be it off meanwhile. */
  const measured = new Map<string, Play>();
  const parts = createParts(wanted, () => battery_v);
  const { spec, modem, receiver } = parts;
  const shared = new SharedArrayBuffer(flashOf(spec).length);
  const image = new Uint8Array(shared).fill(0xff);
  const flash: Flash = createFlash(flashOf(spec), image);
  const peer = modemPeerAfterSetup(modem);
  /** Undefined: it has no power. */
  let thread: BoardThread | undefined;
  /** What was done to its supply, one after the other. */
  let switching: Promise<void> = Promise.resolve();

  const boot = (flashed: object): Promise<BoardThread> =>
    startBoardThread({
      ...flashed,
      board,
      clock,
      flash: shared,
      modem: peer,
      print,
      onPin: modemPins(spec, modem),
      ...(meter && { meter }),
      ...(receiver && { receiver: receiver.peer }),
      ...(console && { console }),
    });

  async function cut(): Promise<void> {
    const cut_off = thread;
    thread = undefined;
    await cut_off?.stop();
    peer.setBaud?.(0);
    parts.power(false);
    meter?.powered(false);
  }

  async function power(on: boolean): Promise<void> {
    if (on === (thread !== undefined)) return;
    if (!on) return cut();
    meter?.powered(true);
    parts.power(true);
    thread = await boot({});
    for (const play of measured.values()) thread.play(play);
  }

  thread = await boot({ blob, config, ...(loader && { loader }) });
  return {
    name,
    modem,
    receiver,
    ports: simulatedPorts(spec, !!receiver),
    get is_powered() {
      return thread !== undefined;
    },
    status: async () => thread?.status(),
    waiting: () => waitingIn(flash),
    power(on) {
      const done = switching.then(() => power(on));
      switching = done.catch(() => {});
      return done;
    },
    play(play) {
      // It is the modem's, too.
      if ("battery_v" in play) battery_v = play.battery_v;
      if (!("shaken_g" in play)) measured.set(Object.keys(play).join(), play);
      thread?.play(play);
    },
    speedChanged: () => thread?.speedChanged(),
    async stop() {
      await switching;
      await thread?.stop();
      parts.dispose();
    },
  };
}

/** In the real interpreter. It cannot be kept off: it starts again at once. */
export async function startRealTracker(wanted: TrackerWanted, binary: string): Promise<SimulatedTracker> {
  const { name, blob, loader, config, console, print } = wanted;
  const parts = createParts(wanted, () => BATTERY_V);
  const { modem, receiver } = parts;
  const real = await startRealInterpreter({
    binary,
    blob,
    config,
    print,
    modem,
    ...(loader && { loader }),
    ...(receiver && { receiver: receiver.peer }),
    ...(console && { console }),
  }).catch((error: Error) => {
    parts.dispose();
    throw error;
  });
  return {
    name,
    modem,
    receiver,
    ports: real.ports,
    is_powered: true,
    status: async () =>
      String(await real.evaluate("JSON.stringify(tracker.status())").catch(() => "")) || undefined,
    waiting: () => undefined,
    async power(on) {
      if (on) return;
      parts.power(false);
      await real.powerCut();
      parts.power(true);
    },
    speedChanged() {},
    async stop() {
      await real.stop();
      parts.dispose();
    },
  };
}
