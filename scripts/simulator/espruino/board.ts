import { createSensors } from "../sensors/sensors.ts";
import { createScopes, type Scopes } from "./closures.ts";
import { replOptions } from "./console.ts";
import { createMachine } from "./create-machine.ts";
import { listeners } from "./emitter.ts";
import { PowerCut } from "./flash.ts";
import { className } from "./globals.ts";
import { printJson } from "./json.ts";
import { type ErrorFlag, inOrder, type Machine } from "./machine.ts";
import type { PinLevels } from "./pins.ts";
import { createRandomNumbers } from "./random.ts";
import { Stopped } from "./realm.ts";
import { createResetRegister } from "./reset-register.ts";
import type { BoardOptions, SimulatedBoard } from "./simulated-board.ts";
import { eraseAll, isValid, readFile } from "./storage.ts";
import type { StorageArea } from "./storage-layout.ts";
import { describe } from "./uncaught.ts";
import { createWatchdog } from "./watchdog.ts";

/** `Date.now()` has one, whatever the host's clock counts in. */
const FRACTION_MS = 0.36596679687;
/** Of 32 bits, like what a chip's noise source gives. */
const noise = (): number => Math.floor(Math.random() * 2 ** 32);
const BOOT_FILES = [".boot0", ".boot1", ".boot2", ".boot3"];

