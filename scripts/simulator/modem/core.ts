import { EventEmitter } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, realClock } from "../clock.ts";
import type { MeterEvent, ModemEvent } from "./events.ts";
import { createFaults, type Faults } from "./faults.ts";
import { type Model, models } from "./models.ts";
import { defaultTimes, type ModemOptions, seededRandom, type Times } from "./options.ts";
import { createTranscript, type Transcript } from "./transcript.ts";

/** Settings AT&W stores and ATZ brings back, and those (CMEE, CTZR) that only live until the next boot. */
export interface Profile {
  echo: boolean;
  verbose: boolean;
  quiet: boolean;
  cmee: number;
  ctzr: number;
  /** UART rate. */
  ipr: number;
  CREG: number;
  CGREG: number;
  CEREG: number;
}

export const factoryProfile: Readonly<Profile> = {
  echo: true,
  verbose: true,
  quiet: false,
  cmee: 1,
  ctzr: 0,
  ipr: 115200,
  CREG: 0,
  CGREG: 0,
  CEREG: 0,
};

/** What one part of the module tells the others. */
interface CoreEvents {
  /** The SIM can be used: the search for a network may begin. */
  simReady: [];
  /** Coverage came, or went. */
  registered: [];
  /** It may look for a network, or not any more. */
  searching: [];
  unregistered: [];
  /** A PDP context went down: its sockets are dead. */
  contextDown: [context: number];
  /** Bytes pass over the air. */
  traffic: [];
  /** The radio connection came up; the network released it. */
  connected: [];
  released: [];
  /** What allows sleep has changed: QSCLK, DTR. */
  asleep: [];
  /** PowerState is another one. */
  power: [];
  /** AT+CFUN=1,1 and AT+QPOWD. */
  restart: [];
  powerOff: [];
}

/** What every part of the module works with. */
export interface Core {
  readonly clock: Clock;
  readonly model: Model;
  readonly options: ModemOptions;
  readonly connect: (host: string, port: number) => Duplex;
  readonly times: Times;
  readonly faults: Faults;
  readonly random: () => number;
  readonly events: EventEmitter<CoreEvents>;
  readonly transcript: Transcript;
  /** Settings that survive the loss of power, by name. */
  readonly nv: Map<string, string>;
  profile: Profile;
  /** What AT&W stored. */
  stored: Profile;
  /** Bytes of a socket go over the air. */
  traffic(sent: number, received: number): void;
  /** Something came for the module: `take` is called when the network can hand it over. */
  reach: (take: () => void) => void;
  /** Of a module with one receiver: GNSS has it, LTE stands still. */
  receiverTaken: () => boolean;
  /** Runs `fn` unless the module restarts or goes off first. */
  after(ms: number, fn: () => void): unknown;
  cancel(handle: unknown): void;
  /** Forgets what `after` still has to run. */
  cancelAll(): void;
  /** Bytes to the MCU, in one piece. */
  send(bytes: string): void;
  /** An unsolicited line, if the URC port is this UART. */
  urc(line: string): void;
  /** The report that a command announced, always to the port the command came from. */
  report(line: string): void;
  /** For `modem.onEvent`. */
  tell: (event: ModemEvent) => void;
  /** For `modem.onMeter`. */
  measure: (event: MeterEvent) => void;
  /** True with probability `p`. */
  chance(p: number): boolean;
}

export function createCore(options: ModemOptions, transmit: (bytes: string) => void): Core {
  const clock = options.clock ?? realClock;
  const model = models[options.model ?? "BG96"];
  const random = options.random ?? seededRandom(1);
  const faults = createFaults(options.faults);
  const transcript = createTranscript(clock);
  const timers = new Set<{ handle: unknown }>();
  let held: string[] = [];
  let holding: unknown;

  function releaseUrcs(): string {
    const glued = held.join("");
    held = [];
    core.cancel(holding);
    holding = undefined;
    return glued;
  }

  function emit(line: string): void {
    if (core.chance(faults.lostUrc)) {
      transcript.note(`fault: URC lost: ${line}`);
      core.tell({ what: "garbled", line });
      return;
    }
    held.push(`\r\n${line}\r\n`);
    if (held.length >= faults.glueUrcs) core.send("");
    else holding ??= core.after(500, () => core.send(""));
  }

  const core: Core = {
    clock,
    model,
    options,
    connect: options.connect ?? ((host, port) => connectTcp({ host, port, noDelay: true })),
    times: { ...defaultTimes, boot_ms: model.uart_ms, ...options.times },
    faults,
    random,
    events: new EventEmitter(),
    transcript,
    nv: new Map(),
    profile: { ...factoryProfile },
    stored: { ...factoryProfile },
    traffic(sent, received) {
      core.events.emit("traffic");
      core.measure({ what: "traffic", sent, received });
    },
    reach: (take) => take(),
    receiverTaken: () => false,
    after(ms, fn) {
      const timer: { handle: unknown } = { handle: undefined };
      timer.handle = clock.setTimeout(() => {
        timers.delete(timer);
        fn();
      }, ms);
      timers.add(timer);
      return timer;
    },
    cancel(handle) {
      const timer = handle as { handle: unknown } | undefined;
      if (timer && timers.delete(timer)) clock.clearTimeout(timer.handle);
    },
    cancelAll() {
      for (const timer of timers) clock.clearTimeout(timer.handle);
      timers.clear();
      held = [];
      holding = undefined;
    },
    send(bytes) {
      const all = releaseUrcs() + bytes;
      if (all === "") return;
      transcript.add("modem", all);
      transmit(all);
    },
    urc(line) {
      if ((core.nv.get("urcport") ?? model.urcPort) === "uart1") emit(line);
      else transcript.note(`URC to another port: ${line}`);
    },
    report: emit,
    tell: () => {},
    measure: () => {},
    chance: (p) => p > 0 && random() < p,
  };
  return core;
}
