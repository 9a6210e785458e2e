import type { Clock } from "../clock.ts";
import type { EventQueue } from "./event-queue.ts";
import { type Realm, Stopped } from "./realm.ts";
import type { Timers } from "./timers.ts";

/** What a callback was run for: the processing cost may depend on it. */
export type Work = { kind: "data"; bytes: number } | { kind: "timer" } | { kind: "event" };

/** Which callback runs out of memory, and where in it. */
export interface Starvation {
  /** Default: the next of any kind. */
  kind?: Work["kind"];
  /** How many calls of the interpreter's functions it gets through; absent: it does not even begin. */
  calls?: number;
}

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
  passDone(exception: { error: unknown } | undefined, interrupted: boolean): void;
  /** A callback ran out of memory. */
  ranOut(): void;
  /** Ctrl-C ended what ran; `inPass`: a callback, whose pass then ends as one that ran out of memory. */
  interrupted(inPass: boolean): void;
  /** An interval or a listener was removed because memory ran out in the same pass. */
  removed(message: string): void;
}

/** The interpreter's idle loop: a pass takes waiting bytes, then due timers, then queued events, each to its end. */
export interface Loop {
  /** Something to do has come; `pass`: even if nothing waits here, a pass must end. */
  wake(pass?: boolean): void;
  /** Calls listeners from this or the next pass, as `emit` does. */
  queue(target: unknown, callback: unknown, args?: unknown[]): void;
  /** Calls listeners now; an exception waits for the end of the pass, and the other listeners still run. */
  call(target: unknown, callback: unknown, args: unknown[]): void;
  /** The next callback of the program that fits runs out of memory: not catchable, the others still run. */
  starve(starvation: Starvation): void;
  /** Ctrl-C: the piece of program that runs ends here, whatever it catches. */
  interrupt(): never;
  /** It was told so, and has not ended yet. */
  readonly ending: boolean;
  /** How long the piece of program that runs has been running, ms. */
  ran_ms(): number;
  /** Memory ran out in this pass, or Ctrl-C ended a callback. */
  readonly interrupted: boolean;
  /** Runs a piece of program outside of the passes: boot code, the REPL. Gives the exception, if any. */
  guard(action: () => void): { error: unknown } | undefined;
  /** Is a callback being run, or its cost waited for? */
  readonly busy: boolean;
  pending(): readonly unknown[];
  stop(): void;
}

export function createLoop(parts: LoopParts): Loop {
  const { clock, realm, queue, timers, busy_ms, deliver, passDone } = parts;
  let events: { target: unknown; callback: unknown; args: unknown[] }[] = [];
  let pass: Generator<Work> | undefined;
  let timer: unknown;
  let running = false;
  let demanded = false;
  let exception: { error: unknown } | undefined;
  let kind: Work["kind"] = "event";
  let starvation: Starvation | undefined;
  let interrupted = false;
  let begun_ms = 0;
  let ending = false;

  const isProgram = (callback: unknown): boolean =>
    typeof callback === "string" || callback instanceof realm.intrinsic<() => void>("Function");

  function call(target: unknown, callback: unknown, args: unknown[]): void {
    if (Array.isArray(callback)) {
      for (const listener of [...callback]) call(target, listener, args);
      return;
    }
    const run = (): void => {
      if (typeof callback === "string") realm.run(callback, "event");
      else (callback as (...args: unknown[]) => void).apply(target ?? realm.global, args);
    };
    const starving = starvation && isProgram(callback) && (starvation.kind ?? kind) === kind;
    const thrown = starving ? runStarving(run, starvation?.calls) : guard(run, true);
    if (thrown) exception = thrown;
  }

  /** What ran out gets no function of the interpreter any more, even if it catches what tells it so. */
  function runStarving(run: () => void, calls: number | undefined): { error: unknown } | undefined {
    let left = calls ?? 0;
    realm.beforeCall = () => {
      if (left-- <= 0) throw new Stopped("out of memory");
    };
    const thrown = calls === undefined ? undefined : guard(run);
    realm.beforeCall = undefined;
    if (calls !== undefined && left >= 0) return thrown;
    starvation = undefined;
    interrupted = true;
    parts.ranOut();
    return undefined;
  }

  function guard(action: () => void, inPass = false): { error: unknown } | undefined {
    if (!realm.alive) return undefined;
    begun_ms = clock.now();
    let thrown: { error: unknown } | undefined;
    try {
      action();
    } catch (error) {
      if (!(error instanceof Stopped)) thrown = { error: realm.own(error) };
    }
    // A program that caught the stop and threw something else is as dead.
    if (!realm.alive) return undefined;
    if (!ending) return thrown;
    ending = false;
    interrupted ||= inPass;
    parts.interrupted(inPass);
    return undefined;
  }

  function* passes(): Generator<Work> {
    let begun = false;
    for (let budget = queue.used; budget > 0; budget--) {
      const event = queue.pop();
      if (!event) break;
      budget -= event.bytes.length + 2;
      kind = "data";
      deliver(event.device, event.bytes);
      yield { kind: "data", bytes: event.bytes.length };
    }
    kind = "timer";
    const callTimer = (callback: unknown, args: unknown[]): boolean => {
      call(undefined, callback, args);
      return !interrupted;
    };
    for (const one of timers.runDue(callTimer, parts.removed)) yield { kind: one };
    kind = "event";
    // After an interruption they wait for the next pass.
    while (events.length && (begun || !interrupted)) {
      begun = true;
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
        const wasInterrupted = interrupted;
        exception = undefined;
        interrupted = false;
        passDone(thrown, wasInterrupted);
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
    starve(how) {
      starvation = how;
    },
    interrupt() {
      ending = true;
      throw new Stopped("Ctrl-C");
    },
    get ending() {
      return ending;
    },
    ran_ms: () => clock.now() - begun_ms,
    get interrupted() {
      return interrupted;
    },
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
