/** Calls that are done once, and whose answer is what came of it: nobody can find that out a second time. */
import { type Client, sendReply } from "../thingsboard/client.ts";
import { once } from "./once.ts";
import type { Request } from "./request.ts";

/** What came of the last one, and its id: kept in RAM for when its answer is lost. */
let id = "";
let result: unknown;

/**
 * Does what a call asks, unless it was done already, and answers with what `act` gives to `done`, later. A call that comes again
 * gets the same answer, if it was the last one and there was no restart since.
 */
export function withResult(
  server: Client,
  request: Request,
  act: (done: (result: unknown) => void) => void,
): void {
  const is_new = once(request, function () {
    id = "";
    act(function (its_result) {
      id = request.id;
      result = its_result;
      sendReply(server, result, id, 0);
    });
  });
  if (!is_new)
    sendReply(server, id === request.id ? result : { error: "done before, answer lost" }, request.id, 0);
}
