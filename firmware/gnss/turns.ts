/**
 * `#turns`: who has the receiver of a modem that has one for GNSS and LTE (BG95, BG77): while GNSS has it, nothing passes to or from the
 * network, and while LTE has it there is no fix, as a rule.
 *
 *   LTE's turn ──a fix is wanted, and it lasted long enough──► GNSS's turn
 *     ▲                                                          │ a fix; or too long without one; or LTE needs it now
 *     └──────────────────────────────────────────────────────────┘
 *
 * A modem with two refuses to hear of that, and is told at the engine's start alone.
 */
import { command } from "../modem/at.ts";
import { Lte } from "../modem/way.ts";
import { deadline } from "../mqtt/connection.ts";
import { Reason } from "../reason.ts";
import { ran_ms } from "../tracker/clock.ts";

/** As AT+QGPSCFG="priority" has it. */
const enum First {
  Gnss,
  Lte,
}

const enum Limit {
  /** GNSS commands are answered in 300 ms. */
  Command_ms = 5000,
  /** A cold start takes some 35 s, a search for the network as long and more. */
  Long_ms = 60000,
  /** An answer of the server is awaited for 40 s. */
  Awaited_ms = 30000,
  /** After a fix: time to tell it. */
  Short_ms = 3000,
}

let first = First.Lte;
/** Since when it is, as `ran_ms` has it. */
let since_ms = -Limit.Long_ms;
/** 1: GNSS had its last turn in vain. */
let missed: 0 | 1 = 0;
let lte = Lte.Calm;
/** 1: the modem refuses: it has two receivers. */
let apart: 0 | 1 = 0;

/** One that did not hear it, or was not heard, is told the next time. */
function told(reason: Reason): void {
  if (reason && reason <= Reason.ModemError) apart = 1;
}

/** Not to be kept by the modem, whose flash wears out. */
function tell(): void {
  if (!apart) command('AT+QGPSCFG="priority",' + first + ",0", told, Limit.Command_ms);
}

function give(to: First): void {
  if (first === to) return;
  first = to;
  since_ms = ran_ms();
  tell();
}

/** To be called when that changes, before the next command. */
export function lteIs(its: Lte): void {
  lte = its;
  if (its === Lte.Blocking) give(First.Lte);
}

/** To be called before the engine is switched on: the modem may have started since, or be another one. */
export function engineStarts(): void {
  apart = 0;
  tell();
}

/** A fix is wanted; to be called each second until there is one. */
export function wantFix(): void {
  if (lte === Lte.Blocking) return;
  const its_ms = ran_ms() - since_ms;
  if (first === First.Gnss) {
    if (its_ms >= (deadline ? Limit.Awaited_ms : Limit.Long_ms)) fixEnded(false);
  } else if (its_ms >= (missed || lte ? Limit.Long_ms : Limit.Short_ms)) give(First.Gnss);
}

/** The search is over, or GNSS's turn. */
export function fixEnded(is_fix: boolean): void {
  missed = is_fix ? 0 : 1;
  give(First.Lte);
}
