/**
 * What changes something is done once, however often the server asks.
 *
 * It sends a request again after a reconnect when its answer was lost. What only reads is then simply read again. Of what
 * changes something the last three calls are remembered in flash, over a restart, and one that comes again is not done again.
 * They are forgotten when a connection has lasted ten minutes and they did not come again in it: a server that is still without
 * an answer asks at the beginning of each. It may count from 0 after a restart, so that "reboot" of tomorrow may have the
 * number of today's.
 */
import { json } from "../mqtt/text.ts";
import { type Client, sendReply } from "../thingsboard/client.ts";
import { saveState, state } from "../tracker/journal.ts";
import { Word } from "../tracker/kept.ts";
import type { Request } from "./request.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number };

const enum Limit {
  /** In a connection, until the server would have asked again. */
  Asked_ms = 600000,
  /** Calls of a connection that are kept in mind: those that are remembered in flash, the last three, are among them. */
  Remembered = 8,
}

/** Calls of this connection that change something. */
let asked: number[] = [];
let forgetTimer: ReturnType<typeof setTimeout> | 0 = 0;

/**
 * Answers, and does once what a call asks, but only once the server has the answer: it would ask again, and have it done
 * again. `act` only begins it, so that what is acknowledged in turn can leave.
 */
export function onceAnswered(server: Client, request: Request, answer: unknown, act: () => void): void {
  // By which the call is known again.
  request.params = 0;
  sendReply(server, answer, request.id, function (ok) {
    if (ok) once(request, act);
  });
}

/** To be called when a connection begins. */
export function connected(server: Client): void {
  asked = [];
  if (forgetTimer) clearTimeout(forgetTimer);
  forgetTimer = setTimeout(forget, Limit.Asked_ms, server);
}

/** The server would have asked again by now for what it has no answer to. */
function forget(server: Client): void {
  const before = [state[Word.LastCall], state[Word.CallBefore], state[Word.CallBeforeThat]] as number[];
  const left = before.filter(function (call) {
    return asked.indexOf(call) >= 0;
  });
  forgetTimer = 0;
  asked = [];
  if (server.status && left.length < before.length && before[0]) {
    state[Word.LastCall] = left[0] || 0;
    state[Word.CallBefore] = left[1] || 0;
    state[Word.CallBeforeThat] = left[2] || 0;
    saveState();
  }
}

/**
 * Does what a call asks, unless it was done already: then gives false. It is remembered in flash when this returns, unless
 * `act` gives false: nothing was done. What may not happen twice, whenever the power goes, `act` only begins.
 */
export function once(request: Request, act: () => unknown): boolean {
  // The same call, sent again, has the same number, method and parameters.
  const call = E.CRC32(request.id + " " + request.method + json(request.params)) | 0;
  if (forgetTimer && asked.push(call) > Limit.Remembered) asked.shift();
  if (state[Word.LastCall] === call || state[Word.CallBefore] === call || state[Word.CallBeforeThat] === call)
    return false;
  if (act() === false) return true;
  state[Word.CallBeforeThat] = state[Word.CallBefore] as number;
  state[Word.CallBefore] = state[Word.LastCall] as number;
  state[Word.LastCall] = call;
  saveState();
  return true;
}
