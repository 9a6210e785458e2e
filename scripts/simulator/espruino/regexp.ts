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
import type { Machine } from "./machine.ts";
import type { HostFunction } from "./realm.ts";

interface Match {
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
const END = "\0";

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

/** The text before a last `$`, where that is all there is: then the end of the text is compared, and no flag heeded. */
function plainEnd(pattern: string): string | undefined {
  const plain = /^((?:[^\\.[\]()|^*+$]|\\[.\\])*)\$$/.exec(pattern)?.[1]?.replace(/\\(.)/g, "$1");
  return plain !== undefined && plain.length < 31 ? plain : undefined;
}

type Expression = RegExp & { lastIndex: number };

/** Gives the realm's expressions, and the functions of strings that take one, the interpreter's behaviour. */
export function installRegExp({ realm }: Machine, show: (value: unknown) => string): void {
  const native = realm.global.RegExp as RegExpConstructor;
  const isExpression = (value: unknown): value is Expression => value instanceof native;
  const isGlobal = (expression: Expression): boolean => expression.flags.includes("g");

  /** Null where nothing matches; undefined where the search would begin behind the text's end. */
  function exec(expression: Expression, subject: unknown): RegExpExecArray | null | undefined {
    const text = show(subject);
    const { source, flags, lastIndex } = expression;
    const result = (match: Match): RegExpExecArray => {
      const cut = ([start, end]: [number, number]) => text.slice(start, end);
      const parts = realm.array([[match.index, match.end] as [number, number], ...match.groups].map(cut));
      return Object.assign(parts, { index: match.index, input: text }) as never;
    };
    const end = plainEnd(source);
    if (end !== undefined && typeof subject === "string") {
      const index = text.length - end.length;
      if (lastIndex <= index && text.endsWith(end)) return result({ index, end: text.length, groups: [] });
    }
    if (lastIndex > text.length) return undefined;
    const match = matchRegExp(source, text, { from: lastIndex, ignoreCase: flags.includes("i") });
    expression.lastIndex = match && isGlobal(expression) ? match.end : 0;
    return match ? result(match) : null;
  }

  /** Each match of a global expression, else the first. */
  function* matches(expression: Expression, text: string, all: boolean) {
    expression.lastIndex = 0;
    for (let match = exec(expression, text); match; match = exec(expression, text)) {
      yield match;
      if (!all) return;
      expression.lastIndex = match.index + (match[0].length || 1);
    }
    expression.lastIndex = 0;
  }

  /** `$1` to `$9` are the groups that there are; a last `$` gets a character 0 behind it. */
  const filled = (replacement: string, match: RegExpExecArray): string =>
    replacement.replace(/\$([\s\S]?)/g, (_, which: string) =>
      /[1-9]/.test(which) && match[Number(which)] !== undefined
        ? (match[Number(which)] as string)
        : `$${which || END}`,
    );

  const replaceWith = (all: boolean): HostFunction =>
    function (this: unknown, wanted: unknown, replacement: unknown): string {
      const text = show(this);
      if (!isExpression(wanted)) return replaceText(text, show(wanted), show(replacement), all);
      let done = "";
      let last = 0;
      for (const match of matches(wanted, text, all || isGlobal(wanted))) {
        const put =
          typeof replacement === "function"
            ? show(replacement(...match, match.index, text))
            : filled(show(replacement), match);
        done += text.slice(last, match.index) + put;
        last = match.index + match[0].length;
      }
      return done + text.slice(last);
    };

  realm.define(native.prototype, {
    exec(text) {
      return exec(this, text);
    },
    test(text) {
      return Boolean(exec(this, text));
    },
  });
  realm.define((realm.global.String as StringConstructor).prototype, {
    match(wanted) {
      const text = String(this);
      if (wanted === undefined) return undefined;
      if (!isExpression(wanted)) {
        const index = text.indexOf(show(wanted));
        // The part that was looked for stands as the input.
        return index < 0 ? null : Object.assign(realm.array([show(wanted)]), { index, input: show(wanted) });
      }
      if (isGlobal(wanted)) return realm.array([...matches(wanted, text, true)].map(([part]) => part));
      wanted.lastIndex = 0;
      return exec(wanted, text);
    },
    replace: replaceWith(false),
    replaceAll: replaceWith(true),
    split(separator) {
      const text = String(this);
      if (separator === undefined) return realm.array([text]);
      if (!isExpression(separator)) return realm.array(splitText(text, show(separator)));
      const parts: string[] = [];
      let last = 0;
      for (const match of matches(separator, text, true)) {
        // There it never ends.
        if (match[0] === "") throw new Error("OUT OF MEMORY: split by an expression that matches nothing");
        parts.push(text.slice(last, match.index));
        last = match.index + match[0].length;
      }
      return realm.array([...parts, text.slice(last)]);
    },
  });
}

function replaceText(given: string, wanted: string, replacement: string, all: boolean): string {
  let text = given;
  for (let at = text.indexOf(wanted); at >= 0; ) {
    text = text.slice(0, at) + replacement + text.slice(at + wanted.length);
    at = all ? text.indexOf(wanted, at + replacement.length) : -1;
  }
  return text;
}

/** A separator is also found where it laps over the one before; the part between is then all of the rest. */
function splitText(text: string, separator: string): string[] {
  if (separator === "") return [...text];
  const parts: string[] = [];
  const ends = text.length + 1 - separator.length;
  if (ends < 0) return parts;
  let last = 0;
  const part = (end: number) => parts.push(end < last ? text.slice(last) : text.slice(last, end));
  for (let at = 0; at < ends; at++) {
    if (!text.startsWith(separator, at)) continue;
    part(at);
    last = at + separator.length;
  }
  part(text.length);
  return parts;
}
