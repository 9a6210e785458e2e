import type { Machine } from "./machine.ts";
import { type HostFunction, Stopped } from "./realm.ts";

const PENDING = 0;
const REJECTED = 1;
const FULFILLED = 2;

/** What they cost in the interpreter: a pending promise, and a `then` beside the promise it gives. */
const PROMISE_VARIABLES = 11;
const REACTION_VARIABLES = 8;

interface Reaction {
  callback: HostFunction | undefined;
  next: EspruinoPromise;
}
interface State {
  state: number;
  value: unknown;
  settled: boolean;
  onFulfilled: Reaction[];
  onRejected: Reaction[];
}
type EspruinoPromise = object;

/**
 * The interpreter's Promise: its reactions run from the event loop's queue, after timers and serial data, and never
 * between two statements of a callback; a rejection that nobody waits for is an uncaught exception.
 */
export function installPromise({ realm, loop }: Machine): void {
  const states = new WeakMap<object, State>();
  const stateOf = (promise: object): State => states.get(promise) as State;
  const prototype = realm.object();

  const create = (): EspruinoPromise => {
    const promise = Object.create(prototype) as EspruinoPromise;
    states.set(promise, {
      state: PENDING,
      value: undefined,
      settled: false,
      onFulfilled: [],
      onRejected: [],
    });
    realm.holdings.set(promise, () => {
      const { value, onFulfilled, onRejected } = stateOf(promise);
      const reactions = [...onFulfilled, ...onRejected];
      const values = [value, ...reactions.flatMap(({ callback, next }) => [callback, next])];
      return { cost: PROMISE_VARIABLES + REACTION_VARIABLES * onFulfilled.length, values };
    });
    return promise;
  };
  const seal = (promise: EspruinoPromise, value: unknown, state: number): void => {
    const own = stateOf(promise);
    own.state = state;
    own.value = value;
    const reactions = state === FULFILLED ? own.onFulfilled : own.onRejected;
    if (state === REJECTED && !reactions.length)
      throw new Error(`Unhandled promise rejection: ${String(value)}`);
    for (const reaction of reactions) react(reaction, value, state);
  };
  const settle = (promise: EspruinoPromise, value: unknown, state: number): void => {
    const own = stateOf(promise);
    if (own.settled) return;
    own.settled = true;
    if (value === promise) throw new Error("Illegal resolving to self");
    const follow =
      state === FULFILLED &&
      typeof value === "object" &&
      value !== null &&
      (value as { then?: unknown }).then;
    if (typeof follow !== "function") {
      seal(promise, value, state);
      return;
    }
    own.settled = false;
    let once = false;
    const settleOnce = (outcome: number) => (result: unknown) => {
      if (!once) settle(promise, result, outcome);
      once = true;
    };
    try {
      (follow as HostFunction).call(value, settleOnce(FULFILLED), settleOnce(REJECTED));
    } catch (error) {
      if (error instanceof Stopped) throw error;
      settleOnce(REJECTED)(error);
    }
  };
  const react = ({ callback, next }: Reaction, value: unknown, state: number): void =>
    loop.queue(next, () => {
      if (!callback) return settle(next, value, state);
      let result: unknown;
      try {
        result = callback(value);
      } catch (error) {
        if (error instanceof Stopped) throw error;
        return settle(next, error, REJECTED);
      }
      settle(next, result, FULFILLED);
    });
  const later = (promise: EspruinoPromise, state: number) => {
    const settleLater = (value?: unknown) => loop.queue(promise, () => settle(promise, value, state));
    realm.holdings.set(settleLater, () => ({ cost: 0, values: [promise] }));
    return settleLater;
  };
  const then = (promise: object, resolved?: HostFunction, rejected?: HostFunction): EspruinoPromise => {
    const next = create();
    const own = stateOf(promise);
    const onResolve = { callback: resolved, next };
    const onReject = { callback: rejected, next };
    if (own.state === PENDING) {
      own.onFulfilled.push(onResolve);
      own.onRejected.push(onReject);
    } else react(own.state === FULFILLED ? onResolve : onReject, own.value, own.state);
    return next;
  };

  realm.define(prototype, {
    // biome-ignore lint/suspicious/noThenProperty: it is a promise
    then(resolved, rejected) {
      return then(this, resolved, rejected);
    },
    catch(rejected) {
      return then(this, undefined, rejected);
    },
  });
  realm.define(realm.global, {
    Promise(executor) {
      if (!executor) throw new Error("Function required in promise constructor");
      const promise = create();
      try {
        executor(later(promise, FULFILLED), later(promise, REJECTED));
      } catch (error) {
        if (error instanceof Stopped) throw error;
        later(promise, REJECTED)(error);
      }
      return promise;
    },
  });
  const maker = realm.global.Promise as { prototype: object };
  maker.prototype = prototype;
  realm.define(maker, {
    resolve(value) {
      if (states.has(value)) return value;
      const promise = create();
      later(promise, FULFILLED)(value);
      return promise;
    },
    reject(reason) {
      const promise = create();
      later(promise, REJECTED)(reason);
      return promise;
    },
    all(promises: unknown[]) {
      const all = create();
      const results = realm.array<unknown>();
      let missing = promises.length;
      if (!missing) later(all, FULFILLED)(results);
      promises.forEach((promise, i) => {
        const done = (value: unknown): void => {
          results[i] = value;
          if (--missing === 0) later(all, FULFILLED)(results);
        };
        if (states.has(promise as object)) then(promise as object, done, later(all, REJECTED));
        else done(promise);
      });
      return all;
    },
  });
  Object.defineProperty(prototype, "constructor", { value: maker, enumerable: false });
}
