/** The built `linux` blob on a simulated board, with a simulated modem and server, on a fake clock: no ports, no waits. */
import { existsSync, readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { createClock } from "@sinonjs/fake-timers";
import type { Loader } from "../../scripts/build/loader.ts";
import { type Clock, fromFakeTimers } from "../../scripts/simulator/clock.ts";
import type { Meter } from "../../scripts/simulator/energy/meter.ts";
import { measureModem } from "../../scripts/simulator/energy/modem.ts";
import type { Flash } from "../../scripts/simulator/espruino/flash.ts";
import type { BoardSpec } from "../../scripts/simulator/espruino/specs.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { createReceiver } from "../../scripts/simulator/receiver.ts";
import type { RateLimits } from "../../scripts/simulator/thingsboard/rate-limit.ts";
import { nodeTls } from "../../scripts/simulator/tls/node.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { tickQuietly } from "../simulator/quiet.ts";
import { createPeers, TOKEN } from "./peers.ts";
import type { WorldTls } from "./tls.ts";

const BLOB = new URL("../../dist/linux.js", import.meta.url);

export interface WorldChanges {
  /** Default: `dist/linux.js`. */
  blob?: string;
  /** Starts the blob, or what came over the air. */
  loader?: Loader;
  /** A log, for a GNSS receiver with a UART of its own. */
  receiver_log?: string;
  /** That receiver's speed. */
  receiver_baud?: number;
  /** Over the settings that work. */
  config?: Record<string, unknown>;
  modem?: ModemOptions;
  /** The server has TLS on port 8883, and the settings are for it; see tls.ts. */
  tls?: WorldTls;
  /** What a connection leads to; default: the stand-in. */
  connect?: (host: string, port: number) => Duplex;
  /** Written to Storage in place of the settings, as it is. */
  settings?: string;
  /** The server's. */
  rate_limits?: RateLimits;
  flash?: Flash;
  /** Default: the linux board. */
  spec?: BoardSpec;
  /** Makes what measures modem and board. */
  meter?: (clock: Clock) => Meter;
  /** The board's; default: always 0.5. */
  random?: () => number;
  /** The power went in the middle of a flash operation. */
  onPowerCut?: () => void;
  /** The chip was reset by the program or its watchdog. */
  onReboot?: (reason: string) => void;
  /** Gets each line of the console too. */
  print?: (line: string) => void;
}

export function createWorld(changes: WorldChanges = {}) {
  if (!changes.blob && !existsSync(BLOB)) throw new Error("dist/linux.js is missing: npm run build");
  const timers = createClock(Date.UTC(2026, 5, 1, 12));
  const clock = fromFakeTimers(timers);
  const lines: string[] = [];
  const meter = changes.meter?.(clock);
  const { modem, thingsboard } = createPeers(
    clock,
    { ...(changes.connect && { connect: changes.connect }), ...changes.modem },
    changes.rate_limits,
    changes.tls,
  );
  if (meter) measureModem(modem, meter);
  const pass = (ms: number): Promise<unknown> =>
    changes.tls?.cryptography === nodeTls ? tickQuietly(timers, ms) : timers.tickAsync(ms);
  const { receiver_log: log, receiver_baud: baud } = changes;
  const receiver = log === undefined ? undefined : createReceiver({ clock, log, ...(baud && { baud }) });
  const board = createSimulatedBoard({
    clock,
    modem,
    ...(receiver && { receiver: receiver.peer }),
    blob: changes.blob ?? readFileSync(BLOB, "latin1"),
    ...(changes.loader && { loader: changes.loader }),
    config: {
      server: { host: "server.example", username: TOKEN, client_id: "tracker-1", ...changes.tls?.settings },
      apn: "internet",
      interval_s: 10,
      ...changes.config,
    },
    ...(changes.settings !== undefined && { settings: changes.settings }),
    random: changes.random ?? (() => 0.5),
    print: (line) => {
      lines.push(line);
      changes.print?.(line);
    },
    ...(changes.flash && { flash: changes.flash }),
    ...(changes.spec && { spec: changes.spec }),
    ...(meter && { meter }),
    ...(changes.onPowerCut && { onPowerCut: changes.onPowerCut }),
    ...(changes.onReboot && { onReboot: changes.onReboot }),
  });
  board.boot();

  return {
    board,
    clock,
    modem,
    receiver,
    thingsboard,
    meter,
    /** What the console printed. */
    lines,
    /** Lets simulated time pass. Long steps cost less: a stream that no timer moves waits for the end of one. */
    async run(seconds: number, step_ms = 1000): Promise<void> {
      // In steps, so that streams between two timers get their turn.
      for (let left_ms = seconds * 1000; left_ms > 0; left_ms -= step_ms)
        await pass(Math.min(left_ms, step_ms));
    },
    /** Runs until the console printed a line that matches; gives that line. */
    async runUntil(pattern: RegExp, seconds: number): Promise<string> {
      const from = lines.length;
      for (let i = 0; i < seconds; i++) {
        const line = lines.slice(from).find((text) => pattern.test(text));
        if (line !== undefined) return line;
        await pass(1000);
      }
      throw new Error(`no line like ${pattern} in ${seconds} s; the console said:\n${lines.join("\n")}`);
    },
    status(): Record<string, unknown> {
      return JSON.parse(board.evaluate("print(JSON.stringify(tracker.status()))") && (lines.pop() as string));
    },
    async stop(): Promise<void> {
      board.dispose();
      modem.dispose();
      receiver?.dispose();
      await thingsboard.close();
    },
  };
}
