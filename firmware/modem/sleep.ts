/**
 * How the modem sleeps, and how deep: PSM where the network grants enough of it, else it is switched off. Clauses: BG96 PSM
 * Application Note (PSM), AT Commands Manual (AT).
 *
 *   what did AT+QPSMS? tell? ──enough──► waits for "POWER DOWN" ──it came──► UART closed, asleep
 *      │ too short, refused, unknown          │ it did not come           ▲
 *      └────────────────────────► AT+QPOWD ◄──┘ ───"POWERED DOWN"─────────┘
 *
 * In PSM the network keeps it registered, and the next connection takes seconds less of radio. Its key wakes it from either.
 */
import { decimal } from "../decimal.ts";
import { Reason } from "../reason.ts";
import { command, restDtr } from "./at.ts";
import { fallAsleep, fellAsleep, reason } from "./network.ts";

const enum Limit {
  Short_ms = 5000,
  /** Until "POWERED DOWN" (AT 11.1). */
  Off_ms = 65000,
  /** It is off 2 s after that (BG96 Hardware Design 3.7.2); pressed before, its key is not felt. */
  Settled_ms = 3000,
  /** From the active time's end on: the network lets go of an unused connection in 10 to 30 s. */
  Release_s = 40,
  /** A network that keeps it awake for longer than this grants nothing that is worth it. */
  Active_s = 60,
}

/** What the network granted last, s: asleep, and awake before that; 0: nothing. */
export let sleep_s = 0;
let active_s = 0;

/** Asks what the network granted, while the modem is connected to it. `done` is called in any case. */
export function askGranted(done: () => void): void {
  command(
    "AT+QPSMS?",
    function (reason, lines) {
      // +QPSMS: 1,,,"86400","2"
      const values = ((lines[0] || "").split(": ")[1] || "").split('"').join("").split(",");
      const is_granted = !reason && values[0] === "1";
      sleep_s = (is_granted && decimal(values[3])) || 0;
      active_s = (is_granted && decimal(values[4])) || 0;
      done();
    },
    Limit.Short_ms,
  );
}

/**
 * Puts it to sleep for `its_s` at least, s. `done` is called when it sleeps, never from inside; `before_waking` when it is to be
 * woken. @seldom callbacks
 */
export function sleepModem(its_s: number, done: () => void, before_waking: () => void): void {
  function settled(): void {
    command("", asleep, Limit.Settled_ms);
  }

  function asleep(): void {
    restDtr();
    done();
    fellAsleep();
  }

  function switchOff(): void {
    command("AT+QPOWD=1", 0, Limit.Short_ms);
    // Its last word ends the pause.
    command("", settled, Limit.Off_ms);
  }

  // In PSM it may be already, as that comes by itself.
  if (reason === Reason.ModemPoweredDown) settled();
  else if (sleep_s < its_s || active_s > Limit.Active_s) switchOff();
  else
    command(
      "",
      function (why) {
        if (why) settled();
        else switchOff();
      },
      (active_s + Limit.Release_s) * 1000,
    );
  fallAsleep(before_waking);
}
