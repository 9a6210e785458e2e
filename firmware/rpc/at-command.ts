/**
 * `at`: any one command to the modem, where the settings allow it.
 */
import { Reason } from "../reason.ts";
import type { Client } from "../thingsboard/client.ts";
import { words } from "../words.ts";
import type { Actions, Request } from "./request.ts";
import { withResult } from "./with-result.ts";

const enum Limit {
  /** Characters of a command. A BG96 takes more, of which nobody here has need. */
  Command = 256,
  /** Characters of the lines that are answered: the answer is one packet. */
  Lines = 1024,
}

/** `params` is the command, or {"command": text}. Undefined: the answer comes when the modem's does, within three minutes. */
export function atCommand(server: Client, request: Request, tracker: Actions): unknown {
  const params = request.params;
  const text = params && typeof params === "object" ? params.command : params;
  if (!tracker.remote_at_) return { error: "at: not allowed, set remote_at" };
  if (!isCommand(text))
    return { error: "command: must be plain text of 2 to " + Limit.Command + ", with AT first" };
  // By which the call is known again; whatever else came costs no more RAM.
  request.params = text;
  withResult(server, request, function (done) {
    const queued = tracker.modem_.at(text, function (error, lines) {
      const answer: any = { lines: bounded(lines) };
      if (error) answer.error = error;
      done(answer);
    });
    if (!queued) done({ error: words(Reason.Busy) });
  });
  return undefined;
}

/** The first of the lines, as many as may be answered. */
function bounded(lines: string[]): string[] {
  let room: number = Limit.Lines;
  return lines.filter(function (line) {
    room -= line.length;
    return room >= 0;
  });
}

/** One command, and no end of a line that would make another of the rest. */
function isCommand(text: any): boolean {
  if (typeof text !== "string" || text.substr(0, 2) !== "AT" || text.length > Limit.Command) return false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character < " " || character > "~") return false;
  }
  return true;
}
