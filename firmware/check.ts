/** The check of settings, and of whatever else comes from outside: an object whose members are numbers and texts. */

/**
 * Default, least, most. A number's field is a whole number in that range, a string's field text of that many characters;
 * a default outside its own limits makes the field required.
 */
export type Field = [initial: string | number, least: number, most: number];

/** What a text may be: two words or more, the first when it is missing. */
export type Words = string[];

/** What an object may have, by name. A number is the most characters of a text that may be missing; 0: checked by who uses it. */
export type Fields = Record<string, Field | Words | number>;

/**
 * Checks an object and puts the defaults in, in place. Returns "" or the first fault as one line: the field, and what is
 * allowed. No value is repeated, since some are secret.
 */
export function check(given: any, fields: Fields): string {
  if (typeof given !== "object" || !given || Array.isArray(given)) return "must be an object";
  const known = Object.keys(fields);
  const names = Object.keys(given);
  // JSON text can give an object another one's members, and Object.keys does not tell.
  // biome-ignore lint/suspicious/noProto: the interpreter finds it in no other way when it is a number
  if (given.__proto__ !== Object.prototype) names.push("__proto__");
  // Not by for-in, which leaves out "constructor" in the interpreter, nor by "in", which finds it in any object.
  for (let i = 0; i < names.length; i++)
    if (known.indexOf(names[i] as string) < 0) return names[i] + ": unknown, use " + known;
  for (const name in fields) {
    const entry = fields[name] as Field | Words | number;
    if (!entry) continue;
    const field = typeof entry === "number" ? (["", 0, entry] as Field) : entry;
    const words = typeof field[1] === "string" ? (field as Words) : 0;
    const initial = field[0];
    const least = field[1] as number;
    const most = field[2] as number;
    const value = given[name] === undefined ? initial : given[name];
    const isText = typeof initial === "string";
    if (
      words
        ? words.indexOf(value) < 0
        : typeof value !== typeof initial ||
          !(isText
            ? value.length >= least && value.length <= most && isPlain(value, name === "pin")
            : value >= least && value <= most && value % 1 === 0)
    )
      return (
        name +
        ": must be " +
        (words ? words.join(" or ") : (isText ? "plain text of " : "whole, ") + least + " to " + most)
      );
    // 0 and an empty text are as good as none, and take no variables.
    if (value) given[name] = value;
  }
  return "";
}

/**
 * Which numbers do not fit each other, of settings that are right each alone: by name what they must be. `orders`: by a number's
 * name the one that it may not be less than, but that it may be 0.
 */
export function misfits(given: any, orders: Record<string, string>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name in orders) {
    const other = orders[name] as string;
    if (given[name] && given[name] < given[other]) found[name] = "must be at least " + other;
  }
  return found;
}

/** A quote would end an AT command's string; control and non-ASCII characters upset modems. A PIN is only digits. */
function isPlain(text: string, digits: boolean): boolean {
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (digits ? character < "0" || character > "9" : character < " " || character > "~" || character === '"')
      return false;
  }
  return true;
}
