import type { Sensors } from "../sensors/sensors.ts";
import { installBluetooth } from "./bluetooth.ts";
import { installBuiltIns } from "./built-ins.ts";
import { fromBytes } from "./bytes.ts";
import type { Scopes } from "./closures.ts";
import { createConsole } from "./console.ts";
import { installEmitter } from "./emitter.ts";
import { createEventQueue } from "./event-queue.ts";
import { PowerCut } from "./flash.ts";
import { className, installGlobals } from "./globals.ts";
import { installI2c } from "./i2c.ts";
import { printJson } from "./json.ts";
import { createLoop } from "./loop.ts";
import type { Machine } from "./machine.ts";
import { estimateMemory, reachable } from "./memory.ts";
import { createPackets, type Packets } from "./packets.ts";
import { createPins, type PinLevels } from "./pins.ts";
import { installPromise } from "./promise.ts";
import type { RandomNumbers } from "./random.ts";
import { createRealm, Stopped } from "./realm.ts";
import type { ResetRegister } from "./reset-register.ts";
import { createSerials } from "./serial.ts";
import type { BoardOptions, CtrlC } from "./simulated-board.ts";
import { eraseFile, readFile, writeFile } from "./storage.ts";
import type { StorageArea } from "./storage-layout.ts";
import { createTimers } from "./timers.ts";
import type { createWatchdog } from "./watchdog.ts";

/** The chip waits for two of its ticks whether the interpreter takes a Ctrl-C by itself. */
const CTRL_C_MS = 200;
/** A look at the clock costs as much as some turns of a loop. */
const TURNS_A_LOOK = 64;
/** "2v29.277" as 229.277: versions in their order. */
const versionNumber = (version: string): number => Number.parseFloat(version.replace("v", ""));
const PACKETS_SINCE = versionNumber("2v25");

type Watchdog = ReturnType<typeof createWatchdog>;

/** The board that the machine is a part of, which outlives it. */
interface Surroundings {
  options: BoardOptions;
  /** The machine that runs; throws when the board is off. */
  current(): Machine;
  area: StorageArea;
  levels: PinLevels;
  sensors: Sensors;
  watchdog: Watchdog;
  resetRegister: ResetRegister;
  randomNumbers: RandomNumbers;
  time: Machine["time"];
  scopes(): Scopes;
  /** Looks at errors at the end of a pass. */
  report(exception: { error: unknown } | undefined): void;
  lostPower(): void;
  restartProgram(kind: "reset" | "load", file?: string): void;
  reboot(reason: string): never;
}

