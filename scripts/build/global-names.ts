/**
 * How the blob's variables outside of functions are called. They are the interpreter's globals, since no function is around
 * the blob: a name that somebody gives to a variable of his own on the console, or that a pin, a built-in or a module has,
 * would be two things at once. So each has a `$` in it, or is a capital and a consonant, which together are no word: `$`,
 * `$a`, `a$`, `Bc`. Pins are a capital and a digit. No interpreter's own global is of this form; if one of a later
 * interpreter is, it goes into `TAKEN`.
 */
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS = `${CAPITALS.toLowerCase()}${CAPITALS}`;
/** Without `x`, for `Rx` and `Tx`, and without `y`, for `My` and `By`. */
const CONSONANTS = "bcdfghjklmnpqrstvwz";

/** Words of that form after all: milliseconds, decibels, hertz, the difference in time. */
const TAKEN = ["Db", "Dt", "Gb", "Hz", "Kb", "Mb", "Mr", "Ms", "Nb", "Nr", "Ns", "Sd"];

/** Whether a global of this name is, or may be in another build, the firmware's own. */
export function isFirmwareGlobal(name: string): boolean {
  return /^(\$[A-Za-z]?|[A-Za-z]\$|[A-Z][bcdfghjklmnpqrstvwz])$/.test(name) && !TAKEN.includes(name);
}

/** All of them, the least likely to be anybody else's first. */
export function* globalNames(): Generator<string> {
  yield "$";
  for (const letter of LETTERS) yield `$${letter}`;
  for (const letter of LETTERS) yield `${letter}$`;
  for (const first of CAPITALS)
    for (const next of CONSONANTS) if (!TAKEN.includes(first + next)) yield first + next;
}
