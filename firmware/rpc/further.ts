/**
 * `#calls`: those that the smallest board does without.
 */
import { logged } from "#log";
import { type Client, sendReply } from "../thingsboard/client.ts";
import { isObject } from "../thingsboard/telemetry.ts";
import { waiting } from "../tracker/journal.ts";
import { resetModem } from "../tracker/recovery.ts";
import { flush } from "../tracker/upload.ts";
import { atCommand } from "./at-command.ts";
import { claimCall } from "./claim-call.ts";
import { dropOutbox } from "./drop-outbox.ts";
import { onceAnswered } from "./once.ts";
import type { Actions, Request } from "./request.ts";
import { setSettings } from "./set-settings.ts";
import { withResult } from "./with-result.ts";

const enum Limit {
  /** From the acknowledged answer to the end of the connection: what it acknowledges in turn can leave. */
  Reset_ms = 3000,
}

/** Does what a request asks, or says why not. False: there is no such method. @seldom */
export function further(server: Client, request: Request, tracker: Actions): boolean {
  /** Undefined: the answer comes later. */
  let answer: unknown;
  let fault: string;
  switch (request.method) {
    case "setSettings":
      answer = isObject(request.params)
        ? setSettings(request, request.params, tracker)
        : { error: "params: use {name: value}" };
      break;
    case "getLog":
      answer = lastLines();
      break;
    case "flush":
      answer = flush() || { waiting: waiting() };
      break;
    case "dropOutbox":
      request.params = 0;
      withResult(server, request, dropOutbox);
      break;
    case "modemReset":
      onceAnswered(server, request, { modemReset: 1 }, function () {
        setTimeout(resetModem, Limit.Reset_ms);
      });
      break;
    case "at":
      answer = atCommand(server, request, tracker);
      break;
    case "claim":
      answer = claimCall(server, request);
      break;
    case "updateFirmware":
      fault = tracker.updateFirmware_();
      answer = fault ? { error: fault } : { updateFirmware: 1 };
      break;
    case "rpcMethods":
      answer = { methods: methods() };
      break;
    default:
      return false;
  }
  if (answer !== undefined) sendReply(server, answer, request.id, 0);
  return true;
}

/** All there are, so that an operator's form offers what this build has. */
function methods(): string[] {
  return [
    "getPosition",
    "locate",
    "getStatus",
    "setInterval",
    "reboot",
    "setSettings",
    "getLog",
    "flush",
    "dropOutbox",
    "modemReset",
    "at",
    "claim",
    "updateFirmware",
    "rpcMethods",
  ];
}

function lastLines(): unknown {
  const lines = logged();
  return lines ? { log: lines } : { error: "built without log" };
}
