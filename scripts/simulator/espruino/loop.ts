import type { Clock } from "../clock.ts";
import type { EventQueue } from "./event-queue.ts";
import { type Realm, Stopped } from "./realm.ts";
import type { Timers } from "./timers.ts";

/** What a callback was run for: the processing cost may depend on it. */
export type Work = { kind: "data"; bytes: number } | { kind: "timer" } | { kind: "event" };

interface LoopParts {
  clock: Clock;
  realm: Realm;
  queue: EventQueue;
  timers: Timers;
  /** How long the interpreter is busy with a callback, ms. */
  busy_ms: (work: Work) => number;
  /** A byte event's way into the program. */
  deliver(device: string, bytes: string): void;
  /** The end of a pass: errors are looked at, the console comes back, a reset is done. */
  passDone(exception: { error: unknown } | undefined): void;
}

/** The interpreter's idle loop: a pass takes waiting bytes, then due timers, then queued events, each to its end. */
export interface Loop {
  /** Something to do has come; `pass`: even if nothing waits here, a pass must end. */
  wake(pass?: boolean): void;
  /** Calls listeners from this or the next pass, as `emit` does. */
  queue(target: unknown, callback: unknown, args?: unknown[]): void;
  /** Calls listeners now; an exception waits for the end of the pass, and the other listeners still run. */
  call(target: unknown, callback: unknown, args: unknown[]): void;
  /** Runs a piece of program outside of the passes: boot code, the REPL. Gives the exception, if any. */
  guard(action: () => void): { error: unknown } | undefined;
  /** Is a callback being run, or its cost waited for? */
  readonly busy: boolean;
  pending(): readonly unknown[];
  stop(): void;
}

export function createLoop({ clock, realm, queue, timers, busy_ms, deliver, passDone }: LoopParts): Loop {
  let events: { target: unknown; callback: unknown; args: unknown[] }[] = [];
  let pass: Generator<Work> | undefined;
  let timer: unknown;
  let running = false;
  let demanded = false;
  let exception: { error: unknown } | undefined;

  function call(target: unknown, callback: unknown, args: unknown[]): void {
    if (Array.isArray(callback)) {
      for (const listener of [...callback]) call(target, listener, args);
      return;
    }
    const thrown = guard(() => {
      if (typeof callback === "string") realm.run(callback, "event");
      else (callback as (...args: unknown[]) => void).apply(target ?? realm.global, args);
    });
    if (thrown) exception = thrown;
  }

  function guard(action: () => void): { error: unknown } | undefined {
    if (!realm.alive) return undefined;
    try {
      action();
    } catch (error) {
      // A program that caught the stop and threw something else is as dead.
      if (!realm.alive || error instanceof Stopped) return undefined;
      return { error: realm.own(error) };
    }
    return undefined;
  }

  function* passes(): Generator<Work> {
    for (let budget = queue.used; budget > 0; budget--) {
      const event = queue.pop();
      if (!event) break;
      budget -= event.bytes.length + 2;
      deliver(event.device, event.bytes);
      yield { kind: "data", bytes: event.bytes.length };
    }
    for (const kind of timers.runDue((callback, args) => call(undefined, callback, args))) yield { kind };
    while (events.length) {
      const { target, callback, args } = events.shift() as (typeof events)[number];
      call(target, callback, args);
      yield { kind: "event" };
    }
  }

  const idle = (): boolean =>
    !demanded &&
    !queue.length &&
    !events.length &&
    (timers.next_ms() ?? Number.POSITIVE_INFINITY) > clock.now();

  function run(): void {
    timer = undefined;
    running = true;
    while (realm.alive) {
      pass ??= passes();
      const step = pass.next();
      if (step.done) {
        pass = undefined;
        demanded = false;
        const thrown = exception;
        exception = undefined;
        passDone(thrown);
        if (!realm.alive || idle()) break;
        continue;
      }
      const cost_ms = busy_ms(step.value);
      if (cost_ms > 0 && realm.alive) {
        timer = clock.setTimeout(run, cost_ms);
        return;
      }
    }
    running = false;
    sleep();
  }

  function sleep(): void {
    if (running || !realm.alive) return;
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
    const next_ms = idle() ? timers.next_ms() : clock.now();
    if (next_ms !== undefined) timer = clock.setTimeout(run, Math.max(0, Math.ceil(next_ms - clock.now())));
  }

  return {
    wake(demand = false) {
      demanded ||= demand;
      sleep();
    },
    queue(target, callback, args = []) {
      events.push({ target, callback, args });
      sleep();
    },
    call,
    guard,
    get busy() {
      return running;
    },
    pending: () => events,
    stop() {
      if (timer !== undefined) clock.clearTimeout(timer);
      timer = undefined;
      events = [];
    },
  };
}
