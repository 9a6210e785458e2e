/**
 * `setSettings`: as if shared attributes of those names had come.
 *
 * @seldom
 */
import type { Actions, Request } from "./request.ts";

/** `params` is {name: value…}, of which all is taken or nothing. */
export function setSettings(request: Request, tracker: Actions): unknown {
  const values = request.params;
  if (!tracker.setSettings_) return { error: "built without settings from afar" };
  if (!values || typeof values !== "object" || Array.isArray(values) || !Object.keys(values).length)
    return { error: "params: use {name: value}" };
  return tracker.setSettings_(values);
}
