/** The outbox's way to the server: a packet of the oldest samples at a time, and what becomes of it. */
import { json } from "../mqtt/text.ts";
import { type Client, sendTelemetry, type Values } from "../thingsboard/client.ts";
import { askLimits } from "../thingsboard/limits.ts";
import { now_ms } from "./clock.ts";
import { append, settle, take } from "./outbox.ts";
import { pause_ms } from "./pace.ts";
import { acknowledged, fail, State, state } from "./recovery.ts";

/** Undefined: nothing is sent, as in safe mode. */
let server: Client | undefined;
/** What was handed to the server; something else in the pause after it; "": the next may go. */
let underWay = "";

/** From now on the samples go to this server; undefined: they wait. */
export function uploadTo(its_server: Client | undefined): void {
  server = its_server;
}

/** Keeps values of the user's own, with the time, and sends them when they may go. "", or why they cannot be kept. */
export function report(values: Values): string {
  const text = json(values);
  const refused = text[0] === "{" ? append(now_ms(), 0, text) : "use {}";
  drain();
  return refused;
}

/**
 * Hands the oldest samples to the server, as many as one TCP segment takes; `answered` goes on. `over`: so is the pause
 * after the last.
 */
export function drain(over?: 1): void {
  if (over) underWay = "";
  if (server && state === State.Online && !underWay) {
    underWay = take();
    if (underWay) sendTelemetry(server, underWay, answered);
  }
}

/** What became of a packet. */
function answered(ok: boolean): void {
  const pause = pause_ms(underWay);
  settle(ok);
  if (ok && server) {
    if (server.config_.qos) acknowledged();
    askLimits(server);
  }
  underWay = ok ? "-" : "";
  // Not from here, as the interpreter's stack is short.
  if (ok) setTimeout(drain, pause, 1);
  // `server.disconnect()` by hand; while the modem comes up, samples are given up: no news.
  else if (server && state > State.Modem && !server.status) fail(server.last_reason_);
}
