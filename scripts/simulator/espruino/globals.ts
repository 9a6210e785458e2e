import { randomUUID } from "node:crypto";
import { crc32, fromBytes, toBytes } from "./bytes.ts";
import { cryptoModule } from "./crypto-module.ts";
import { elements, flatten } from "./data.ts";
import { printJson } from "./json.ts";
import { inOrder, type Machine } from "./machine.ts";
import type { HostFunction } from "./realm.ts";
import { list, readFile } from "./storage.ts";
import type { StorageArea } from "./storage-layout.ts";
import { flashModule, storageModule } from "./storage-module.ts";

/** What guards the board from a program that hangs: it stands outside of the program, and outlives `reset()`. */
export interface Watchdog {
  enable(seconds: number, automatic: boolean): void;
  kick(): void;
}

/** The interpreter's own globals: timers, console, modules, `E` and `process`. */
export function installGlobals(machine: Machine, watchdog: Watchdog): void {
  const { realm } = machine;
  hidden(realm.global, "global", realm.global);
  const print = (...values: unknown[]): void => {
    machine.console.write(`${values.map((value) => shown(machine, value)).join(" ")}\n`);
  };
  const console = realm.object();
  realm.define(console, { log: print, warn: print, error: print, info: print, debug: print });
  Object.defineProperty(realm.global, "console", { value: console, configurable: true, writable: true });
  realm.define(realm.global, { print, ...timerFunctions(machine), ...systemFunctions(machine) });
  hidden(realm.global, "E", espruino(machine, watchdog));
  hidden(realm.global, "process", processObject(machine));
}

const hidden = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
};

/** A value as `print` writes it. */
function shown({ realm }: Machine, value: unknown): string {
  if (typeof value === "string") return value;
  return printJson(value, { pretty: true, classOf: (object) => className(realm.global, object) });
}

/** The global whose prototype an object has: "" for plain ones; undefined when the object stands for its own name. */
export function className(global: Record<string, unknown>, object: object): string | undefined {
  const prototype = Object.getPrototypeOf(object) as { constructor?: { name: string } } | null;
  if (!prototype || prototype === (global.Object as { prototype: object }).prototype) return "";
  if (!Object.hasOwn(prototype, "constructor")) return Object.hasOwn(prototype, "toJSON") ? undefined : "";
  const maker = prototype.constructor;
  if (maker && global[maker.name] === maker) return maker.name;
  return Object.getOwnPropertyNames(global).find((name) => global[name] === maker) ?? "";
}

function timerFunctions({ timers, loop }: Machine): Record<string, HostFunction> {
  const add =
    (repeat: boolean) =>
    (callback: unknown, ms: number, ...args: unknown[]) => {
      if (typeof callback !== "function" && typeof callback !== "string")
        throw new Error("Function or String not supplied!");
      const id = timers.add(callback, ms, args, repeat);
      loop.wake();
      return id;
    };
  const clear =
    (kind: string): HostFunction =>
    (...args) => {
      if (args.length && args[0] === undefined)
        throw new Error(`clear${kind}(undefined) not allowed. Use clear${kind}() instead`);
      timers.remove(args[0]);
    };
  return {
    setTimeout: add(false),
    setInterval: add(true),
    clearTimeout: clear("Timeout"),
    clearInterval: clear("Interval"),
    changeInterval(id, ms) {
      if (!timers.change(id, ms)) throw new Error("Unknown Interval");
      loop.wake();
    },
  };
}

/** Shorter code may be in a file by chance. */
const LEAST_IN_FILE = 100;

/** Code and its name in stack traces: the file that it was read from, where columns are the file's. */
function placed(storage: StorageArea, source: string): [code: string, name: string] {
  if (source.length >= LEAST_IN_FILE)
    for (const { name } of list(storage)) {
      const at = readFile(storage, name)?.toString("latin1").indexOf(source) ?? -1;
      if (at >= 0) return [" ".repeat(at) + source, name];
    }
  return [source, "eval"];
}

function systemFunctions(machine: Machine): Record<string, HostFunction> {
  const { realm, time, control, console, storage, resetRegister, spec, meter } = machine;
  // A reset forgets it.
  meter?.deepSleep(false);
  const modules = new Map<string, unknown>();
  const builtIn: Record<string, (machine: Machine) => unknown> = {
    Storage: storageModule,
    Flash: flashModule,
    ...(spec.modules.includes("crypto") && { crypto: cryptoModule }),
    ...(spec.modules.includes("fs") && { fs: fileModule }),
  };
  return {
    getTime: () => time.now_ms() / 1000,
    setTime: (seconds) => time.set(seconds * 1000),
    getSerial: () => spec.chip ?? NO_NUMBER,
    setDeepSleep: (allowed) => meter?.deepSleep(Boolean(allowed)),
    peek32: (address) => resetRegister.peek(Number(address)) ?? 0,
    poke32(address, value) {
      if (!resetRegister.poke(Number(address), Number(value))) control.reboot("hard fault");
    },
    eval: (source) => (source === undefined ? undefined : realm.run(...placed(storage, String(source)))),
    load: (file) => control.load(file),
    reset: (clearFlash) => control.reset(Boolean(clearFlash)),
    save() {
      if (readFile(storage, ".bootcde"))
        throw new Error("Cannot save: .bootcde file already exists. Please remove it first.");
      throw new Error("save() is not simulated");
    },
    echo(on) {
      console.echo = Boolean(on);
    },
    trace() {},
    require(name) {
      if (modules.has(name)) return modules.get(name);
      const file = readFile(storage, String(name));
      if (!builtIn[name] && !file) throw new Error(`Module "${name}" not found`);
      const module = builtIn[name]?.(machine) ?? loadModule(machine, String(file?.toString("latin1")), name);
      modules.set(name, module);
      return module;
    },
  };
}