/** One run of the interpreter, its parts put together; `install` gives the program its functions. */
export function createMachine(around: Surroundings): { machine: Machine; install(): void; stop(): void } {
  const { options, current, area, levels, sensors, watchdog, resetRegister, randomNumbers, time, scopes } =
    around;
  const { report, lostPower, restartProgram, reboot } = around;
  const { board: spec, clock, print = () => {} } = options;
  const { ctrlC } = options;
  let turns = 0;
  const turn = (): void => {
    if (!realm.alive || loop.ending || ++turns % TURNS_A_LOOK === 0) lookInto(self, ctrlC as CtrlC, watchdog);
  };
  const realm = createRealm(lostPower, ctrlC && turn);
  const queue = createEventQueue();
  const timers = createTimers(clock);
  const serials = createSerials(current);
  const pins = createPins(current, levels, (pin, level) => {
    options.meter?.pin(pin, level);
    options.onPin?.(pin, level);
  });
  let todo: (() => void) | undefined;
  const builtIns: object[] = [];
  const emitters: object[] = [];
  const classOf = (object: object): string | undefined => className(realm.global, object);
  const loop = createLoop({
    clock,
    realm,
    queue,
    timers,
    busy_ms(work) {
      options.meter?.ran(work.kind === "data" ? work.bytes : 0);
      return options.busy_ms?.(work) ?? 0;
    },
    deliver(device, bytes) {
      serials.deliver(device, bytes);
      // Now: what came before it in the same event may have run.
      if (bytes.includes("\x03")) ctrlC?.taken();
    },
    interrupted(inPass) {
      ctrlC?.taken();
      if (!inPass) self.console.write("Execution Interrupted\n");
    },
    ranOut() {
      if (!self.errorFlags.has("MEMORY")) self.console.write("OUT OF MEMORY\n");
      self.errorFlags.add("LOW_MEMORY").add("MEMORY");
    },
    removed: (message) => self.removed(message),
    passDone(exception, interrupted) {
      if (interrupted && realm.alive) self.console.write("Execution Interrupted during event processing.\n");
      report(exception);
      if (!realm.alive) return;
      serials.drained();
      if (todo) todo();
      else if (realm.alive) self.console.idle();
      watchdog.passDone();
    },
  });
  const packets = (send: (bytes: string) => void): Packets =>
    createPackets({
      clock,
      send,
      evaluate(source) {
        let result: string | undefined;
        const thrown = loop.guard(() => {
          result = printJson(realm.run(source, "REPL"), { classOf });
        });
        return result ?? (() => report(thrown));
      },
      readFile: (name) => readFile(area, name)?.toString("latin1"),
      writeFile(name, data, offset, size) {
        report(
          loop.guard(() => {
            try {
              writeFile(area, name, fromBytes(data), offset, size);
            } catch (error) {
              if (error instanceof PowerCut) lostPower();
              throw error;
            }
          }),
        );
      },
    });
  const self: Machine = {
    spec,
    clock,
    realm,
    loop,
    timers,
    queue,
    pins,
    storage: area,
    sensors,
    peers: options.serials ?? {},
    meter: options.meter,
    errorFlags: new Set(),
    resetRegister,
    removed(message) {
      self.console.write(`ERROR: ${message}\n`);
      self.errorFlags.add("CALLBACK");
    },
    randomNumbers,
    random: options.random ?? (() => randomNumbers.next() / 2 ** 31),
    console: createConsole({
      device: spec.console,
      peer: serials.peer,
      version: spec.version,
      board: spec.name,
      packets: versionNumber(spec.version) < PACKETS_SINCE ? undefined : packets,
      print,
      classOf,
      execute(source) {
        let result: { value: unknown } | undefined;
        const thrown = loop.guard(() => {
          result = { value: realm.run(source, "REPL") };
        });
        report(thrown);
        return result;
      },
    }),
    time,
    control: {
      reset(clearFlash) {
        if (clearFlash) for (const file of [".varimg", ".bootcde", ".bootrst"]) eraseFile(area, file);
        todo = () => restartProgram("reset");
        loop.wake(true);
      },
      load(file) {
        todo = () => restartProgram("load", file);
        loop.wake(true);
      },
      reboot,
    },
    memory() {
      const roots = {
        globals: { ...realm.global },
        builtIns,
        emitters,
        timers: timers.list(),
        events: loop.pending(),
      };
      return { usage: estimateMemory(roots, scopes(), realm, spec), total: spec.variables };
    },
  };
  return {
    machine: self,
    stop() {
      self.console.stop();
      serials.stop();
    },
    install() {
      installEmitter(self);
      installBuiltIns(self);
      installPromise(self);
      installGlobals(self, watchdog);
      installBluetooth(self);
      pins.install();
      installI2c(self, sensors.accelerometer);
      serials.install();
      builtIns.push(...reachable(realm.global));
      for (const name of ["E", "process", ...spec.serials, ...spec.consoles])
        emitters.push(realm.global[name] as object);
    },
  };
}

/** At a program that runs, now and then. */
function lookInto({ realm, loop }: Machine, ctrlC: CtrlC, watchdog: Watchdog): void {
  if (realm.alive) watchdog.biteIfDue();
  if (!realm.alive) throw new Stopped("the board was reset");
  if (loop.ending || (ctrlC.pending() && loop.ran_ms() > CTRL_C_MS)) loop.interrupt();
}
