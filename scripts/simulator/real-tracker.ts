/** The `linux` blob in the real interpreter, with the look-alike modem, reporting to the stand-in or to a broker. */
import { readFileSync } from "node:fs";
import { BUDGETS } from "../budgets.ts";
import type { Choices } from "../build/features.ts";
import type { Loader } from "../build/loader.ts";
import { smallestBlob } from "../build/smallest.ts";
import type { SerialPeer } from "./espruino/serial-peer.ts";
import { interpreterRoom } from "./interpreter.ts";
import { createModem, type Modem } from "./modem/modem.ts";
import type { ModemOptions } from "./modem/options.ts";
import { createThingsBoard } from "./thingsboard/server.ts";
import type { ThingsBoard } from "./thingsboard/thingsboard.ts";
import { startRealInterpreter } from "./world.ts";

const TRACK = new URL("tracks/berlin-alexanderplatz-to-charlottenburg.nmea", import.meta.url);
const TOKEN = "REAL_INTERPRETER";

export interface RealTrackerOptions {
  /** The interpreter's binary. */
  binary: string;
  interval_s?: number;
  /** An MQTT broker on this machine, in place of the stand-in. */
  broker_port?: number;
  /** In place of `dist/linux.js`, or in an interpreter as small as the smallest board's, of what that has. */
  blob?: string;
  /** What that is to have besides, in so small an interpreter; `dist/linux.js` has all of it. */
  features?: Choices;
  /** Starts the blob, or what came over the air. */
  loader?: Loader;
  /** A GNSS receiver on a port of its own. */
  receiver?: SerialPeer;
  /** Over the settings that work. */
  config?: Record<string, unknown>;
  /** Over those of `server`. */
  server?: Record<string, unknown>;
  /** What the modem has in its store, by name. */
  files?: Record<string, string>;
  /** Over the options of a modem that works. */
  modem?: ModemOptions;
  /** Default 8192: the RAK8212 has 40 KB of Storage. */
  outbox_bytes?: number;
  /** Gets each line of the console, too. */
  print?: (line: string) => void;
}

export interface RealTracker {
  thingsboard: ThingsBoard;
  modem: Modem;
  /** Lines of the console so far. */
  lines: string[];
  evaluate(expression: string): Promise<unknown>;
  /** Asks each 100 ms until the expression is true; throws after so many seconds. */
  until(expression: string, seconds: number): Promise<void>;
  powerCut(): Promise<void>;
  /** The interpreter's flash file. */
  flash(): Buffer;
  stop(): Promise<void>;
}

/** `dist/linux.js`, or what an interpreter as small as the smallest board's has room for, with these features. */
export async function blobFor(binary: string, features: Choices = {}): Promise<string> {
  if ((await interpreterRoom(binary)).variables <= BUDGETS.variables) return smallestBlob(features);
  return readFileSync(new URL("../../dist/linux.js", import.meta.url), "latin1");
}

/** Boots the blob from the interpreter's Storage. */
export async function startRealTracker(options: RealTrackerOptions): Promise<RealTracker> {
  const blob = options.blob ?? (await blobFor(options.binary, options.features));
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: TOKEN }] });
  const { mqttPort } = await thingsboard.listen({ mqttPort: 0 });
  const modem = createModem({
    startsOn: true,
    gnss: { log: readFileSync(TRACK, "latin1"), time: "now" },
    ...(options.files && { files: options.files }),
    ...options.modem,
  });
  const lines: string[] = [];
  async function free(): Promise<void> {
    modem.dispose();
    await thingsboard.close();
  }
  const tracker = await startRealInterpreter({
    binary: options.binary,
    modem,
    ...(options.receiver && { receiver: options.receiver }),
    blob,
    ...(options.loader && { loader: options.loader }),
    config: {
      server: {
        host: "127.0.0.1",
        port: options.broker_port ?? mqttPort,
        username: TOKEN,
        client_id: "tracker-1",
        ...options.server,
      },
      apn: "internet",
      interval_s: options.interval_s ?? 2,
      outbox_bytes: options.outbox_bytes ?? 8192,
      ...options.config,
    },
    print(line) {
      lines.push(line);
      options.print?.(line);
    },
  }).catch(async (error: Error) => {
    await free();
    throw error;
  });
  async function stop(): Promise<void> {
    await tracker.stop();
    await free();
  }
  async function until(expression: string, seconds: number): Promise<void> {
    const end_ms = Date.now() + seconds * 1000;
    // Without an answer, too: it may be starting again.
    while (!(await tracker.evaluate(`!!(${expression})`).catch(() => false))) {
      if (Date.now() > end_ms)
        throw new Error(`not within ${seconds} s: ${expression}; the console said:\n${lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  // The firmware leaves the console 3 s before it starts.
  await until("global.tracker", 10).catch(async (error: Error) => {
    await stop();
    throw error;
  });
  return {
    thingsboard,
    modem,
    lines,
    evaluate: tracker.evaluate,
    powerCut: tracker.powerCut,
    flash: () => readFileSync(tracker.flashFile),
    until,
    stop,
  };
}
