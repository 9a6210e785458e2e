/**
 * Whether the tracker goes on: the watchdog, which is kicked only as long as it does, and safe mode, the way out of a boot
 * loop.
 *
 *   Normal ──five crashes, and no run between them lasted two minutes──► Safe ──one more──► Bare
 *      ▲                                                                   │                  │
 *      └──────────────── five minutes online, or an hour ──────────────────┴──────────────────┘
 *
 * A crash is a run that left a note (restart.ts), or that the watchdog ended; a power cut is none. In both modes the
 * tracker connects and answers RPC, so that it can be helped, and sends nothing. Safe keeps fixes. Bare takes none, as that
 * may be what crashes. A crash after either leads back into Safe at once, until a run lasted two minutes.
 */
import { trialPulse } from "#ota";
import { queue } from "../modem/at.ts";
import { saveState, state } from "./journal.ts";
import { Word } from "./kept.ts";
import { state as online, State, steady } from "./recovery.ts";
import { Ended, restart } from "./restart.ts";

/** Espruino's. */
declare const E: {
  enableWatchdog(seconds: number, automatic: boolean): void;
  kickWatchdog(): void;
};

const enum Limit {
  /** From kick to kick. */
  Pulse_ms = 10000,
  /** Kicks after which a start has lasted: five crashes before that take less than ten minutes. */
  Lasted = 12,
  /** Crashes in a row that lead to safe mode. */
  Crashes = 5,
  /** Kicks in safe mode: while online, and in all. Without a server to ask, an hour later is as good as any time. */
  SafeOnline = 30,
  SafeLongest = 360,
  /** One AT command takes at most three minutes, and half a minute to find the modem again. */
  Stuck = 30,
  /** Bringing the modem up may take half an hour, and more when it answers late. */
  First = 360,
}

/** What the Wio LTE's can do is 26 s. */
export const enum Watchdog {
  Seconds = 25,
}

export const enum Mode {
  Normal,
  /** Fixes are kept, and not sent. */
  Safe,
  /** No fixes are taken. */
  Bare,
}

/** Kicks until a round is overdue: whoever begins one sets it. In an array, as it is set from elsewhere. */
export const due = [0];
export let mode = Mode.Normal;
/** How the last run ended: "power" (or a reset button), "watchdog", "crash", "wanted". */
export let end_before: string;
/** From kick to kick, in 10 s: while the modem sleeps a board that wakes seldom saves. In an array, as it is set from elsewhere. */
export const apart = [1];
/** What was waited for the next kick, in 10 s. */
let waited = 1;
/** Told when safe mode ends; and called at each kick. */
let ended: () => void;
let each: () => void;
let kicks = 0;
/** Of those in safe mode, how many while online. */
let online_kicks = 0;
/** The command in flight at the last kick, and for how many kicks it has been. */
let seen: unknown;
let stuck = 0;

/** Each 10 s. */
function pulse(): void {
  const passed = waited;
  waited = apart[0] as number;
  setTimeout(pulse, waited * Limit.Pulse_ms);
  const first = queue[0];
  stuck = first && first === seen ? stuck + passed : 0;
  seen = first;
  kicks += passed;
  steady(mode === Mode.Normal);
  trialPulse();
  each();
  if (mode) {
    if (online === State.Online) online_kicks += passed;
    if (online_kicks >= Limit.SafeOnline || kicks >= Limit.SafeLongest) endSafeMode();
  } else if (kicks >= Limit.Lasted && state[Word.ShortStarts]) {
    state[Word.ShortStarts] = 0;
    saveState();
  }
  if (stuck > Limit.Stuck) restart(Ended.Crash, "AT stuck");
  if (mode !== Mode.Bare && ((due[0] as number) -= passed) < -1) restart(Ended.Crash, "no rounds");
  E.kickWatchdog();
}

function endSafeMode(): void {
  mode = Mode.Normal;
  kicks = 0;
  // One more crash leads back.
  state[Word.ShortStarts] = Limit.Crashes - 1;
  saveState();
  due[0] = Limit.First;
  ended();
}

/**
 * Counts this start and puts the watchdog on. `bitten`: the watchdog ended the run before. `its_end`: called when safe
 * mode, if this is it (`mode`), ends; `its_each`: each 10 or 20 s.
 */
export function startHealth(bitten: boolean, its_end: () => void, its_each: () => void): void {
  ended = its_end;
  each = its_each;
  const how = state[Word.Ended];
  if (how === Ended.Crash || (bitten && how === Ended.Untold)) (state[Word.ShortStarts] as number)++;
  end_before =
    how === Ended.Crash ? "crash" : how === Ended.Wanted ? "wanted" : bitten ? "watchdog" : "power";
  const crashes = state[Word.ShortStarts] as number;
  mode = crashes > Limit.Crashes ? Mode.Bare : crashes === Limit.Crashes ? Mode.Safe : Mode.Normal;
  (state[Word.Starts] as number)++;
  state[Word.Ended] = Ended.Untold;
  saveState();
  due[0] = Limit.First;
  E.enableWatchdog(Watchdog.Seconds, false);
  pulse();
}
