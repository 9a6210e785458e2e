/** The world of `test/blob`, with what a fault can get at, and with what the verdict needs to know. */
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { createFaults } from "../../scripts/simulator/modem/faults.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import type { TelemetryMessage } from "../../scripts/simulator/thingsboard/server.ts";
import { createWorld } from "../blob/world.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { watchFlash } from "./flash-watch.ts";
import type { Stage } from "./kinds.ts";
import { createPower, type Power } from "./power.ts";
import type { OutboxRecord } from "./record.ts";

/** A record that was in the flash, complete. */
export interface Taken extends OutboxRecord {
  at_ms: number;
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

/** Seconds from fix to fix. */
export const INTERVAL_S = 60;

/** Blocks of 4,096 bytes that the outbox gets: a day fits, or the ring comes round several times in it. */
const OUTBOX_BLOCKS = [16, 16, 8, 5];

/** `trace` gets what happens, with the time since the start. */
export function createScene(seed: number, trace: (line: string) => void = () => {}) {
  // Generators of their own: what one part draws does not depend on how often another does.
  const generator = (part: number): (() => number) => seededRandom(seed * 16 + part);
  const taken: Taken[] = [];
  const received: Received[] = [];
  const blocks = OUTBOX_BLOCKS[seed % OUTBOX_BLOCKS.length] as number;
  let hanging = false;
  let session_ms = 0;
  let power: Power | undefined;
  const flash = createFlash(flashOf(boardSpecs.linux));
  const watch = watchFlash(flash, generator(1), (record) =>
    taken.push({ ...record, at_ms: world.clock.now() }),
  );
  // The world prints while it is being made.
  let now_ms = (): number => 0;
  const note = (text: string): void => trace(`${since(now_ms())} ${text}`);
  const world: ReturnType<typeof createWorld> = createWorld({
    flash,
    config: { interval_s: INTERVAL_S, outbox_bytes: blocks * 4096 },
    random: generator(2),
    modem: { random: generator(3) },
    connect() {
      const [near, far] = duplexPair();
      if (!hanging) world.thingsboard.accept(far);
      return near;
    },
    onPowerCut: () => power?.gone(),
    print: (line) => note(`  ${line}`),
  });
  const { board, modem, thingsboard, clock } = world;
  const start_ms = clock.now();
  now_ms = () => clock.now() - start_ms;
  power = createPower(board, clock, watch, note);
  const stage: Stage = {
    modem,
    thingsboard,
    power,
    hang(on) {
      hanging = on;
    },
  };
  thingsboard.faults.seed = seed;
  thingsboard.on("connect", () => {
    session_ms = clock.now();
  });
  thingsboard.on("telemetry", (message) => received.push({ ...message, session_ms }));

  return {
    world,
    stage,
    taken,
    received,
    blocks,
    note,
    now_ms,
    // The modem has a timer a second.
    runTo: (at_ms: number) => world.run((at_ms - now_ms()) / 1000, 60_000),
    /** Undefined while the board is off or boots. */
    status: (): Status | undefined =>
      board.running ? (board.global.tracker as { status(): Status } | undefined)?.status() : undefined,
    /** No fault any more, and none that is still to come. */
    heal(): void {
      const { seed: drawn } = thingsboard.faults;
      thingsboard.faults.reset();
      thingsboard.faults.seed = drawn;
      Object.assign(modem.faults, createFaults());
      hanging = false;
      power.disarm();
    },
  };
}

function since(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${((ms / 1000) % 60).toFixed(3).padStart(6, "0")}`;
}
