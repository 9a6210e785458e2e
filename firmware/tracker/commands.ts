/**
 * Server-side RPC: what the server may ask of the tracker. Every request gets an answer, `{"error": …}` where it cannot be
 * done.
 *
 * A server sends a request again after a reconnect when its answer was lost. What only reads is then simply read again.
 * What changes something is done once: the last three such calls are remembered in flash, over a restart, and one that
 * comes again gets its answer again. They are forgotten when a connection has lasted ten minutes and they did not come again
 * in it: a server that is still without an answer asks at the beginning of each. It may count from 0 after a restart, so that
 * "reboot" of tomorrow may have the number of today's.
 */
import { check } from "../check.ts";
import type { Fix } from "../gnss/fix.ts";
import { json } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import { type Client, sendReply } from "../thingsboard/client.ts";
import { words } from "../words.ts";
import { state as kept, saveState } from "./journal.ts";
import { Word } from "./kept.ts";
import { Ended } from "./restart.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number; reboot(): void };

const enum Limit {
  /** From the acknowledged answer to the reboot: what it acknowledges in turn can leave. */
  Reboot_ms = 3000,
  /** In a connection, until the server would have asked again. */
  Asked_ms = 600000,
  /** Calls of a connection that are kept in mind: those that are remembered in flash, the last three, are among them. */
  Remembered = 8,
  /** Requests that may wait for one fix. */
  Locating = 20,
  /** Of the name of a method that there is not: what is told of it. */
  Method = 64,
}

/** What commands need of the tracker. */
export interface Actions {
  status_(): unknown;
  position_(): Position;
  /** Takes a fix now, or waits for the one under way; then calls `located`. */
  locate_(): void;
  /** A new interval from round to round, which outlasts a restart. Gives `{"error": …}` if it can't be. */
  setInterval_(seconds: number): any;
}

export interface Position {
  /** The last one; undefined: there was none yet. */
  fix_: Fix | undefined;
  age_s_: number;
  /** Why there is no newer one, in words; "": there is. */
  why_: string;
}

let server: Client;
let actions: Actions;
/** Requests for a fresh fix. */
let locating: string[] = [];
/** Calls of this connection that change something. */
let asked: number[] = [];
let forgetTimer: ReturnType<typeof setTimeout> | 0 = 0;

/** Answers the server's requests from now on. */
export function startCommands(its_server: Client, its_actions: Actions): void {
  server = its_server;
  actions = its_actions;
}

/** To be called when a connection begins. */
export function connected(): void {
  asked = [];
  if (forgetTimer) clearTimeout(forgetTimer);
  forgetTimer = setTimeout(forget, Limit.Asked_ms);
}

/** The server would have asked again by now for what it has no answer to. */
function forget(): void {
  const before = [kept[Word.LastCall], kept[Word.CallBefore], kept[Word.CallBeforeThat]] as number[];
  const left = before.filter(function (call) {
    return asked.indexOf(call) >= 0;
  });
  forgetTimer = 0;
  asked = [];
  if (server.status && left.length < before.length && before[0]) {
    kept[Word.LastCall] = left[0] || 0;
    kept[Word.CallBefore] = left[1] || 0;
    kept[Word.CallBeforeThat] = left[2] || 0;
    saveState();
  }
}

/** The same call, sent again, has the same number, method and parameters. */
function signature(request: Request): number {
  return E.CRC32(request.id + " " + request.method + json(request.params)) | 0;
}

/** Whether this call was done already. */
function isDone(request: Request): boolean {
  const call = signature(request);
  if (forgetTimer && asked.push(call) > Limit.Remembered) asked.shift();
  return kept[Word.LastCall] === call || kept[Word.CallBefore] === call || kept[Word.CallBeforeThat] === call;
}

/** Remembers a call as done; it is in flash when this returns. */
function remember(request: Request): void {
  kept[Word.CallBeforeThat] = kept[Word.CallBefore] as number;
  kept[Word.CallBefore] = kept[Word.LastCall] as number;
  kept[Word.LastCall] = signature(request);
  saveState();
}

/** As the client hands it over. */
export interface Request {
  id: string;
  method: string;
  params?: any;
}

/** Does what a request asks, or says why not. */
export function command(request: Request): void {
  switch (request.method) {
    case "getPosition":
      answer(request, position(false));
      break;
    case "locate":
      locate(request);
      break;
    case "getStatus":
      answer(request, actions.status_());
      break;
    case "setInterval":
      changeInterval(request);
      break;
    case "reboot":
      reboot(request);
      break;
    default:
      answer(request, { error: "unknown method " + request.method.substr(0, Limit.Method) });
  }
}

function answer(request: Request, data: unknown): void {
  sendReply(server, data, request.id, 0);
}

/** The last fix and its age; `fresh`: a newer one was wanted, so why there is none. */
function position(fresh: boolean): unknown {
  const last = actions.position_();
  const found: any = {};
  if (!last.fix_) return { error: last.why_ };
  for (const name in last.fix_) found[name] = (last.fix_ as any)[name];
  found.age_s = last.age_s_;
  if (fresh && last.why_) found.reason = last.why_;
  return found;
}

/** All that ask meanwhile get the same fix. */
function locate(request: Request): void {
  if (locating.length >= Limit.Locating) answer(request, { error: words(Reason.Busy) });
  else {
    locating.push(request.id);
    actions.locate_();
  }
}

/** To be called when a round has ended, with a fix or without. */
export function located(): void {
  const waiting = locating;
  locating = [];
  waiting.forEach(function (id) {
    sendReply(server, position(true), id, 0);
  });
}

/** `params` is the number of seconds, or {"interval_s": seconds}. */
function changeInterval(request: Request): void {
  const params = request.params;
  const wanted = { interval_s: params && typeof params === "object" ? params.interval_s : params };
  const fault = check(wanted, { interval_s: [0, 1, 86400] });
  if (fault) answer(request, { error: fault });
  else {
    // By which the call is known again; whatever else came costs no more RAM.
    request.params = wanted.interval_s;
    let told: any = wanted;
    if (!isDone(request)) {
      told = actions.setInterval_(wanted.interval_s) || wanted;
      remember(request);
    }
    answer(request, told);
  }
}

/** Only once the server has the answer: it would ask again, and reboot us again. */
function reboot(request: Request): void {
  request.params = 0;
  sendReply(server, { reboot: 1 }, request.id, function (ok) {
    if (ok && !isDone(request)) {
      // No crash, whatever the watchdog's bit says of an earlier run.
      kept[Word.Ended] = Ended.Wanted;
      remember(request);
      setTimeout(E.reboot, Limit.Reboot_ms);
    }
  });
}
