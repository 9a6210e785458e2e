import { parse } from "acorn";
import { BuildError, type Origin } from "./problem.ts";
import { differingBuiltins, missingBuiltins } from "./rules/builtins.ts";
import { declarationBeforeUse } from "./rules/order.ts";
import { differingRegExp } from "./rules/regexp.ts";
import type { Finding, Rule, Subject } from "./rules/rule.ts";
import { unsupportedReferences, unsupportedSyntax, unsupportedText } from "./rules/syntax.ts";
import { clearedTimers } from "./rules/timers.ts";
import { scopesOf } from "./scopes.ts";

const RULES: Rule[] = [
  unsupportedText,
  unsupportedSyntax,
  unsupportedReferences,
  declarationBeforeUse,
  missingBuiltins,
  differingBuiltins,
  differingRegExp,
  clearedTimers,
];

/** The blob's syntax tree, parsed as ES5 by a parser that is not the minifier's. */
export function parseES5(code: string, origin: Origin): Subject {
  try {
    const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
    return { code, program, scopes: scopesOf(program) };
  } catch (failure) {
    if (!(failure instanceof SyntaxError) || !("loc" in failure)) throw failure;
    const { line, column } = failure.loc as { line: number; column: number };
    throw new BuildError([`${origin({ line, column })}: not ES5: ${failure.message}`]);
  }
}

/** One line a thing that Espruino would fail on, in the order of the blob. */
export function refusals(subject: Subject, origin: Origin): string[] {
  const findings: Finding[] = RULES.flatMap((rule) => rule(subject)).sort((a, b) => a.at - b.at);
  const lines = findings.map(({ at, message }) => `${origin(positionOf(subject.code, at))}: ${message}`);
  return [...new Set(lines)];
}

function positionOf(code: string, at: number) {
  const before = code.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}