export function createBoard(options: BoardOptions): SimulatedBoard {
  const { board: spec, flash, clock, print = () => {}, reboot_ms = 10 } = options;
  const levels: PinLevels = new Map();
  const sensors = options.sensors ?? createSensors(spec, clock);
  const { accelerometer } = sensors;
  let machine: Machine | undefined;
  let stopMachine = (): void => {};
  let scopes: Scopes | undefined;
  /** Board time less the clock's. */
  let offset_ms = 0;
  const time = {
    now_ms: () => clock.now() + offset_ms + FRACTION_MS,
    set(ms: number) {
      offset_ms = ms - clock.now() - FRACTION_MS;
    },
  };
  let restart: unknown;
  let randomNumbers = createRandomNumbers();
  const resetRegister = createResetRegister(spec.resetRegister);

  const area: StorageArea = {
    flash,
    start: spec.storageStart,
    end: spec.storageStart + spec.storageBytes,
    swapBytes: Math.floor(spec.variables * spec.variableBytes * 0.85),
    print: (text) => (machine ? machine.console.write(text) : print(text.trim())),
  };
  const watchdog = createWatchdog({
    clock,
    latched: spec.latchedWatchdog,
    asleep: () => machine?.loop.busy === false,
    bite: () => hardReset("watchdog"),
  });

  function current(): Machine {
    if (!machine) throw new Stopped("the board is off");
    return machine;
  }

  function halt(): void {
    if (!machine) return;
    machine.realm.alive = false;
    machine.loop.stop();
    stopMachine();
    machine = undefined;
  }

  function powerOff(): void {
    halt();
    watchdog.stop();
    clock.clearTimeout(restart);
  }

  function lostPower(): void {
    powerOff();
    accelerometer?.powerCut();
    options.onPowerCut?.();
  }

  function hardReset(reason: string): void {
    halt();
    if (reason === "watchdog") watchdog.stop();
    else watchdog.chipReset();
    resetRegister.wasReset(reason);
    options.onReboot?.(reason);
    clock.clearTimeout(restart);
    restart = clock.setTimeout(comeUp, reboot_ms);
  }

  /** The accelerometer's interrupt as its pin has it: it has its own power while the chip is reset. */
  function feelInterrupt(): void {
    if (accelerometer && spec.accelerometer)
      machine?.pins.setInput(spec.accelerometer.interrupt, accelerometer.interrupt);
  }
  if (accelerometer) accelerometer.onInterrupt = feelInterrupt;

  function start(): Machine {
    const made = createMachine({
      options,
      current,
      area,
      levels,
      sensors,
      watchdog,
      resetRegister,
      randomNumbers,
      time,
      scopes: () => {
        scopes ??= createScopes();
        return scopes;
      },
      report,
      lostPower,
      restartProgram,
      reboot(reason) {
        emitKill();
        hardReset(reason);
        throw new Stopped(reason);
      },
    });
    machine = made.machine;
    stopMachine = made.stop;
    made.install();
    return made.machine;
  }

  /** The program's handlers of uncaught exceptions; gives what is still uncaught. */
  function tellHandlers(exception: { error: unknown }): { error: unknown } | undefined {
    const { realm, loop } = current();
    const handlers = listeners(realm.global.process as object, "uncaughtException");
    if (!handlers) return exception;
    let thrown: { error: unknown } | undefined;
    for (const handler of handlers)
      thrown ??= loop.guard(() => (handler as (error: unknown) => void)(exception.error));
    return thrown;
  }

  /** Looks at errors as the interpreter does at the end of a pass: the handler's first, else they are printed. */
  function report(exception: { error: unknown } | undefined): void {
    if (!machine) return;
    const { realm, console, errorFlags } = machine;
    const thrown = exception && tellHandlers(exception);
    if (!realm.alive) return;
    if (thrown) console.write(describe(thrown.error));
    const news = inOrder(errorFlags).filter((flag) => !reported.has(flag));
    reported = new Set(errorFlags);
    // A warning alone is none.
    if (!news.some((flag) => flag !== "LOW_MEMORY")) return;
    call("E", "errorFlag", [realm.array(news)]);
    if (!realm.alive) return;
    reported = new Set(errorFlags);
    console.write(`New interpreter error: ${news.join(",")}\n`);
  }
  let reported = new Set<ErrorFlag>();

  function call(object: string, event: string, args: unknown[]): void {
    if (!machine) return;
    const { realm, loop } = machine;
    for (const listener of listeners(realm.global[object] as object, event) ?? [])
      report(loop.guard(() => (listener as (...args: unknown[]) => void).apply(realm.global[object], args)));
  }

  const emitKill = (): void => call("E", "kill", []);

  function restartProgram(kind: "reset" | "load", file?: string): void {
    const device = current().console.device;
    emitKill();
    if (!machine) return;
    halt();
    start();
    current().console.device = device;
    runBootCode(kind === "reset" || file !== undefined, file);
    if (kind === "reset") machine?.console.greet(false);
  }

  function runFile(file: string): boolean {
    if (!machine) return false;
    const { realm, loop } = machine;
    const source = readFile(area, file);
    if (!source) return false;
    report(loop.guard(() => realm.run(source.toString("latin1"), file)));
    return true;
  }

  function runBootCode(afterReset: boolean, file?: string): void {
    if (file !== undefined) current().realm.global.__FILE__ = file;
    BOOT_FILES.forEach(runFile);
    if (!runFile(".bootrst") && !afterReset) runFile(".bootcde");
    call("E", "init", []);
    if (machine && typeof machine.realm.global.onInit === "function") {
      const { realm, loop } = machine;
      report(loop.guard(() => (realm.global.onInit as () => void)()));
    }
    if (file !== undefined) runFile(file);
    // Even if nothing waits: the prompt comes at the end of a pass.
    machine?.loop.wake(true);
  }

  function boot(): void {
    powerOff();
    resetRegister.poweredOn();
    comeUp();
  }

  function comeUp(): void {
    offset_ms = spec.hostClock ? 0 : -clock.now();
    levels.clear();
    randomNumbers = createRandomNumbers();
    if (spec.seedsRandom) randomNumbers.seed(noise());
    try {
      const { console } = start();
      feelInterrupt();
      if (!isValid(area)) {
        console.write("Storage is corrupt.\nErasing Storage Area...\n");
        eraseAll(area);
        console.write("Erase complete.\n");
      }
      runFile(".bootPowerOn");
      runBootCode(false);
      console.greet([".bootcde", ".bootrst"].some((file) => readFile(area, file)));
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      lostPower();
    }
  }

  return {
    boot,
    reset: () => restartProgram("reset"),
    powerCut() {
      powerOff();
      accelerometer?.powerCut();
    },
    get running() {
      return machine !== undefined;
    },
    evaluate(source) {
      const { realm, loop } = current();
      let shown = "";
      const thrown = loop.guard(() => {
        const classOf = (object: object) => className(realm.global, object);
        shown = printJson(realm.run(source, "REPL"), { ...replOptions, classOf });
      });
      if (thrown) tellHandlers(thrown);
      machine?.loop.wake();
      return thrown ? (describe(thrown.error).split("\n", 1)[0] as string) : shown;
    },
    get global() {
      return current().realm.global;
    },
    memory: () => current().memory(),
    get errorFlags() {
      return inOrder(current().errorFlags);
    },
    outOfMemory: (starvation = {}) => current().loop.starve(starvation),
    setInput: (pin, level) => current().pins.setInput(pin, level),
    pin: (pin) => levels.get(pin) ?? false,
    sensors,
    storage: area,
    dispose() {
      powerOff();
      scopes?.dispose();
    },
  };
}
