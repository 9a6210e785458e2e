/**
 * `#settings`: those that ThingsBoard has as shared attributes of the device, which are wanted as a whole: checked, kept and
 * put to use all together, or not at all.
 *
 * | the setting             | what holds                                                                                    |
 * |-------------------------|-----------------------------------------------------------------------------------------------|
 * | the server has it       | that, whatever tb.json says                                                                   |
 * | it has not              | what a call set, else what tb.json says                                                       |
 * | it has it no more       | the same; of the way to the server what holds stays, as two servers could play ping-pong else |
 *
 * A tb.json that was flashed anew drops all that came from afar, until the server is asked again.
 *
 * Settings of the way to the server (APN, host and the like) are tried:
 *
 *   what holds ──others are wanted──► on trial ──the server answers──► hold
 *       ▲                                │ ten minutes, or three starts
 *       └────────────────────────────────┘ and the same are not tried again before others were wanted
 *
 * The server is asked for all of them after each connect, as it does not tell what it was told meanwhile, and whenever it tells of a
 * change: so there is one way for all of it, and nothing is lost that came in the wrong order.
 */
import { log } from "#log";
import { assigned, firmwareNames } from "#ota";
import type { DeviceConfig } from "../device-config.ts";
import type { Modem } from "../modem/modem.ts";
import { json } from "../mqtt/text.ts";
import { Afar, fromAfar } from "../settings.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { isObject } from "../thingsboard/telemetry.ts";
import { asTyped, faultsOf, union, use, wayOf } from "./from-afar.ts";
import { keep, keptOf } from "./kept-text.ts";
import { Occasion } from "./occasion.ts";
import { goAnew } from "./recovery.ts";
import { tell } from "./told.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number };

const enum Limit {
  /** For the server's answer, with settings on trial. */
  Trial_ms = 600000,
  /** Starts with settings on trial. */
  Starts = 3,
  /** From an answer or a question that is on its way to the end of its connection. */
  Leave_ms = 3000,
  /** Questions in a row without an answer: a broker that is no ThingsBoard may even hang up on them. */
  Silent = 3,
  /** Then the next comes much later. */
  Again_ms = 21600000,
}

/** What `Occasion.Start` brings. */
export interface Parts {
  config_: DeviceConfig;
  server_: Client;
  modem_: Modem;
  /** To be told that settings changed which hold at once. */
  changed_(): void;
}

/** What is kept, as "set". */
interface Kept {
  /** CRC-32 of the tb.json that it lies over. */
  base?: number;
  /** What the server has, by name; and what calls set, of what it has not. */
  set?: Values;
  called?: Values;
  /** Both as they were before those on trial, and the starts that these have left. */
  old?: { set: Values; called: Values };
  left?: number;
  /** CRC-32 of the settings of the way that the server was not reached with. */
  failed?: number;
}

let parts: Parts;
/** Until the trial is over; 0: there is none. */
let trial: ReturnType<typeof setTimeout> | 0 = 0;
/** The connection is still that of the settings before: 1. */
let leaving = 0;
/** A question is with the server: 1; and another one is to follow: 2. */
let asking = 0;
/** Questions in a row without an answer. */
let silent = 0;
/** Until the next question to a server that does not answer; 0: none waits. */
let retry: ReturnType<typeof setTimeout> | 0 = 0;
/** What the server wants and does not get: why, by name. */
let refused: Values = {};

/** Whether the server's answer is awaited, or what settings on trial lead to. */
export function isAsking(): boolean {
  return asking > 0 || !!trial;
}

/** Changed shared attributes, or `{"deleted": [names]}`. */
function heard(data: any): void {
  const afar = fromAfar();
  const names = Object.keys(data || {}).concat((data && data.deleted) || []);
  const ours = names.some(function (name) {
    return !!afar[name] || firmwareNames().indexOf(name) >= 0;
  });
  // Not in here, where the message is still being read: that deep a small board has no memory for it.
  if (ours) setTimeout(settings, 0, Occasion.Online);
}

/** What became of a question. */
function answered(ok: boolean, answer?: any): void {
  const again = asking > 1;
  asking = 0;
  if (ok) {
    silent = 0;
    const shared = answer && answer.shared;
    settings(Occasion.Answer, isObject(shared) ? shared : {});
  } else silent++;
  if (again && ok) settings(Occasion.Online);
  else if (!ok && parts.server_.status && !retry) retry = setTimeout(askLater, Limit.Trial_ms);
}

function askLater(): void {
  retry = 0;
  silent = 0;
  if (parts.server_.status) settings(Occasion.Online);
}

/** The way is gone with the settings on trial. */
function leave(): void {
  leaving = 0;
  goAnew();
}

