/** The world of `test/blob`, with what a fault can get at, and with what the verdict needs to know. */
import type { Clock } from "../../scripts/simulator/clock.ts";
import type { Meter } from "../../scripts/simulator/energy/meter.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { createFaults } from "../../scripts/simulator/modem/faults.ts";
import { REAL_STARTS } from "../../scripts/simulator/modem/gnss.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import type { TelemetryMessage } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { TLS_PORT } from "../blob/peers.ts";
import type { WorldTls } from "../blob/tls.ts";
import { createWorld } from "../blob/world.ts";
import { builtBlob } from "../device/rig.ts";
import { builtLoader, firmware } from "../ota/firmware.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { watchFlash } from "./flash-watch.ts";
import { NOWHERE } from "./fleet-kinds.ts";
import type { Seen } from "./harm.ts";
import type { Stage } from "./kinds.ts";
import { createPower, type Power } from "./power.ts";
import { type OutboxRecord, reported } from "./record.ts";
import { SAVING_SPEC, type Saving, trackWithStop } from "./saving.ts";

/** A record that was in the flash, complete. */
export interface Taken extends OutboxRecord {
  at_ms: number;
  /** It was written once more, behind others. */
  moved?: true;
}

/** A telemetry packet that the server took. */
export interface Received extends TelemetryMessage {
  /** The session it came in: when that began. */
  session_ms: number;
}

export interface Status {
  state: string;
  waiting: number;
  dropped: number;
}

/** A call of the tracker that waits until it is answered. */
export interface Call {
  method: string;
  at_ms: number;
  /** Undefined: it still waits. */
  outcome: "answered" | "failed" | undefined;
  /** When that was. */
  over_ms?: number;
}

/** A packet that the server refused. */
export interface Refused {
  at_ms: number;
  /** The ts of what was in it. */
  stamps: (number | undefined)[];
}

/** Seconds from fix to fix. */
export const INTERVAL_S = 60;

/** Blocks of 4,096 bytes that the outbox gets: a day fits, or the ring comes round several times in it. */
const OUTBOX_BLOCKS = [16, 16, 8, 5];

/** Of the shared attributes those that are settings of the way to the server. */
const WAY = ["host", "keep_alive", "topics"];

/** What the kinds of faults of a life that saves power set from afar, undone. */
const UNSAVED = { power: undefined, upload_s: undefined, window_s: undefined, interval_s: undefined };

/** One SIM in so many has a PIN. */
const LOCKED_SIM = 3;
const PIN = "2468";
/** A call waits longer than a life lasts. */
const CALL_MS = 3 * 86_400_000;

/** What the board says as it puts its modem to sleep, and as it wakes it (firmware/tracker/sleep.ts). */
const SLEEPS = "sleep: until ";
const WAKES = "sleep: awake for ";

/**
 * `trace` gets what happens, with the time since the start. `tls`: the world's. `saving`: it saves power. `meter`: makes what
 * measures modem and board.
 */
