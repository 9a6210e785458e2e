/** `#calls` of a build that has only those of command.ts. */
import type { Client } from "../thingsboard/client.ts";
import type { Actions, Request } from "./request.ts";

export function further(_server: Client, _request: Request, _tracker: Actions): boolean {
  return false;
}
