import type { Fix } from "../../../firmware/gnss/fix.ts";
import { watchActivity } from "./activity.ts";
import { createCore } from "./core.ts";
import type { Activity, GnssState, MeterEvent, ModemEvent } from "./events.ts";
import { type FaultEvent, type Faults, noise } from "./faults.ts";
import { createFileStore } from "./files.ts";
import { generalCommands } from "./general.ts";
import { createGnss } from "./gnss.ts";
import { createHttp } from "./http.ts";
import { createInterpreter } from "./interpreter.ts";
import { createNetwork } from "./network.ts";
import type { ModemOptions } from "./options.ts";
import { createPdpContexts } from "./pdp.ts";
import { type BootCause, createPower, type Level, type PowerState } from "./power.ts";
import { createPowerSaving } from "./power-saving.ts";
import { createRadio } from "./radio.ts";
import { createSim } from "./sim.ts";
import type { SocketState } from "./socket.ts";
import { createSockets } from "./sockets.ts";
import { createTimeKeeping } from "./time.ts";
import type { Transcript } from "./transcript.ts";
import { createUart } from "./uart.ts";

/** What tests may want to see of the modem. */
export interface ModemState {
  power: PowerState;
  /** The STATUS pin. */
  status: Level;
  activity: Activity;
  baud: number;
  echo: boolean;
  urcPort: string;
  functionality: number;
  registered: boolean;
  /** The cycle of eDRX that the network granted, seconds. */
  edrx_s: number | undefined;
  /** Active PDP contexts. */
  contexts: number[];
  sockets: readonly SocketState[];
  gnss: { on: boolean; state: GnssState; fix: Fix | undefined };
}

/** A simulated Quectel module: bytes and pins on one side, a way to servers on the other. */
export interface Modem {
  /** Bytes from the MCU's UART, a string of char codes 0 to 255. */
  receive(bytes: string): void;
  /** Bytes to the MCU; set it. */
  onTransmit: (bytes: string) => void;
  /** What can be seen of it from outside; set it. */
  onEvent: (event: ModemEvent) => void;
  /** What its current depends on; set it. */
  onMeter: (event: MeterEvent) => void;
  /** Levels at the module's pins: 0 is pressed. */
  pwrkey(level: Level): void;
  reset(level: Level): void;
  /** High lets the module sleep when AT+QSCLK allowed it: it hears nothing then, and still says what it has to say. `at_ms`: when, if not now. */
  dtr(level: Level, at_ms?: number): void;
  /** VBAT. */
  power(on: boolean): void;
  /** The MCU's rate, where bytes take time; another than the module's garbles. undefined: no timing, always right. */
  hostBaud: number | undefined;
  readonly faults: Faults;
  /** The file store, by name: `clear()` is what a wiped or exchanged module has. */
  readonly files: Map<string, string>;
  /** Makes an event happen now. */
  readonly inject: Inject;
  readonly state: ModemState;
  readonly transcript: Transcript;
  /** Stops all timers and closes all connections. */
  dispose(): void;
}

export interface Inject {
  reset(): void;
  pdpdeact(context?: number): void;
  close(id?: number): void;
  psm(): void;
  garbage(length?: number): void;
  hole(ms?: number): void;
  urc(line: string): void;
}

/** After DTR is low again a UART that slept loses what comes for so long: the manual has no figure (AT 11.5). */
const UART_WAKE_MS = 50;
/** After RDY: +CFUN, then the SIM. The others are the model's. */
const CFUN_AFTER_MS = 100;
const SIM_AFTER_MS = 300;
const SMS_AFTER_MS = 2000;

