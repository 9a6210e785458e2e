import type { Clock } from "../clock.ts";
import { installBuiltIns } from "./built-ins.ts";
import { fromBytes } from "./bytes.ts";
import { createScopes, type Scopes } from "./closures.ts";
import { createConsole, replOptions } from "./console.ts";
import { installEmitter, listeners } from "./emitter.ts";
import { createEventQueue } from "./event-queue.ts";
import { type Flash, PowerCut } from "./flash.ts";
import { className, installGlobals } from "./globals.ts";
import { printJson } from "./json.ts";
import { createLoop, type Starvation, type Work } from "./loop.ts";
import { type ErrorFlag, inOrder, type Machine } from "./machine.ts";
import { estimateMemory, reachable } from "./memory.ts";
import { createPackets, type Packets } from "./packets.ts";
import { createPins, type PinLevels } from "./pins.ts";
import { installPromise } from "./promise.ts";
import { createRandomNumbers } from "./random.ts";
import { createRealm, Stopped } from "./realm.ts";
import { createResetRegister } from "./reset-register.ts";
import { createSerials } from "./serial.ts";
import type { SerialPeer } from "./serial-peer.ts";
import type { BoardSpec } from "./specs.ts";
import { eraseAll, eraseFile, isValid, readFile, writeFile } from "./storage.ts";
import type { StorageArea } from "./storage-layout.ts";
import { createTimers } from "./timers.ts";
import { describe } from "./uncaught.ts";
import { createWatchdog } from "./watchdog.ts";

export interface BoardOptions {
  board: BoardSpec;
  /** Made with `flashOf(board)`. */
  flash: Flash;
  clock: Clock;
  /** Who is at the other end of a device, by its name ("Serial1", "USB") or by the path it is opened with. */
  serials?: Record<string, SerialPeer>;
  /** Lines the program or the interpreter prints while there is a console. */
  print?(line: string): void;
  /** 0 <= x < 1: what `Math.random()` gives, in place of the interpreter's own numbers. */
  random?(): number;
  /** How long the interpreter is busy with a callback; meanwhile data piles up in the event queue. Default: not at all. */
  busy_ms?(work: Work): number;
  /** An output changed, or was driven again. */
  onPin?(pin: string, level: boolean): void;
  /** The chip was reset by the program or its watchdog; it boots again by itself. */
  onReboot?(reason: string): void;
  /**
   * The console's Ctrl-C, for a program that does not return: then the interpreter takes no bytes, but the chip still looks
   * at each that comes. Given, the program's loops are looked into: Ctrl-C ends them, and the watchdog bites there, by
   * `clock`. Absent, as where the clock is a test's and stands still in a loop: they run without end.
   */
  ctrlC?: CtrlC;
  /** The flash said that the power is cut (`PowerCut`); it stays off until `boot`. */
  onPowerCut?(): void;
  /** From a reset of the chip to its boot; default 10. */
  reboot_ms?: number;
}

/** Whether Ctrl-C came, and the interpreter has not taken it yet. */
export interface CtrlC {
  pending(): boolean;
  taken(): void;
}

/** A board with Espruino on it, in this process. Off until `boot`. */
export interface SimulatedBoard {
  /** Power comes on, or the reset pin is pressed. */
  boot(): void;
  /** As `reset()` on the console: boot code does not run. */
  reset(): void;
  /** Power goes: the program ends between two statements, what is in flash stays. */
  powerCut(): void;
  readonly running: boolean;
  /**
   * Runs a line as the REPL does; gives what it shows after the "=", or `Uncaught ...`. Listeners to
   * "uncaughtException" hear of it too (the REPL then shows nothing).
   */
  evaluate(source: string): string;
  readonly global: Record<string, unknown>;
  /** Variables in use, estimated. */
  memory(): { usage: number; total: number };
  readonly errorFlags: ErrorFlag[];
  /**
   * The next callback (of serial data, of a timer, of an event; not a promise's) runs out of memory. It ends there,
   * without catch and finally; LOW_MEMORY and MEMORY are set; what else is due in the pass still runs, but its
   * intervals are removed, as is the listener if it was for data; then E's "errorFlag" comes.
   */
  outOfMemory(starvation?: Starvation): void;
  /** Drives an input from outside. */
  setInput(pin: string, level: boolean): void;
  pin(pin: string): boolean;
  readonly storage: StorageArea;
  dispose(): void;
}

