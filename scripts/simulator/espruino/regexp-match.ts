/**
 * Regular expressions as the interpreter matches them, which is not as the standard says:
 * - A `|` ends the whole expression, inside a group too; and where a part does not match, the search for the next `|`
 *   knows nothing of groups or classes. So `(a|b)c` matches `a`, or `b` with `c` behind it.
 * - `^` that does not match, and what stands behind it in a branch, ends the attempt: later branches are not tried.
 * - `?` and `{` are plain characters, `.` is any character, and what follows a `)` is never a repetition of the group.
 * - An attempt is made at each character, and so never at the end of a text, unless it is empty.
 * - `+` only asks that the first character match: what follows is also tried without it. So `/a+a/` matches "a"; and since
 *   there is a character 0 at the end of a text, `/a.+/` does, too.
 * - `)` ends the group that was opened last, even if that has ended before.
 */

export interface Match {
  index: number;
  end: number;
  groups: [start: number, end: number][];
}

/** What an attempt knows so far; each step gets a copy. */
interface Progress {
  start: number;
  groups: [start: number, end: number][];
  inClass: boolean;
  /** The first character of a range, until the second has been read. */
  rangeFrom: number | undefined;
}

const MOST_GROUPS = 9;
/** What reading past the end of pattern or text gives. */
export const END = "\0";

const isDigit = (character: string): boolean => character >= "0" && character <= "9";
const isWord = (character: string): boolean => /[0-9A-Za-z_]/.test(character);
const isSpace = (character: string): boolean => /[\t\n\v\f\r ]/.test(character);

const KINDS: Record<string, (character: string) => boolean> = {
  d: isDigit,
  D: (character) => !isDigit(character),
  s: isSpace,
  S: (character) => !isSpace(character),
  w: isWord,
  W: (character) => !isWord(character),
};

const CONTROLS: Record<string, string> = { f: "\f", b: "\b", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" };

const lower = (character: string): string => (/[A-Z]/.test(character) ? character.toLowerCase() : character);

/** The first match at `from` or behind it. */
export function matchRegExp(
  pattern: string,
  text: string,
  { from = 0, ignoreCase = false } = {},
): Match | undefined {
  const charAt = (place: number): string => (place < pattern.length ? (pattern[place] as string) : END);
  const textAt = (place: number): string => (place < text.length ? (text[place] as string) : END);

  /** Whether the character matches what stands at `place` of the pattern, and how long that is there. */
  function matchCharacter(
    place: number,
    found: string,
    progress: Progress,
  ): [matches: boolean, length: number] {
    let wanted = charAt(place);
    if (wanted === ".") return [true, 1];
    if (wanted === "[") return matchClass(place, found, progress);
    let length = 1;
    if (wanted === "\\") {
      length = 2;
      wanted = charAt(place + 1);
      const kind = Object.hasOwn(KINDS, wanted) ? KINDS[wanted] : undefined;
      if (kind) return [kind(found), length];
      if (wanted >= "1" && wanted <= "9") throw new Error("Backreferences not supported");
      if (wanted === "x" && place + 3 < pattern.length) {
        length = 4;
        wanted = String.fromCharCode(Number.parseInt(pattern.slice(place + 2, place + 4), 16) || 0);
      } else wanted = CONTROLS[wanted] ?? wanted;
    }
    if (progress.inClass && charAt(place + length) === "-" && charAt(place + length + 1) !== "]") {
      progress.rangeFrom = wanted.charCodeAt(0);
      const [matches, rest] = matchCharacter(place + length + 1, found, progress);
      return [matches, length + 1 + rest];
    }
    const [a, b] = ignoreCase ? [lower(found), lower(wanted)] : [found, wanted];
    if (progress.rangeFrom === undefined) return [a === b, length];
    const first = String.fromCharCode(progress.rangeFrom);
    const least = ignoreCase ? lower(first) : first;
    progress.rangeFrom = undefined;
    return [a >= least && a <= b && least < b, length];
  }

  function matchClass(place: number, found: string, progress: Progress): [matches: boolean, length: number] {
    const inverted = charAt(place + 1) === "^";
    let at = place + (inverted ? 2 : 1);
    let any = false;
    progress.inClass = true;
    while (at < pattern.length && charAt(at) !== "]") {
      if (charAt(at) === ".") {
        any ||= found === ".";
        at++;
      } else {
        const [matches, length] = matchCharacter(at, found, progress);
        any ||= matches;
        at += length;
      }
    }
    if (charAt(at) !== "]") throw new Error("Unfinished character set in RegEx");
    progress.inClass = false;
    return [any !== inverted, at + 1 - place];
  }

  /** The next branch of the pattern, from where the attempt began. */
  function otherwise(place: number, progress: Progress): Match | undefined {
    let at = place;
    while (at < pattern.length && charAt(at) !== "|") at += charAt(at) === "\\" ? 2 : 1;
    return at < pattern.length ? here(at + 1, progress.start, progress) : undefined;
  }

  function here(place: number, at: number, given: Progress): Match | undefined {
    const progress = { ...given };
    const wanted = charAt(place);
    if (place >= pattern.length || wanted === "|")
      return { index: progress.start, end: at, groups: progress.groups };
    if (wanted === "^") return at === 0 ? here(place + 1, at, progress) : undefined;
    if (wanted === "$")
      return at >= text.length ? here(place + 1, at, progress) : otherwise(place + 1, progress);
    if (wanted === "(") {
      if (progress.groups.length < MOST_GROUPS) progress.groups = [...progress.groups, [at, at]];
      return here(place + 1, at, progress);
    }
    if (wanted === ")") {
      const [start] = progress.groups.at(-1) ?? [];
      if (start !== undefined) progress.groups = [...progress.groups.slice(0, -1), [start, at]];
      return here(place + 1, at, progress);
    }
    const [matches, length] = matchCharacter(place, textAt(at), progress);
    const next = charAt(place + length);
    if (next === "*" || next === "+") {
      if (!matches && next === "+") return otherwise(place + length + 1, progress);
      return repeat(place, length, at, matches, progress);
    }
    if (matches && at < text.length) return here(place + length, at + 1, progress);
    return otherwise(place + length, progress);
  }

  /** As often as what follows still matches, at best. */
  function repeat(
    place: number,
    length: number,
    from: number,
    first: boolean,
    progress: Progress,
  ): Match | undefined {
    const rest = place + length + 1;
    let at = from;
    let matches = first;
    let best = here(rest, at, progress);
    while (at < text.length && matches) {
      at++;
      [matches] = matchCharacter(place, textAt(at), progress);
      best = here(rest, at, progress) ?? best;
    }
    return best;
  }

  const attempt = (start: number) =>
    here(0, start, { start, groups: [], inClass: false, rangeFrom: undefined });
  let match = attempt(from);
  for (let start = from + 1; !match && start < text.length; start++) match = attempt(start);
  return match;
}