export function createModem(options: ModemOptions = {}): Modem {
  const core = createCore(options, (bytes) => uart.transmit(bytes));
  const { clock, faults, model, transcript } = core;
  core.tell = (event) => modem.onEvent(event);
  core.measure = (event) => modem.onMeter(event);
  let disposed = false;
  /** Since `faults.deadSockets`. */
  let powerCycles = 0;
  let dtr: Level = 0;
  let deafUntil_ms = Number.NEGATIVE_INFINITY;
  let ticker: unknown;
  let holeTimer: unknown;

  const uart = createUart({
    core,
    hostBaud: () => modem.hostBaud,
    toHost: (bytes) => modem.onTransmit(bytes),
    toModule: hear,
  });
  const sim = createSim(core);
  const radio = createRadio(core);
  const network = createNetwork(core, sim, radio);
  const store = createFileStore(core);
  const gnss = createGnss(core, store, () => radio.connected || saving.edrx_s === undefined);
  const flowing = (): boolean => network.registered && !core.receiverTaken() && !faults.deadData;
  const pdp = createPdpContexts(core, network);
  const time = createTimeKeeping(core, pdp, flowing);
  const http = createHttp(core, pdp, store, flowing);
  const sockets = createSockets({ core, pdp, files: store, time, flowing });
  const saving = createPowerSaving(core, radio, {
    registered: () => network.registered,
    technology: network.technology,
    searchingSince_ms: () => network.searchingSince_ms,
    gnssOn: () => gnss.on,
    enter: (sleep_s) => power.enterPsm(sleep_s),
  });
  const sleepAllowed = (): boolean => saving.sleepAllowed && dtr === 1;
  const power = createPower(core, { alive, dead, hasContext: () => pdp.active.length > 0 });
  const interpreter = createInterpreter(core, {
    ...generalCommands(core),
    ...sim.commands,
    ...network.commands,
    ...pdp.commands,
    ...sockets.commands,
    ...gnss.commands,
    ...time.commands,
    ...store.commands,
    ...http.commands,
    ...saving.commands,
    ...power.commands,
  });
  const activity = watchActivity(core, {
    power: () => power.state,
    searching: () => network.searchingSince_ms !== undefined,
    connected: () => radio.connected,
    sleepAllowed,
  });
  core.events.on("registered", () => sockets.flow());

  function hear(bytes: string): void {
    if (disposed) return;
    transcript.add("host", bytes);
    const asleep = sleepAllowed() || clock.now() < deafUntil_ms;
    if (power.state === "running" && !asleep) interpreter.receive(bytes);
    else {
      transcript.note(`lost: the ${power.state === "running" ? "UART sleeps" : `module is ${power.state}`}`);
      core.tell({ what: "silent", name: bytes.trim() });
    }
  }

  function alive(after: BootCause): void {
    if (faults.deadSockets && after === "off") powerCycles++;
    if (after === "reset" || powerCycles === 2) {
      faults.deadSockets = false;
      powerCycles = 0;
    }
    core.tell({ what: "running", after });
    core.profile = { ...core.stored };
    const late_ms = faults.lateReady_ms;
    interpreter.ready = !model.errorsBeforeReady || late_ms > 0;
    core.urc("RDY");
    network.start(after === "psm");
    gnss.start();
    core.after(CFUN_AFTER_MS, () => core.urc("+CFUN: 1"));
    const ready_ms = late_ms || model.applicationReady_ms;
    core.after(ready_ms, () => {
      interpreter.ready = true;
      if (model.saysApplicationReady) core.urc("APP RDY");
    });
    sim.start(late_ms ? CFUN_AFTER_MS : ready_ms + SIM_AFTER_MS, ready_ms + SIM_AFTER_MS);
    core.after(ready_ms + SMS_AFTER_MS, () => {
      if (!sim.ready) return;
      if (model.family === "EC2x") core.urc("+QIND: PB DONE");
      core.urc("+QIND: SMS DONE");
    });
    ticker = clock.setTimeout(tick, 1000);
  }

  function dead(abrupt: boolean): void {
    clock.clearTimeout(ticker);
    interpreter.reset();
    sockets.reset();
    pdp.reset();
    gnss.stop();
    sim.stop();
    network.stop();
    saving.reset();
    time.reset();
    http.reset();
    core.cancelAll();
    if (abrupt) uart.clear();
    if (power.state !== "unpowered") return;
    time.powerLost();
    gnss.powerLost();
  }

  /** Once a second while the module runs: what depends on the time, and the faults that come by themselves. */
  function tick(): void {
    ticker = clock.setTimeout(tick, 1000);
    network.refresh();
    sockets.flow();
    for (const [event, perMinute] of Object.entries(faults.perMinute))
      if (power.state === "running" && core.chance(perMinute / 60)) inject[event as FaultEvent]();
    if (power.state === "running") saving.tick();
  }

  const running =
    (event: () => void): (() => void) =>
    () => {
      if (power.state === "running") event();
    };

  const inject: Inject = {
    reset: running(() => power.crash()),
    pdpdeact: (context = 1) => pdp.deactivate(context),
    close: (id) => sockets.closeByPeer(id),
    psm: running(() => power.enterPsm(saving.sleep_s())),
    garbage(length = 8) {
      core.tell({ what: "garbled", line: "" });
      uart.transmit(noise(core.random, length));
    },
    hole(ms = 20_000) {
      faults.coverageHole = true;
      network.refresh();
      clock.clearTimeout(holeTimer);
      holeTimer = clock.setTimeout(() => {
        faults.coverageHole = false;
        network.refresh();
      }, ms);
    },
    urc(line) {
      core.tell({ what: "garbled", line });
      core.urc(line);
    },
  };

  const modem: Modem = {
    onTransmit: () => {},
    onEvent: () => {},
    onMeter: () => {},
    hostBaud: options.baud,
    faults,
    files: store.files,
    inject,
    transcript,
    receive: (bytes) => uart.receive(bytes),
    pwrkey: (level) => power.pwrkey(level),
    reset: (level) => power.reset(level),
    power: (on) => power.supply(on),
    dtr(level, at_ms = clock.now()) {
      if (level === 0 && sleepAllowed()) deafUntil_ms = at_ms + UART_WAKE_MS;
      dtr = level;
      core.events.emit("asleep");
    },
    get state() {
      return {
        power: power.state,
        status: power.status,
        activity: activity.now,
        baud: core.profile.ipr,
        echo: core.profile.echo,
        urcPort: core.nv.get("urcport") ?? model.urcPort,
        functionality: network.functionality,
        registered: network.registered,
        edrx_s: saving.edrx_s,
        contexts: pdp.active,
        sockets: sockets.list,
        gnss: { on: gnss.on, state: gnss.state, fix: gnss.fix },
      };
    },
    dispose() {
      disposed = true;
      power.dispose();
      dead(true);
      clock.clearTimeout(holeTimer);
    },
  };

  if (options.startsOn) {
    const before = options.startsOn === true ? {} : options.startsOn;
    power.resume();
    sim.resume();
    network.resume();
    time.resume();
    core.profile.echo = before.echo ?? true;
    if (before.context ?? before.sockets !== undefined) pdp.resume(1);
    for (const socket of before.sockets ?? []) sockets.resume(socket);
    ticker = clock.setTimeout(tick, 1000);
  }
  return modem;
}
