import type { Core } from "./core.ts";
import { noise } from "./faults.ts";

export interface Uart {
  /** Bytes from the module towards the MCU. */
  transmit(bytes: string): void;
  /** Bytes from the MCU. */
  receive(bytes: string): void;
  /** The module lost power: what it still had to send is gone. */
  clear(): void;
}

interface Wire {
  core: Core;
  /** The MCU's rate, or undefined: the same as the module's, and no timing. */
  hostBaud: () => number | undefined;
  toHost: (bytes: string) => void;
  toModule: (bytes: string) => void;
}

/** The wire between MCU and module: its rate, its chunks, its noise. Start, stop and eight bits a byte. */
export function createUart(wire: Wire): Uart {
  let queue = "";
  let timer: unknown;
  let started_ms = 0;
  let sent = 0;
  let inboundFree_ms = 0;
  const inbound: string[] = [];
  const bytesPerMs = (): number => (wire.hostBaud() ?? 0) / 10_000;

  function garble(bytes: string): string {
    const core = wire.core;
    const host = wire.hostBaud() ?? core.profile.ipr;
    if (host === core.profile.ipr && !core.faults.baudMismatch) return bytes;
    core.tell({ what: "garbled", line: bytes });
    return noise(core.random, Math.max(1, Math.round(bytes.length * Math.min(1, host / core.profile.ipr))));
  }

  function deliver(length: number): void {
    const { chance, faults, random } = wire.core;
    let cut = length;
    if (length > 1 && chance(faults.splitChunk)) cut = 1 + Math.floor(random() * (length - 1));
    let chunk = queue.slice(0, cut);
    queue = queue.slice(cut);
    sent += cut;
    if (chance(faults.garbage)) {
      wire.core.tell({ what: "garbled", line: chunk });
      chunk = noise(random, 1 + Math.floor(random() * 4)) + chunk;
    }
    wire.toHost(garble(chunk));
  }

  function tick(): void {
    timer = undefined;
    const { clock } = wire.core;
    const due = wire.hostBaud()
      ? Math.min(queue.length, Math.floor((clock.now() - started_ms) * bytesPerMs()) - sent)
      : queue.length;
    if (due > 0) deliver(due);
    if (queue !== "") timer ??= clock.setTimeout(tick, 1);
  }

  return {
    transmit(bytes) {
      const { clock } = wire.core;
      if (queue === "") {
        started_ms = clock.now();
        sent = 0;
      }
      queue += bytes;
      timer ??= clock.setTimeout(tick, wire.hostBaud() ? 1 : 0);
    },
    receive(bytes) {
      const { clock } = wire.core;
      const arrived = garble(bytes);
      if (!wire.hostBaud()) {
        wire.toModule(arrived);
        return;
      }
      const now = clock.now();
      // These arrive even if the module goes down meanwhile, and are lost there
      inboundFree_ms = Math.max(now, inboundFree_ms) + bytes.length / bytesPerMs();
      inbound.push(arrived);
      // Real timers of different lengths that are due together fire in any order; bytes on a wire do not.
      clock.setTimeout(() => wire.toModule(inbound.shift() ?? ""), Math.ceil(inboundFree_ms - now));
    },
    clear() {
      queue = "";
      wire.core.clock.clearTimeout(timer);
      timer = undefined;
    },
  };
}
