import { type AnyNode, parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { descendants } from "./tree.ts";

/**
 * Puts into parentheses each string and regular expression that begins a statement where Espruino would misread it.
 *
 * Its lexer is one token ahead of what runs, and gives strings and regular expressions their text only while code
 * runs. So one that is first in a `case`, or follows a branch or a `catch` that was skipped, is empty:
 * `if(0){}"A"===s` is false, whatever `s` is. And behind a `)` it takes `/` for a division. The minifier makes such
 * statements, since it moves constants to the front. A `;` before the literal would not do: after
 * `if(a){}else if(b){}` it is skipped too.
 */
export function parenthesizeLiterals({ code, map }: Bundled): Bundled {
  const text = new MagicString(code);
  for (const node of descendants(parse(code, { ecmaVersion: 5, sourceType: "script" }))) {
    const misread = [
      ...statementsReadTooEarly(node).filter(({ start }) => /["'/]/.test(code.charAt(start))),
      ...statementsBehindParenthesis(node).filter(({ start }) => code.charAt(start) === "/"),
    ];
    for (const { start, end } of misread.map(firstLiteral)) text.appendRight(start, "(").appendLeft(end, ")");
  }
  return edited(text, map);
}

/** Those whose first token is read while what stands before them is skipped. */
function statementsReadTooEarly(node: AnyNode): AnyNode[] {
  if (node.type === "SwitchCase")
    return [...(node.test ? node.consequent.slice(0, 1) : []), ...afterSkippable(node.consequent)];
  if (node.type === "BlockStatement" || node.type === "Program") return afterSkippable(node.body);
  return [];
}

/** Loops, a `switch` and functions are no danger: behind them the interpreter reads anew. */
function afterSkippable(list: AnyNode[]): AnyNode[] {
  return list.filter((_, i) => {
    const before = list[i - 1]?.type;
    return before === "IfStatement" || before === "TryStatement";
  });
}

function statementsBehindParenthesis(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case "IfStatement":
      return [node.consequent];
    case "ForStatement":
    case "ForInStatement":
    case "WhileStatement":
      return [node.body];
    default:
      return [];
  }
}

function firstLiteral(statement: AnyNode): AnyNode {
  for (const node of descendants(statement)) {
    if (node.type === "Literal" && node.start === statement.start) return node;
  }
  throw new Error(`no literal at ${statement.start}`);
}
