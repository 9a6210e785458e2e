/** Ctrl-C while a board is flashed: it ends the command, which then says in what state the board is, and what to do. */

/** Where it comes from: the process. */
export interface Signals {
  on(signal: "SIGINT", listener: () => void): unknown;
  off(signal: "SIGINT", listener: () => void): unknown;
}

export interface Interruption {
  /** What is true of the board from here on, and what to do about it. */
  at(state: string): void;
  readonly state: string;
  /** Aborted by Ctrl-C; a second one ends the process. */
  readonly signal: AbortSignal;
}

export const NOTHING_DONE = "nothing was changed on the board";
/** Of a board whose tracker was kept from starting. */
export const HELD = "nothing was changed on the board, but the tracker is held: switch it off and on";
export const STOPPED =
  "settings and firmware on the board are the old ones, and stopped: run the same again, or switch it off and on to let them go on";
export const COMPACTING =
  "the board is clearing its Storage up: leave its power on for a minute, then run the same again";
export const STARTING = "all is on the board, and it starts: npm run doctor tells how it is";
export const notWhole = (name: string): string =>
  `${name} is not whole on the board, so it may start without the tracker: run the same again`;

/** What a shell gives for it: 128 and the signal's number. */
export const INTERRUPTED = 130;

/** Signals closer than this are one press of Ctrl-C: npm passes on what the terminal sends to all. */
export const PRESS_MS = 1000;

/** Until `end`, from which on Ctrl-C means again what it means to everybody. */
export function awaitCtrlC(signals: Signals): Interruption & { end(): void } {
  const abort = new AbortController();
  const letGo = (): unknown => signals.off("SIGINT", listener);
  let timer: NodeJS.Timeout | undefined;
  const listener = (): void => {
    timer ??= setTimeout(letGo, PRESS_MS);
    abort.abort();
  };
  signals.on("SIGINT", listener);
  return Object.assign(interruptionBy(abort.signal), {
    end() {
      clearTimeout(timer);
      letGo();
    },
  });
}

/** Of one board, that ends with others. */
export function interruptionBy(signal: AbortSignal): Interruption {
  let state = NOTHING_DONE;
  return {
    at(now) {
      state = now;
    },
    get state() {
      return state;
    },
    signal,
  };
}