/** Espruino for Linux reads the host's files; here there is but the kernel's noise. */
function fileModule({ realm }: Machine): object {
  const fs = realm.object();
  realm.define(fs, {
    readFileSync: (path) => (path === "/proc/sys/kernel/random/uuid" ? `${randomUUID()}\n` : undefined),
  });
  return fs;
}

/** How long `process.memory(false)` keeps to its last count. */
const STALE_MEMORY_MS = 60_000;
/** What Espruino says of a chip without a number, as on Linux. */
const NO_NUMBER = "00000000-addeadde-addeadde";

function loadModule({ realm }: Machine, source: string, name: string): unknown {
  const module = realm.object({ exports: realm.object() });
  const wrapped = realm.run(`(function(exports,module){${source}\n})`, name) as HostFunction;
  wrapped(module.exports, module);
  return module.exports;
}

function espruino(machine: Machine, watchdog: Watchdog): object {
  const { realm, console, control, errorFlags, randomNumbers, spec } = machine;
  const E = realm.object();
  realm.define(E, {
    getErrorFlags() {
      const flags = realm.array(inOrder(errorFlags));
      errorFlags.clear();
      return flags;
    },
    setConsole(device) {
      const name = device === null || device === undefined ? null : deviceName(machine, device);
      if (name !== null && spec.serials.includes(name)) device.setConsole();
      else console.move(name);
    },
    getConsole: () => console.device,
    reboot: () => control.reboot("E.reboot()"),
    enableWatchdog: (seconds, automatic = true) => {
      if (seconds > spec.watchdog_s)
        throw new Error(`Watchdog timeout must be under ${spec.watchdog_s} seconds`);
      watchdog.enable(Number(seconds), Boolean(automatic));
    },
    kickWatchdog: () => watchdog.kick(),
    CRC32(data) {
      const bytes = elements(data);
      return bytes === undefined ? undefined : crc32(bytes);
    },
    // A copy: what the interpreter's own string shows changes with the flash.
    memoryArea: (address, length) =>
      toBytes(machine.storage.flash.read(Math.trunc(Number(address)), Math.trunc(Number(length)))),
    toString: (...parts) => flatten(parts),
    toUint8Array: (...parts) => realm.uint8Array(fromBytes(flatten(parts))),
    toArrayBuffer: (text) =>
      typeof text === "string" ? realm.uint8Array(fromBytes(text)).buffer : undefined,
    getSizeOf: (value) => sizeOf(value, spec.variableBytes),
    setBootCode(code, always) {
      const storage = realm.global.require as HostFunction;
      const files = storage("Storage") as {
        write(name: string, data: string): void;
        erase(name: string): void;
      };
      files.erase(".bootcde");
      files.erase(".bootrst");
      if (code) files.write(always ? ".bootrst" : ".bootcde", code);
    },
    hwRand: () => (spec.seedsRandom ? Math.floor(Math.random() * 2 ** 32) | 0 : randomNumbers.next()),
    srand: (seed) => randomNumbers.seed(Number(seed)),
    setTimeZone() {},
    setFlags() {},
    getFlags: () => realm.object(),
    getTemperature: () => (spec.measures ? machine.sensors.temperature_c : Number.NaN),
    getBattery: () => 100,
    getAnalogVRef: () => (spec.measures ? spec.reference_v : Number.NaN),
    defrag() {},
    asUTF8() {
      throw new Error("Unicode not supported on this build");
    },
    decodeUTF8: (text) => String(text),
  });
  return E;
}

function deviceName({ realm, spec }: Machine, device: unknown): string {
  if (typeof device === "string") return device;
  const name = [...spec.serials, ...spec.consoles].find((candidate) => realm.global[candidate] === device);
  if (!name) throw new Error("setConsole can't be used on 'soft' devices");
  return name;
}

/** Rough: the object itself and what it holds, by the byte and the member. */
function sizeOf(value: unknown, variableBytes: number): number {
  if (typeof value === "string") return value.length <= 8 ? 1 : 1 + Math.ceil((value.length - 8) / 9);
  if (ArrayBuffer.isView(value)) return 2 + Math.ceil(value.byteLength / variableBytes);
  if (typeof value !== "object" || value === null) return 1;
  return (
    1 +
    Object.values(value).reduce(
      (sum, held) => sum + (typeof held === "object" ? sizeOf(held, variableBytes) + 1 : 1),
      0,
    )
  );
}

function processObject(machine: Machine): object {
  const { realm, spec, console, queue, clock } = machine;
  let counted: { at_ms: number; usage: number; total: number } | undefined;
  const process = realm.object({ version: spec.version });
  realm.define(process, {
    memory(collect = true) {
      // Without collection garbage counts too, so an older figure will do; counting takes the host a millisecond.
      if (collect || !counted || clock.now() - counted.at_ms > STALE_MEMORY_MS)
        counted = { at_ms: clock.now(), ...machine.memory() };
      const { usage, total } = counted;
      return realm.object({
        free: total - usage,
        usage,
        total,
        history: 0,
        blocksize: spec.variableBytes,
        rx: realm.object({ used: queue.used, total: 1024 }),
      });
    },
  });
  Object.defineProperty(process, "env", {
    get: () =>
      realm.object({
        VERSION: spec.version,
        GIT_COMMIT: "simulated",
        EMULATED: true,
        BOARD: spec.name,
        RAM: spec.variables * spec.variableBytes,
        FLASH: spec.freeBytes + spec.storageBytes,
        STORAGE: spec.storageBytes,
        SERIAL: spec.chip ?? NO_NUMBER,
        CONSOLE: console.device,
        MODULES: spec.modules.join(","),
        EXPTR: 0,
      }),
  });
  return process;
}
