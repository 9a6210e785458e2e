/**
 * `setSettings`: as if shared attributes of those names had come.
 */
import type { Actions, Request } from "./request.ts";

/** `params` is {name: value…}, of which all is taken or nothing. */
export function setSettings(request: Request, tracker: Actions): unknown {
  const values = request.params;
  if (!values || typeof values !== "object" || Array.isArray(values) || !Object.keys(values).length)
    return { error: "params: use {name: value}" };
  return tracker.setSettings_ ? tracker.setSettings_(values) : { error: "built without settings from afar" };
}