export function createScene(
  seed: number,
  trace: (line: string) => void = () => {},
  tls?: WorldTls,
  saving?: Saving,
  meter?: (clock: Clock) => Meter,
) {
  // Generators of their own: what one part draws does not depend on how often another does.
  const generator = (part: number): (() => number) => seededRandom(seed * 16 + part);
  const taken: Taken[] = [];
  const received: Received[] = [];
  const refused: Refused[] = [];
  const seen: Seen[] = [];
  const blocks = OUTBOX_BLOCKS[seed % OUTBOX_BLOCKS.length] as number;
  const locked = seed % LOCKED_SIM === 0;
  let hanging = false;
  let updates = 0;
  let session_ms = 0;
  let sessions = 0;
  let power: Power | undefined;
  const calls: Call[] = [];
  const spec = saving ? SAVING_SPEC : boardSpecs.linux;
  const its_board = saving ? "rak5010" : "linux";
  const flash = createFlash(flashOf(spec));
  // One that the server refused may be moved to the end of the ring: it is no other one.
  const kept = new Map<string, Taken>();
  const watch = watchFlash(flash, generator(1), (written) => {
    const record = reported(written, String(saving?.config.extras ?? ""));
    const name = JSON.stringify([record.ts, record.values]);
    const before = kept.get(name);
    if (before) before.moved = true;
    else {
      const its: Taken = { ...record, at_ms: world.clock.now() };
      taken.push(its);
      kept.set(name, its);
    }
  });
  // The world prints while it is being made.
  let now_ms = (): number => 0;
  const note = (text: string): void => trace(`${since(now_ms())} ${text}`);
  const see = (event: DistributiveOmit<Seen, "at_ms">): void => {
    // That it answers is worth telling once.
    if (event.what !== "command" || seen.at(-1)?.what !== "command")
      seen.push({ at_ms: world.clock.now(), ...event });
  };
  const world: ReturnType<typeof createWorld> = createWorld({
    flash,
    config: {
      interval_s: INTERVAL_S,
      outbox_bytes: blocks * 4096,
      ...(locked && { pin: PIN }),
      ...saving?.config,
    },
    random: generator(2),
    modem: {
      random: generator(3),
      supply_v: () => world.board.sensors.battery_v,
      ...(locked && { sim: { pin: PIN } }),
      ...(saving && {
        gnss: { log: trackWithStop(), time: "now", ...(seed % 2 && { starts: REAL_STARTS }) },
      }),
    },
    ...(saving && { spec, blob: builtBlob(its_board) }),
    ...(tls && { tls }),
    ...(meter && { meter }),
    loader: builtLoader(its_board),
    connect(host, port) {
      const [near, far] = duplexPair();
      if (hanging || host === NOWHERE) return near;
      if (tls && port === TLS_PORT) world.thingsboard.acceptTls(far);
      else world.thingsboard.accept(far);
      return near;
    },
    onPowerCut: () => power?.gone(),
    onReboot: (reason) => see({ what: "started", by: reason }),
    print(line) {
      note(`  ${line}`);
      if (line.startsWith(SLEEPS)) see({ what: "sleeps" });
      else if (line.startsWith(WAKES)) see({ what: "wakes", what_for: line.slice(WAKES.length) });
    },
  });
  const { board, modem, thingsboard, clock } = world;
  const start_ms = clock.now();
  const { battery_v } = board.sensors;
  now_ms = () => clock.now() - start_ms;
  power = createPower(board, clock, watch, note, () => see({ what: "started", by: "power" }));
  modem.onEvent = see;
  const stage: Stage = {
    modem,
    thingsboard,
    power,
    sensors: board.sensors,
    hang(on) {
      hanging = on;
    },
    report(values) {
      if (board.running) board.evaluate(`global.tracker&&tracker.report(${JSON.stringify(values)})`);
    },
    share(values) {
      if (Object.keys(values).some((name) => WAY.includes(name))) see({ what: "other way" });
      thingsboard.share("tracker", values);
    },
    update(works) {
      see({ what: "update" });
      // It speaks no protocol that the server knows.
      const spoil = (code: string): string => code.replaceAll("MQTT\\x04", "MQXT\\x04");
      thingsboard.assign("tracker", firmware(`9.0.${++updates}`, works ? undefined : spoil, its_board));
    },
    call(method, params) {
      const call: Call = { method, at_ms: clock.now(), outcome: undefined };
      const id = calls.push(call);
      if (method === "reboot") see({ what: "reboot called", id });
      thingsboard.rpc("tracker", method, params, { timeout_ms: CALL_MS, persistent: true }).then(
        () => {
          call.outcome = "answered";
          call.over_ms = clock.now();
          if (method === "reboot") see({ what: "reboot answered", id });
        },
        (error: Error) => {
          call.outcome = "failed";
          call.over_ms = clock.now();
          note(`${method}: ${error.message}`);
        },
      );
    },
  };
  if (saving) thingsboard.share("tracker", saving.shared);
  thingsboard.faults.seed = seed;
  thingsboard.on("connect", () => {
    session_ms = clock.now();
    sessions++;
  });
  thingsboard.on("telemetry", (message) => received.push({ ...message, session_ms }));

  thingsboard.on("refused", ({ stamps }) => refused.push({ at_ms: clock.now(), stamps }));

  return {
    world,
    stage,
    taken,
    received,
    refused,
    seen,
    calls,
    blocks,
    torn: () => watch.torn,
    sessions: () => sessions,
    note,
    now_ms,
    // The modem has a timer a second.
    runTo: (at_ms: number) => world.run((at_ms - now_ms()) / 1000, 60_000),
    /** Undefined while the board is off or boots. */
    status: (): Status | undefined =>
      board.running ? (board.global.tracker as { status(): Status } | undefined)?.status() : undefined,
    /** No fault any more, and none that is still to come. */
    heal(): void {
      thingsboard.share("tracker", { host: undefined, ...(saving && UNSAVED) });
      const { seed: drawn } = thingsboard.faults;
      thingsboard.faults.reset();
      thingsboard.faults.seed = drawn;
      Object.assign(modem.faults, createFaults());
      for (const [name, pem] of Object.entries(tls?.files ?? {})) modem.files.set(name, pem);
      board.sensors.battery_v = battery_v;
      board.sensors.divider_error = 1;
      if (board.sensors.accelerometer) board.sensors.accelerometer.dead = false;
      hanging = false;
      power.disarm();
    },
  };
}

function since(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${((ms / 1000) % 60).toFixed(3).padStart(6, "0")}`;
}

/** Of a union each member without a key. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
