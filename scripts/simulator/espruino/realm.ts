import { createContext, runInContext, Script } from "node:vm";
import { decodeSource } from "./bytes.ts";
import { PowerCut } from "./flash.ts";
import { GUARD, withGuards } from "./guards.ts";
import { hostFunctions } from "./json.ts";
import { stackOf } from "./stack.ts";
import { detokenise } from "./tokens.ts";

type ErrorKind = "Error" | "TypeError" | "SyntaxError" | "ReferenceError";
// biome-ignore lint/suspicious/noExplicitAny: the interpreter's functions take whatever the firmware gives them
export type HostFunction = (this: any, ...args: any[]) => unknown;

export interface Holding {
  /** Variables of the object itself. */
  cost: number;
  values: unknown[];
}

/** Of the simulator's frames and the program's together, which are then picked out. */
const FRAMES = 60;

/** The globals of one run of the interpreter: a context of its own, from boot to reset. */
export interface Realm {
  readonly global: Record<string, unknown>;
  /** False after a reset or a power cut: what is left of the old program can do nothing any more. */
  alive: boolean;
  /** Runs before each function of the simulator, and may throw in its place. */
  beforeCall: (() => void) | undefined;
  array<T>(items?: T[]): T[];
  object<T extends object>(members?: T): T;
  uint8Array(bytes: ArrayLike<number>): Uint8Array;
  error(message: string, kind?: ErrorKind): Error;
  /** Gives an object of the realm a function of the simulator: hidden from enumeration, its errors the realm's. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  define(target: object, functions: Record<string, HostFunction> & ThisType<any>): void;
  /** Runs source text as the interpreter reads it. */
  run(source: string, name: string): unknown;
  /** What objects made by the simulator hold out of sight, for the estimate of memory. */
  readonly holdings: WeakMap<object, () => Holding>;
  /** The realm's own built-in, by name. */
  intrinsic<T>(name: string): T;
  /** The simulator's errors as the firmware's own; what is one of them, or stops the board, stays as it is. */
  own(error: unknown): unknown;
}

/** Thrown by whatever a stopped program still calls. */
export class Stopped extends Error {
  override name = "Stopped";
}

/** An error for the firmware to catch, of a kind other than Error. */
export class KindError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * `powerCut`: the power went inside a function of the simulator. `turn`: runs in each turn of the program's loops and at
 * the start of its functions, and may throw `Stopped`; absent: nothing does, and what does not return hangs.
 */
export function createRealm(powerCut: () => void, turn?: () => void): Realm {
  const context = createContext(Object.create(null));
  const global = runInContext("globalThis", context) as Record<string, unknown>;
  const intrinsics = runInContext(
    "({ Object, Array, Error, TypeError, SyntaxError, ReferenceError, Uint8Array, Date, String, Number, Function, Math })",
    context,
  ) as Record<string, unknown>;
  const sources = new Map<string, string>();
  const errors = intrinsics.Error as ErrorConstructor;
  errors.stackTraceLimit = FRAMES;
  Object.defineProperty(errors, "prepareStackTrace", {
    value: (_error: unknown, sites: NodeJS.CallSite[]) => stackOf(sites, (file) => sources.get(file)),
  });
  type Constructor = new (...args: unknown[]) => never;
  const make = (name: string, ...args: unknown[]) => new (intrinsics[name] as Constructor)(...args);

  const realm: Realm = {
    global,
    alive: true,
    beforeCall: undefined,
    holdings: new WeakMap(),
    array: <T>(items: T[] = []) => {
      const array: T[] = make("Array");
      for (const item of items) array.push(item);
      return array;
    },
    object: (members) => Object.assign(make("Object"), members),
    uint8Array: (bytes) => make("Uint8Array", bytes),
    error: (message, kind = "Error") => make(kind, message),
    intrinsic: <T>(name: string) => intrinsics[name] as T,
    own: (error) => {
      if (!(error instanceof Error) || error instanceof PowerCut || error instanceof Stopped) return error;
      const kind = error instanceof SyntaxError ? "SyntaxError" : "Error";
      return realm.error(error.message, error instanceof KindError ? error.kind : kind);
    },
    define(target, functions) {
      for (const [name, fn] of Object.entries(functions)) {
        // A real function, not an arrow: some are called with `this`, some with `new`.
        const wrapped = function (this: unknown, ...args: unknown[]): unknown {
          if (!realm.alive) throw new Stopped(`${name}() called after the board stopped`);
          realm.beforeCall?.();
          try {
            return fn.apply(this, args);
          } catch (error) {
            // At once: the program may catch it.
            if (error instanceof PowerCut) powerCut();
            throw realm.own(error);
          }
        };
        hostFunctions.add(wrapped);
        Object.defineProperty(wrapped, "name", { value: name });
        Object.defineProperty(target, name, {
          value: wrapped,
          writable: true,
          configurable: true,
          enumerable: false,
        });
      }
    },
    run(source, name) {
      const text = decodeSource(detokenise(source));
      const code = turn ? withGuards(text.source) : text.source;
      sources.set(name, code);
      const result = new Script(code, { filename: name }).runInContext(context, {
        displayErrors: false,
      });
      if (text.erased) throw realm.error("Got [ERASED] expected EOF", "SyntaxError");
      return result;
    },
  };
  if (turn) Object.defineProperty(global, GUARD, { value: turn });
  return realm;
}
