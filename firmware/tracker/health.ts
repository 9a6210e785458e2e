/**
 * Whether the tracker goes on: the watchdog, which is kicked only as long as it does, the report of a crash, and the way
 * out of a boot loop.
 */
import { queue } from "../modem/at.ts";
import { json } from "../mqtt/text.ts";
import { saveState, state, Word } from "./journal.ts";
import { append } from "./outbox.ts";
import { steady } from "./recovery.ts";

/** Espruino's. */
declare const E: {
  enableWatchdog(seconds: number, automatic: boolean): void;
  kickWatchdog(): void;
  reboot(): void;
};

const enum Limit {
  /** From kick to kick. */
  Pulse_ms = 10000,
  /** A start has lasted after so many kicks: five crashes before that take less than ten minutes. */
  Lasted = 12,
  Crashes = 5,
  /** One AT command takes at most three minutes, and half a minute to find the modem again. */
  Stuck = 30,
  /** Bringing the modem up may take half an hour, and more when it answers late. */
  First = 360,
  /** Of an error: its text and where. */
  Text = 300,
}

/** What the Wio LTE's can do is 26 s. */
export const enum Watchdog {
  Seconds = 25,
}

/** Kicks until a round is overdue: whoever begins one sets it. In an array, as it is set from elsewhere. */
export const due = [0];
let kicks = 0;
/** The command in flight at the last kick, and at how many kicks it was. */
let seen: unknown;
let stuck: number;

/** Writes down why, to be sent when all is well again, and restarts the board. */
export function restart(what: string, why: string): void {
  const values: Record<string, string> = {};
  values[what] = why.substr(0, Limit.Text);
  try {
    append(Date.now(), 0, json(values));
    saveState();
  } catch (_) {
    // There is no journal yet.
  }
  E.reboot();
}

/** Each 10 s. */
function pulse(): void {
  setTimeout(pulse, Limit.Pulse_ms);
  const first = queue[0];
  stuck = first && first === seen ? stuck + 1 : 0;
  seen = first;
  steady();
  if (++kicks === Limit.Lasted) {
    state[Word.ShortStarts] = 0;
    saveState();
  }
  if (stuck > Limit.Stuck) restart("crash", "AT stuck");
  if ((due[0] as number)-- < 0) restart("crash", "no rounds");
  E.kickWatchdog();
}

/** Counts this start and puts the watchdog on. True: safe mode, as the last starts did not last. */
export function startHealth(): boolean {
  const unsafe = (state[Word.ShortStarts] as number) >= Limit.Crashes;
  (state[Word.Starts] as number)++;
  if (!unsafe) (state[Word.ShortStarts] as number)++;
  saveState();
  due[0] = unsafe ? Infinity : Limit.First;
  E.enableWatchdog(Watchdog.Seconds, false);
  pulse();
  return unsafe;
}
