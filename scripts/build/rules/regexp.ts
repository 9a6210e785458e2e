import type { AnyNode, CallExpression, Identifier, NewExpression } from "acorn";
import { descendants } from "../tree.ts";
import type { Finding, Rule } from "./rule.ts";

const INSTEAD = "use indexOf and substr, which are faster too";

/** Regular expressions that the interpreter throws on, or silently matches otherwise. */
export const brokenRegExp: Rule = ({ program, scopes }) => {
  const findings: Finding[] = [];
  for (const node of descendants(program)) {
    const refuse = (what: string) => findings.push({ at: node.start, message: `${what}: ${INSTEAD}` });
    const [pattern, flags] = patternOf(node) ?? [];
    if (pattern !== undefined) {
      const broken = brokenPart(pattern) ?? (/[^gi]/.test(flags ?? "") ? `the flags ${flags}` : undefined);
      if (broken) refuse(`Espruino's regular expressions do not have ${broken}`);
    } else if (isRegExpCall(node) && !scopes.variableOf(node.callee as Identifier)) {
      refuse("a regular expression made at run time cannot be checked");
    }
  }
  return findings;
};

function isRegExpCall(node: AnyNode): node is CallExpression | NewExpression {
  return (
    (node.type === "NewExpression" || node.type === "CallExpression") &&
    node.callee.type === "Identifier" &&
    node.callee.name === "RegExp"
  );
}

function patternOf(node: AnyNode): [string, string] | undefined {
  if (node.type === "Literal" && node.regex) return [node.regex.pattern, node.regex.flags];
  if (!isRegExpCall(node)) return undefined;
  const [pattern, flags] = node.arguments.map((argument) =>
    argument.type === "Literal" && typeof argument.value === "string" ? argument.value : undefined,
  );
  return pattern === undefined ? undefined : [pattern, flags ?? ""];
}

function brokenPart(pattern: string): string | undefined {
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i);
    if (character === "\\") {
      const escaped = pattern.charAt(++i);
      if (escaped === "x" || escaped === "u") return `\\${escaped}..`;
      if (!inClass && /[bB1-9]/.test(escaped)) return `\\${escaped}`;
    } else if (inClass) {
      inClass = character !== "]";
    } else if (character === "[") {
      inClass = true;
    } else if (character === "{") {
      return "{n,m}";
    } else if (character === "?") {
      const before = pattern.charAt(i - 1);
      if (before === "(") return pattern.substring(i - 1, i + 2);
      return before === "*" || before === "+" ? `lazy ${before}?` : "a ? that matches nothing";
    }
  }
  return undefined;
}
