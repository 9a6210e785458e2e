import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import FakeTimers from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../../scripts/simulator/clock.ts";
import { createModem, type Modem } from "../../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../../scripts/simulator/modem/options.ts";
import { quiet } from "../../../scripts/simulator/tls/node.ts";

export const NOW = Date.UTC(2026, 4, 17, 9, 30, 0);

export interface Rig {
  modem: Modem;
  /** The server's ends of the connections, in the order they were opened. */
  peers: Duplex[];
  /** The modem's ends of them. */
  ends: Duplex[];
  /** What was asked of `connect`. */
  targets: string[];
  /** The chunks the MCU got. */
  chunks: string[];
  /** Lets time pass, with turns of the event loop for the duplexes in between. */
  run(ms: number): Promise<void>;
  /** What the MCU got since the last call. */
  heard(): string;
  /** The clock's, ms. */
  now(): number;
  /** Sends one command, waits for `ms`, gives what came. */
  at(command: string, ms?: number): Promise<string>;
}

/** A modem on a fake clock, its connections ending in memory. */
export function rig(options: ModemOptions = {}): Rig {
  const clock = FakeTimers.createClock(NOW);
  const peers: Duplex[] = [];
  const ends: Duplex[] = [];
  const targets: string[] = [];
  const chunks: string[] = [];
  let from = 0;
  const modem = createModem({
    clock: fromFakeTimers(clock),
    connect(host, port) {
      const [near, far] = duplexPair();
      targets.push(`${host}:${port}`);
      peers.push(far);
      ends.push(near);
      return near;
    },
    ...options,
  });
  modem.onTransmit = (bytes) => chunks.push(bytes);

  async function run(ms: number): Promise<void> {
    const steps = Math.min(ms, 8);
    for (let i = 0; i < steps; i++) {
      await turn();
      await quiet();
      clock.tick(ms / steps);
    }
    await turn();
    await quiet();
    clock.tick(0);
  }
  function heard(): string {
    const fresh = chunks.slice(from).join("");
    from = chunks.length;
    return fresh;
  }
  return {
    modem,
    peers,
    ends,
    targets,
    chunks,
    run,
    heard,
    now: () => clock.now,
    async at(command, ms = 50) {
      heard();
      modem.receive(`${command}\r`);
      await run(ms);
      return heard();
    },
  };
}

/** A modem that is on, quiet and, if asked, has its context: what most tests begin with. */
export async function ready(options: ModemOptions = {}): Promise<Rig> {
  const made = rig({ startsOn: { context: true }, ...options });
  await made.at("ATE0");
  await made.at("AT+QISDE=0");
  return made;
}

/** Opens socket 0 in buffer mode and gives the server's end. */
export async function opened(made: Rig, mode: 0 | 1 = 0): Promise<Duplex> {
  await made.at(`AT+QIOPEN=1,0,"TCP","tb.example",1883,0,${mode}`, 400);
  const peer = made.peers.at(-1);
  if (!peer) throw new Error("no connection was made");
  return peer;
}

/** The power key, for so long. */
export async function press(made: Rig, ms: number): Promise<void> {
  made.modem.pwrkey(0);
  await made.run(ms);
  made.modem.pwrkey(1);
}
