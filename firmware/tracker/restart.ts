/** The end of a run that the firmware itself wants: why is written down first, to be sent when all is well again. */
import { json } from "../mqtt/text.ts";
import { now_ms } from "./clock.ts";
import { saveState, state } from "./journal.ts";
import { Word } from "./kept.ts";
import { append } from "./outbox.ts";

/** Espruino's. */
declare const E: { reboot(): void };

/** `Word.Ended`. */
export const enum Ended {
  /** The run left no note: the power went, the watchdog bit, or somebody pressed a button. */
  Untold,
  Crash,
  /** The firmware wanted a restart, and nothing was wrong with it. */
  Wanted,
}

const enum Limit {
  /** Of an error: its text and where. */
  Text = 300,
}

/** Restarts the board, after a report: as a crash, or not; and why. */
export function restart(how: Ended.Crash | Ended.Wanted, why: string): void {
  const text = why.substr(0, Limit.Text);
  try {
    append(now_ms(), 0, json(how === Ended.Crash ? { crash: text } : { reboot: text }));
    state[Word.Ended] = how;
    saveState();
  } catch (_) {
    // There is no journal yet.
  }
  E.reboot();
}
