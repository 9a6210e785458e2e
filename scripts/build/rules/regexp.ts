import type { AnyNode, CallExpression, Literal } from "acorn";
import { descendants, memberName } from "../tree.ts";
import type { Finding, Rule, Subject } from "./rule.ts";

/** One of a kind, or one that stands for itself. Not `\b`, `\0`, `\1`, `\x..`, `\u....`. */
const ESCAPED = "\\\\(?:[dDwWsSfnrtv]|[!-/:-@[-`{-~])";
const PLAIN = "[^\\^$.*+?()[\\]{}|\\\\/]";
/** What a class may name: no `.` or `[` at the end of a range, which the interpreter takes for more than a character. */
const NAMED = "[^\\^.[\\]|\\\\/-]";
const CLASS = `\\[\\^?(?:${ESCAPED}|${NAMED}-${NAMED}|[.]|${NAMED})*-?\\]`;
const STEP = new RegExp(`(${PLAIN}|${ESCAPED}|${CLASS})([*]?)`, "y");

const INSTEAD =
  "use indexOf and substr, or only characters and [classes] in a row, * after one, ^ first, $ last";

/**
 * Whether the interpreter finds what the standard would, in any text of bytes. Its matcher has no groups worth the name,
 * lets `|` end everything, knows no `?`, may take `+` for `*`, and never looks for nothing behind the last character:
 * scripts/simulator/espruino/regexp.ts does as it does.
 */
export function isReadAlike(pattern: string): boolean {
  let rest = pattern.startsWith("^") ? pattern.slice(1) : pattern;
  let least = 0;
  const next = () => {
    STEP.lastIndex = 0;
    return STEP.exec(rest);
  };
  for (let step = next(); step; step = next()) {
    const [whole, what = "", repeated] = step;
    if (what === "[]" || what === "[^]" || !risingRanges(what)) return false;
    if (!repeated) least++;
    rest = rest.slice(whole.length);
  }
  return least > 0 && (rest === "" || rest === "$");
}

/** In the interpreter `[a-a]` is empty. */
function risingRanges(what: string): boolean {
  if (!what.startsWith("[")) return true;
  const named = what.slice(1, -1).replace(/\\./g, "");
  return [...named.matchAll(/(.)-(.)/g)].every(([, from = "", to = ""]) => from < to);
}

/** Regular expressions that the interpreter might match otherwise than the standard, or throw on. */
export const differingRegExp: Rule = (subject) => {
  const findings: Finding[] = [];
  for (const node of descendants(subject.program)) {
    const refuse = (message: string) => findings.push({ at: node.start, message });
    if (node.type === "Literal" && node.regex) {
      const { pattern, flags } = node.regex;
      const call = replaceOf(node, subject);
      if (!isReadAlike(pattern)) refuse(`Espruino might match /${pattern}/ otherwise: ${INSTEAD}`);
      else if (flags !== "" && !(flags === "g" && call))
        refuse(`the flags ${flags} of a regular expression: only g, and only within replace(..)`);
      const text = call?.arguments[1];
      if (text?.type === "Literal" && String(text.value).includes("$"))
        refuse("a $ in what replaces a match: give replace a function");
    } else if (
      node.type === "Identifier" &&
      node.name === "RegExp" &&
      !subject.scopes.variableOf(node) &&
      !isMemberName(node, subject)
    ) {
      refuse("a regular expression made at run time cannot be checked: write it as /../");
    } else if (node.type === "MemberExpression" && memberName(node) === "lastIndex") {
      refuse("lastIndex, which there counts without the flag g, too: use indexOf");
    }
  }
  return findings;
};

function isMemberName(node: AnyNode, { scopes }: Subject): boolean {
  const parent = scopes.parentOf(node);
  return (
    (parent?.type === "MemberExpression" && parent.property === node && !parent.computed) ||
    (parent?.type === "Property" && parent.key === node)
  );
}

/** The call of `replace` that the expression is for, by itself or as a choice of two. */
function replaceOf(literal: Literal, { scopes }: Subject): CallExpression | undefined {
  let node: AnyNode = literal;
  let parent = scopes.parentOf(node);
  while (parent?.type === "ConditionalExpression" && parent.test !== node) {
    node = parent;
    parent = scopes.parentOf(node);
  }
  if (parent?.type !== "CallExpression" || parent.arguments[0] !== node) return undefined;
  return parent.callee.type === "MemberExpression" && memberName(parent.callee) === "replace"
    ? parent
    : undefined;
}
