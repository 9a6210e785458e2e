import type { Scopes } from "./closures.ts";
import { hostFunctions } from "./json.ts";
import type { Realm } from "./realm.ts";
import type { BoardSpec } from "./specs.ts";

/** Variables in use right after boot, before any code. */
const BASELINE = 60;
const FUNCTION = 4;
/** A scope that functions close over, beside its variables. */
const SCOPE = 1;
const DATE = 5;
const REGEXP = 9;
const ERROR = 44;
const TIMER = 5;
/** Characters that fit into a variable with the rest, and into each that follows. */
const SHORT_STRING = 8;
const STRING_BLOCK = 9;
const SHORT_NAME = 4;
const NAME_BLOCK = 11;

interface Roots {
  /** The realm's globals, without what the interpreter itself put there. */
  globals: Record<string, unknown>;
  /** The interpreter's own objects, which cost nothing. */
  builtIns: object[];
  /** Those of them that the program puts listeners on. */
  emitters: object[];
  timers: readonly { callback: unknown; args: unknown[]; interval_ms: number | undefined }[];
  events: readonly unknown[];
}

const tag = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

const stringCost = (text: string): number =>
  text.length <= SHORT_STRING ? 0 : Math.ceil((text.length - SHORT_STRING) / STRING_BLOCK);

/**
 * How many variables the interpreter would use for what the program can reach: an estimate by the costs measured on
 * the real one, good to a tenth or so; code runs from flash and costs nothing but its functions.
 */
export function estimateMemory(
  roots: Roots,
  scopes: Scopes,
  { global, holdings }: Realm,
  spec: BoardSpec,
): number {
  const functionPrototype = (global.Function as { prototype: object }).prototype;
  const seen = new Set<object>(roots.builtIns);
  const smallInteger = spec.variables <= 4096 ? 2047 : 8191;
  let used = BASELINE;
  const waiting: object[] = [];

  /** A value in a place that has room for a small integer or a reference. */
  function value(held: unknown): void {
    if (held === undefined || held === true || held === false) return;
    if (typeof held === "number") used += Number.isInteger(held) && Math.abs(held) <= smallInteger ? 0 : 1;
    else if (typeof held === "string") used += 1 + stringCost(held);
    else if (held === null) used += 1;
    else if (!seen.has(held as object)) {
      seen.add(held as object);
      waiting.push(held as object);
    }
  }

  /** A named place: a property or a variable. Booleans cost there what they do not in an array. */
  function named(name: string, held: unknown): void {
    used += 1 + (name.length > SHORT_NAME ? Math.ceil((name.length - SHORT_NAME) / NAME_BLOCK) : 0);
    if (typeof held === "boolean") used++;
    value(held);
  }

  function members(object: object): void {
    for (const name of Object.getOwnPropertyNames(object)) {
      const property = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
      if (property.get ?? property.set) value(property.get ?? property.set);
      else named(name, property.value);
    }
  }

  function fn(object: (...args: unknown[]) => unknown): void {
    used += FUNCTION + object.length;
    for (const name of Object.getOwnPropertyNames(object)) {
      if (["length", "name", "arguments", "caller"].includes(name)) continue;
      const held = (object as unknown as Record<string, unknown>)[name];
      // Each function has a prototype object, in the interpreter only when it was used.
      if (name === "prototype" && (typeof held !== "object" || held === null || hasOnlyConstructor(held)))
        continue;
      named(name, held);
    }
    for (const scope of scopes.of(object)) {
      used += SCOPE;
      for (const [name, held] of Object.entries(scope)) named(name, held);
    }
  }

  function object(held: object): void {
    const holding = holdings.get(held)?.();
    if (holding) {
      used += holding.cost;
      for (const one of holding.values) value(one);
      return;
    }
    if (typeof held === "function") {
      // Never into the simulator's own functions: behind them is all of Node.
      const isProgram = Object.getPrototypeOf(held) === functionPrototype && !hostFunctions.has(held);
      if (isProgram && !isNative(held)) fn(held as never);
      return;
    }
    if (ArrayBuffer.isView(held)) {
      used += Math.ceil(held.byteLength / spec.variableBytes) + 2;
      return;
    }
    const kind = tag(held);
    used += kind === "Date" ? DATE : kind === "RegExp" ? REGEXP : kind === "Error" ? ERROR : 1;
    if (Array.isArray(held)) {
      used += held.length;
      for (const item of held) value(item);
    } else if (kind !== "Error") {
      const prototype = Object.getPrototypeOf(held) as object | null;
      if (prototype && !seen.has(prototype)) value(prototype);
      if (prototype && Object.getPrototypeOf(prototype)) used += 2;
      members(held);
    }
  }

  scopes.round();
  for (const [name, held] of Object.entries(roots.globals)) named(name, held);
  for (const emitter of roots.emitters)
    for (const name of Object.getOwnPropertyNames(emitter))
      if (name.startsWith("#")) named(name, memberOf(emitter, name));
  for (const { callback, args, interval_ms } of roots.timers) {
    used += TIMER + (interval_ms === undefined ? 0 : 2) + (args.length ? 2 + args.length : 0);
    value(callback);
    for (const argument of args) value(argument);
  }
  for (const event of roots.events) {
    used += 4;
    const { callback, args } = event as { callback: unknown; args: unknown[] };
    value(callback);
    for (const argument of args) value(argument);
  }
  for (let next = waiting.pop(); next; next = waiting.pop()) object(next);
  return Math.round(used);
}

const memberOf = (object: object, name: string): unknown => (object as Record<string, unknown>)[name];

const hasOnlyConstructor = (prototype: object): boolean =>
  Object.getOwnPropertyNames(prototype).join() === "constructor";

const natives = new WeakMap<object, boolean>();

function isNative(fn: object): boolean {
  const known = natives.get(fn);
  if (known !== undefined) return known;
  const native = Function.prototype.toString.call(fn).endsWith("{ [native code] }");
  natives.set(fn, native);
  return native;
}

/** The interpreter's own objects: everything its globals lead to before the program runs. */
export function reachable(global: object): object[] {
  const found = new Set<object>();
  const visit = (value: unknown): void => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || found.has(value))
      return;
    found.add(value);
    for (const name of Object.getOwnPropertyNames(value))
      if (value !== global || name !== "globalThis")
        visit(Object.getOwnPropertyDescriptor(value, name)?.value);
    visit(Object.getPrototypeOf(value));
  };
  visit(global);
  return [...found];
}
