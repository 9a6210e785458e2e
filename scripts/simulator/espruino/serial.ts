import { flatten } from "./data.ts";
import { BUFFER, forget, listeners } from "./emitter.ts";
import { EVENT_QUEUE_BYTES } from "./event-queue.ts";
import type { Machine } from "./machine.ts";
import type { HostFunction } from "./realm.ts";
import type { SerialPeer } from "./serial-peer.ts";

const BUFFER_BYTES = 512;
const EIGHTH = (EVENT_QUEUE_BYTES - 1) / 8;

/** The UARTs, and the console's other devices. */
export interface Serials {
  install(): void;
  /** Bytes of an event, from the loop. */
  deliver(device: string, bytes: string): void;
  /** The queue got shorter: flow control lets the peers go on. */
  drained(): void;
  /** Who is connected to a device now. */
  peer(device: string): SerialPeer | undefined;
  stop(): void;
}

export function createSerials(machine: () => Machine): Serials {
  /** Devices that are set up, with their peers; `held` waits for room, on Linux in `backlog`. */
  const open = new Map<string, { peer: SerialPeer; flow: boolean; held: boolean; backlog: string }>();

  function connect(device: string, peer: SerialPeer | undefined, flow: boolean): void {
    disconnect(device);
    const { spec, meter } = machine();
    if (spec.serials.includes(device)) meter?.uart(device, true);
    if (!peer) return;
    open.set(device, { peer, flow, held: false, backlog: "" });
    peer.onData = (bytes) => receive(device, bytes);
  }

  function disconnect(device: string): void {
    const port = open.get(device);
    if (port) port.peer.onData = undefined;
    open.delete(device);
  }

  function receive(device: string, bytes: string): void {
    const { realm, spec, loop } = machine();
    const port = open.get(device);
    if (!realm.alive || !port) return;
    // USB and Bluetooth hold their sender back by themselves.
    if (spec.uartWaits || !spec.serials.includes(device)) {
      port.backlog += bytes;
      drainBacklog();
    } else push(device, bytes);
    loop.wake();
  }

  function push(device: string, bytes: string): void {
    const { queue, spec, errorFlags } = machine();
    for (let i = 0; i < bytes.length; i += spec.uartChunk)
      if (queue.push(device, bytes.slice(i, i + spec.uartChunk))) errorFlags.add("FIFO_FULL");
    const port = open.get(device);
    if (port?.flow && !port.held && queue.used > spec.holdEighths * EIGHTH) {
      port.held = true;
      port.peer.hold?.(true);
    }
  }

  function drainBacklog(): void {
    const { queue, spec } = machine();
    for (const [device, port] of open)
      while (port.backlog && queue.used < EVENT_QUEUE_BYTES / 2) {
        push(device, port.backlog.slice(0, spec.uartChunk));
        port.backlog = port.backlog.slice(spec.uartChunk);
      }
  }

  function deliver(device: string, bytes: string): void {
    const { console, realm, loop, errorFlags } = machine();
    if (console.device === device) {
      console.input(bytes);
      return;
    }
    const serial = realm.global[device] as Record<string, unknown> | undefined;
    if (!serial) return;
    const present = listeners(serial, "data");
    if (present) {
      loop.call(serial, present, [bytes]);
      if (loop.interrupted && listeners(serial, "data")) {
        forget(serial, "data");
        machine().removed("Error processing Serial data handler - removing it.");
      }
      return;
    }
    const before = (serial[BUFFER] as string | undefined) ?? "";
    if (before && before.length + bytes.length > BUFFER_BYTES) errorFlags.add("BUFFER_FULL");
    const value = before ? (before + bytes).slice(0, Math.max(BUFFER_BYTES, before.length)) : bytes;
    Object.defineProperty(serial, BUFFER, { value, configurable: true, writable: true, enumerable: false });
  }

  function methods(): Record<string, HostFunction> {
    const { spec, peers } = machine();
    const name = (serial: object): string => nameOf.get(serial) ?? "";
    const write = (serial: object, bytes: string): void => {
      const device = name(serial);
      (open.get(device)?.peer ?? (spec.serials.includes(device) ? undefined : peers[device]))?.write(bytes);
    };
    const take = (serial: Record<string, unknown>, count: number): string => {
      const waiting = (serial[BUFFER] as string | undefined) ?? "";
      const taken = count > 0 ? waiting.slice(0, count) : waiting;
      if (taken.length === waiting.length) delete serial[BUFFER];
      else serial[BUFFER] = waiting.slice(taken.length);
      return taken;
    };
    return {
      setup(baud = 9600, options = {}) {
        const rate = Number(typeof baud === "object" ? baud?.baud : baud) || 9600;
        const peer = peers[options.path ?? name(this)];
        const before = open.get(name(this))?.peer;
        if (before !== peer) before?.setBaud?.(0);
        connect(name(this), peer, options.cts !== undefined);
        peer?.setBaud?.(rate);
      },
      unsetup() {
        if (spec.unsetupLeavesOpen) return;
        open.get(name(this))?.peer.setBaud?.(0);
        disconnect(name(this));
        machine().meter?.uart(name(this), false);
      },
      write(...data) {
        write(this, flatten(data));
      },
      print(text) {
        write(this, String(text).replace(/\n/g, "\r\n"));
      },
      println(text) {
        write(this, `${String(text).replace(/\n/g, "\r\n")}\r\n`);
      },
      available() {
        return ((this[BUFFER] as string | undefined) ?? "").length;
      },
      read(count = 0) {
        return take(this, count);
      },
      flush() {},
      inject(...data) {
        push(name(this), flatten(data));
        machine().loop.wake();
      },
      setConsole() {
        const device = name(this);
        if (!open.has(device)) connect(device, peers[device], false);
        machine().console.move(device);
      },
      isConnected() {
        return peers[name(this)] !== undefined;
      },
    };
  }

  const nameOf = new WeakMap<object, string>();
  return {
    install() {
      const { realm, spec, peers, console } = machine();
      const prototype = realm.object();
      realm.define(prototype, methods());
      realm.define(realm.global, {
        Serial() {
          throw new Error("Software Serial is not simulated");
        },
      });
      Object.defineProperty(prototype, "constructor", { value: realm.global.Serial });
      for (const device of new Set([...spec.serials, ...spec.consoles])) {
        const serial = Object.create(prototype) as object;
        nameOf.set(serial, device);
        Object.defineProperty(realm.global, device, { value: serial, configurable: true, writable: true });
      }
      // The console's own cable or radio needs no setup.
      for (const device of spec.consoles)
        if (!spec.serials.includes(device) || device === console.device)
          connect(device, peers[device], false);
    },
    deliver,
    drained() {
      drainBacklog();
      const { queue } = machine();
      for (const port of open.values())
        if (port.held && queue.used < (3 * (EVENT_QUEUE_BYTES - 1)) / 8) {
          port.held = false;
          port.peer.hold?.(false);
        }
    },
    peer: (device) => open.get(device)?.peer,
    stop() {
      for (const device of [...open.keys()]) disconnect(device);
      const { spec, meter } = machine();
      for (const device of spec.serials) meter?.uart(device, false);
    },
  };
}
