/** Regular expressions in a program, and the functions of strings that take one; regexp-match.ts says how they match. */
import type { Machine } from "./machine.ts";
import type { HostFunction } from "./realm.ts";
import { END, type Match, matchRegExp } from "./regexp-match.ts";

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
