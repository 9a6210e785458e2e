/**
 * Server-side RPC: what the server may ask of the tracker. Every request gets one answer, `{"error": …}` where it cannot be done.
 * The calls that every build has are here, the others are `#calls`; both change something only once (once.ts).
 */
import { further } from "#calls";
import { Reason } from "../reason.ts";
import { type Client, sendReply } from "../thingsboard/client.ts";
import { state } from "../tracker/journal.ts";
import { Word } from "../tracker/kept.ts";
import { Ended } from "../tracker/restart.ts";
import { words } from "../words.ts";
import { locating } from "./locate.ts";
import { onceAnswered } from "./once.ts";
import type { Actions, Request } from "./request.ts";
import { setSettings } from "./set-settings.ts";

/** Espruino's. */
declare const E: { reboot(): void };

const enum Limit {
  /** From the acknowledged answer to the reboot: what it acknowledges in turn can leave. */
  Reboot_ms = 3000,
  /** Requests that may wait for one fix. */
  Locating = 20,
  /** Of the name of a method that there is not: what is told of it. */
  Method = 64,
}

/** Does what a request asks, or says why not. To be called while the client hands it over. @seldom */
export function command(server: Client, request: Request, tracker: Actions): void {
  /** Undefined: the answer comes later. */
  let answer: unknown;
  switch (request.method) {
    case "getPosition":
      answer = tracker.position_(false);
      break;
    case "locate":
      if (locating.length >= Limit.Locating) answer = { error: words(Reason.Busy) };
      else {
        locating.push(request.id);
        tracker.locate_();
      }
      break;
    case "getStatus":
      answer = tracker.status_();
      break;
    case "setInterval":
      answer = newInterval(request, tracker);
      break;
    case "reboot":
      onceAnswered(server, request, { reboot: 1 }, function () {
        // No crash, whatever the watchdog's bit says of an earlier run.
        state[Word.Ended] = Ended.Wanted;
        setTimeout(E.reboot, Limit.Reboot_ms);
      });
      break;
    default:
      if (!further(server, request, tracker))
        answer = { error: "unknown method " + request.method.substr(0, Limit.Method) };
  }
  if (answer !== undefined) sendReply(server, answer, request.id, 0);
}

/** `params` is the number of seconds, or {"interval_s": seconds}. */
function newInterval(request: Request, tracker: Actions): unknown {
  const params = request.params;
  // By which the call is known again; whatever else came costs no more RAM.
  request.params = params && typeof params === "object" ? params.interval_s : params;
  // Undefined would be taken for none given.
  return setSettings(request, { interval_s: request.params === undefined ? 0 : request.params }, tracker);
}
