import type { Machine } from "./machine.ts";
import { KindError } from "./realm.ts";

/** Listeners are kept in the object itself, hidden, under this and the event's name. */
const PREFIX = "#on";
/** Bytes that came before there was a listener for "data". */
export const BUFFER = "#buf";
const MAX_ARGUMENTS = 4;

type Listener = unknown;

export function listeners(target: object, event: string): Listener[] | undefined {
  return (target as Record<string, Listener[] | undefined>)[PREFIX + event];
}

/** Removes all listeners of an event. */
export function forget(target: object, event: string): void {
  Reflect.deleteProperty(target, PREFIX + event);
}

/** Gives all objects of the realm `on`, `emit` and the rest. `emit` only queues: listeners run from the event loop. */
export function installEmitter({ realm, loop }: Machine): void {
  const check = (target: unknown, event: unknown): void => {
    if ((typeof target !== "object" && typeof target !== "function") || target === null)
      throw new KindError("TypeError", "Parent must be an object - not a String, Integer, etc");
    if (typeof event !== "string") throw new KindError("TypeError", "First argument must be String");
  };
  const hide = (target: object, name: string, value: unknown): void => {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  };
  const add = (target: Record<string, unknown>, event: string, listener: unknown, first: boolean): void => {
    check(target, event);
    if (typeof listener !== "function" && typeof listener !== "string")
      throw new KindError("TypeError", "Second argument must be a function or a String");
    const present = listeners(target, event) ?? [];
    // A new array: a listener added by a listener waits for the next event.
    hide(target, PREFIX + event, realm.array(first ? [listener, ...present] : [...present, listener]));
    const waiting = target[BUFFER];
    if (event === "data" && typeof waiting === "string") {
      delete target[BUFFER];
      loop.queue(target, listeners(target, event), [waiting]);
    }
  };
  realm.define(realm.intrinsic<{ prototype: object }>("Object").prototype, {
    on(event, listener) {
      add(this, event, listener, false);
    },
    addListener(event, listener) {
      add(this, event, listener, false);
    },
    prependListener(event, listener) {
      add(this, event, listener, true);
    },
    emit(event, ...args) {
      check(this, event);
      if (args.length > MAX_ARGUMENTS)
        throw new KindError("TypeError", `Too many arguments (>${MAX_ARGUMENTS})`);
      const present = listeners(this, event);
      if (present) loop.queue(this, present, args);
    },
    removeListener(event, listener) {
      check(this, event);
      const present = listeners(this, event);
      const index = present?.indexOf(listener) ?? -1;
      if (index >= 0) present?.splice(index, 1);
    },
    removeAllListeners(event) {
      check(this, event ?? "");
      for (const name of Object.getOwnPropertyNames(this))
        if (event === undefined ? name.startsWith(PREFIX) : name === PREFIX + event) delete this[name];
    },
  });
}