/** Does what the occasion asks for; gives something for `Occasion.Call` alone. @seldom */
export function settings(occasion: Occasion, data?: any): any {
  const afar = fromAfar();
  const text = require("Storage").read("tb.json") as string;
  const base = E.CRC32(text);
  let kept: Kept = keptOf("set") || {};
  if (kept.base !== base) kept = { base: base };
  const set = kept.set || {};
  const called = kept.called || {};

  function endTrial(): void {
    if (trial) clearTimeout(trial);
    trial = 0;
  }

  /** What was before those on trial. */
  function before(): Kept {
    const old = kept.old as { set: Values; called: Values };
    return { base: base, set: old.set, called: old.called, failed: E.CRC32(wayOf(union(set, called))) };
  }

  /** Takes them, all or none; gives why not, by name. */
  function take(its_set: Values, its_called: Values): Values {
    const all = union(its_set, its_called);
    const now = union(set, called);
    const way = wayOf(all);
    const is_way = way !== wayOf(now);
    // Others are wanted now than those it was not reached with, or a call says nothing of them.
    const failed = is_way || occasion === Occasion.Answer ? undefined : kept.failed;
    const next: Kept = { base: base, set: its_set, called: its_called, failed: failed };
    const faults = faultsOf(text, all);
    if (Object.keys(faults).length) return faults;
    if (is_way && E.CRC32(way) === kept.failed) {
      for (const name in all)
        if ((afar[name] as Afar) >= Afar.Way && all[name] !== now[name]) faults[name] = "server not reached";
      return faults;
    }
    if (is_way) {
      next.old = { set: set, called: called };
      next.left = Limit.Starts;
    }
    if (!keep("set", next)) {
      for (const name in all) if (all[name] !== now[name]) faults[name] = "no room";
      return faults;
    }
    if (json(all) !== json(now)) {
      log("settings: " + Object.keys(all));
      use(parts.config_, text, all);
      parts.changed_();
    }
    if (is_way) {
      trial = setTimeout(settings, Limit.Trial_ms, Occasion.Over);
      leaving = 1;
      setTimeout(leave, Limit.Leave_ms);
    }
    return faults;
  }

  switch (occasion) {
    case Occasion.Boot: {
      if (kept.old) {
        // A start more with those on trial: they may be why it was needed.
        if (kept.left) {
          kept.left--;
          trial = setTimeout(settings, Limit.Trial_ms, Occasion.Over);
        } else kept = before();
        keep("set", kept);
      }
      const all = union(kept.set || {}, kept.called || {});
      // Another firmware may have taken what this one does not.
      const faults = faultsOf(text, all);
      for (const name in faults) delete all[name];
      use(data, text, all);
      break;
    }
    case Occasion.Start:
      parts = data;
      parts.server_.onAttributes_ = heard;
      break;
    case Occasion.Online:
      if (asking) asking = 2;
      else if (silent < Limit.Silent || trial) {
        asking = 1;
        parts.server_.request_attributes(null, firmwareNames().concat(Object.keys(afar)), answered);
      } else if (!retry) retry = setTimeout(askLater, Limit.Again_ms);
      break;
    case Occasion.Answer: {
      // It still came over the old way; the server is asked again over the other.
      if (leaving) break;
      assigned(data); // First, as the code that runs may not understand the rest.
      const its_set: Values = {};
      const its_called: Values = {};
      if (kept.old) {
        // The server was reached with them.
        endTrial();
        delete kept.old;
        delete kept.left;
        keep("set", kept);
        log("settings: hold");
      }
      for (const name in afar) {
        if (data[name] !== undefined && data[name] !== null) its_set[name] = asTyped(name, data[name]);
        else if ((afar[name] as Afar) >= Afar.Way && set[name] !== undefined) its_set[name] = set[name];
        else if (called[name] !== undefined) its_called[name] = called[name];
      }
      refused = take(its_set, its_called);
      tell(parts, refused);
      break;
    }
    case Occasion.Call: {
      const its_called = union({}, called);
      if (trial) return { error: "settings are on trial" };
      for (const name in data) {
        if (!afar[name]) return { error: name + ": unknown, use " + Object.keys(afar) };
        if (set[name] !== undefined) return { error: name + ": is a shared attribute" };
        its_called[name] = data[name];
      }
      const faults = take(set, its_called);
      const wrong = Object.keys(faults)[0];
      if (wrong) return { error: wrong + ": " + faults[wrong] };
      tell(parts, refused);
      return data;
    }
    default:
      endTrial();
      if (!kept.old) break;
      kept = before();
      keep("set", kept);
      log("settings: server not reached, back to those before");
      use(parts.config_, text, union(kept.set as Values, kept.called as Values));
      parts.changed_();
      goAnew();
  }
}