/** `Date.now()` has one, whatever the host's clock counts in. */
const FRACTION_MS = 0.36596679687;
/** The chip waits for two of its ticks whether the interpreter takes a Ctrl-C by itself. */
const CTRL_C_MS = 200;
/** A look at the clock costs as much as some turns of a loop. */
const TURNS_A_LOOK = 64;
/** "2v29.277" as 229.277: versions in their order. */
const versionNumber = (version: string): number => Number.parseFloat(version.replace("v", ""));
const PACKETS_SINCE = versionNumber("2v25");
/** Of 32 bits, like what a chip's noise source gives. */
const noise = (): number => Math.floor(Math.random() * 2 ** 32);
const BOOT_FILES = [".boot0", ".boot1", ".boot2", ".boot3"];

export function createBoard(options: BoardOptions): SimulatedBoard {
  const { board: spec, flash, clock, print = () => {}, reboot_ms = 10 } = options;
  const levels: PinLevels = new Map();
  let machine: Machine | undefined;
  let stopMachine = (): void => {};
  let scopes: Scopes | undefined;
  /** Board time less the clock's. */
  let offset_ms = 0;
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

  function start(): Machine {
    const { ctrlC } = options;
    let turns = 0;
    const turn = (): void => {
      if (!realm.alive || loop.ending || ++turns % TURNS_A_LOOK === 0) lookInto(self, ctrlC as CtrlC);
    };
    const realm = createRealm(lostPower, ctrlC && turn);
    const queue = createEventQueue();
    const timers = createTimers(clock);
    const serials = createSerials(current);
    const pins = createPins(current, levels, options.onPin ?? (() => {}));
    let todo: (() => void) | undefined;
    const builtIns: object[] = [];
    const emitters: object[] = [];
    const classOf = (object: object): string | undefined => className(realm.global, object);
    const loop = createLoop({
      clock,
      realm,
      queue,
      timers,
      busy_ms: options.busy_ms ?? (() => 0),
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
        if (interrupted && realm.alive)
          self.console.write("Execution Interrupted during event processing.\n");
        report(exception);
        if (!realm.alive) return;
        serials.drained();
        if (todo) todo();
        else machine?.console.idle();
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
      peers: options.serials ?? {},
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
      time: {
        now_ms: () => clock.now() + offset_ms + FRACTION_MS,
        set(ms) {
          offset_ms = ms - clock.now() - FRACTION_MS;
        },
      },
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
        reboot(reason) {
          emitKill();
          hardReset(reason);
          throw new Stopped(reason);
        },
      },
      memory() {
        scopes ??= createScopes();
        const roots = {
          globals: { ...realm.global },
          builtIns,
          emitters,
          timers: timers.list(),
          events: loop.pending(),
        };
        return { usage: estimateMemory(roots, scopes, realm, spec), total: spec.variables };
      },
    };
    machine = self;
    stopMachine = () => {
      self.console.stop();
      serials.stop();
    };
    installEmitter(self);
    installBuiltIns(self);
    installPromise(self);
    installGlobals(self, watchdog);
    pins.install();
    serials.install();
    builtIns.push(...reachable(realm.global));
    for (const name of ["E", "process", ...spec.serials, ...spec.consoles])
      emitters.push(realm.global[name] as object);
    return self;
  }

  /** At a program that runs, now and then. */
  function lookInto({ realm, loop }: Machine, ctrlC: CtrlC): void {
    if (realm.alive) watchdog.biteIfDue();
    if (!realm.alive) throw new Stopped("the board was reset");
    if (loop.ending || (ctrlC.pending() && loop.ran_ms() > CTRL_C_MS)) loop.interrupt();
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
    powerCut: powerOff,
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
    storage: area,
    dispose() {
      powerOff();
      scopes?.dispose();
    },
  };
}
