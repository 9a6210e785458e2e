/**
 * The journal's text: JSON, an object to which each part of the firmware adds a member of its own. It outlives resets, power
 * cuts and new firmware. It is read when it is asked for, and takes no memory in between.
 */
import { json } from "../mqtt/text.ts";
import { keptText, saveText } from "./journal.ts";

/** All of it; {} where there is none. */
function members(): any {
  const text = keptText();
  return text ? JSON.parse(text) : {};
}

/** What a part has kept; undefined: nothing. */
export function keptOf(name: string): any {
  return members()[name];
}

/**
 * Keeps a value, any JSON, by a name of at most some letters; undefined: none any more. It is in flash when this returns.
 * False: the one of before is still there, as all of it would take more than `Size.LongestKept` bytes or the flash did not take
 * it.
 */
export function keep(name: string, value: unknown): boolean {
  const all = members();
  all[name] = value;
  const text = json(all);
  // Flash wears out.
  return text === keptText() || saveText(text);
}
