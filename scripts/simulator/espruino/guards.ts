/**
 * Guards in a program's source: a call in each turn of a loop and at the start of each function, so that a program that
 * does not return can be stopped from outside. Nothing else of the program changes; `withoutGuards` gives it back.
 */
import { type AnyNode, type Program, parse } from "acorn";
import MagicString from "magic-string";
import { descendants } from "../../build/tree.ts";

/** The function that is called, a global of the realm. */
export const GUARD = "__turn__";

const IN_TEST = `${GUARD}(),`;
const AS_TEST = `!${GUARD}()`;
const STATEMENT = `${GUARD}();`;
const BEFORE_VALUE = `(${GUARD}() ,`;
const AFTER_VALUE = `/*${GUARD}*/)`;

const PIECES = [AS_TEST, IN_TEST, STATEMENT, BEFORE_VALUE, AFTER_VALUE];

/** Where a `for`'s first semicolon ends: what is before it is white space and comments. */
function afterInit(source: string, from: number): number {
  return from + (/^(?:[\s(]|\/\*[\s\S]*?\*\/|\/\/.*)*;/.exec(source.slice(from))?.[0].length ?? 0);
}

/** Lines and their order stay. What is no JavaScript is given back as it is: who runs it says what is wrong. */
export function withGuards(source: string): string {
  let program: Program;
  try {
    program = parse(source, {
      ecmaVersion: "latest",
      sourceType: "script",
      allowReturnOutsideFunction: true,
    });
  } catch (error) {
    if (error instanceof SyntaxError) return source;
    throw error;
  }
  const guarded = new MagicString(source);
  const intoBlock = (block: AnyNode): void => {
    if (block.type === "BlockStatement") guarded.appendRight(block.start + 1, STATEMENT);
  };
  for (const node of descendants(program))
    switch (node.type) {
      case "WhileStatement":
      case "DoWhileStatement":
        guarded.appendRight(node.test.start, IN_TEST);
        break;
      case "ForStatement":
        if (node.test) guarded.appendRight(node.test.start, IN_TEST);
        else guarded.appendRight(afterInit(source, node.init?.end ?? node.start + "for".length), AS_TEST);
        break;
      case "ForInStatement":
      case "ForOfStatement":
        intoBlock(node.body);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        intoBlock(node.body);
        if (node.body.type !== "BlockStatement") {
          guarded.appendRight(node.body.start, BEFORE_VALUE);
          guarded.appendLeft(node.body.end, AFTER_VALUE);
        }
        break;
      // What was stopped is not to go on in these.
      case "TryStatement":
        if (node.handler) intoBlock(node.handler.body);
        if (node.finalizer) intoBlock(node.finalizer);
    }
  return guarded.toString();
}

/** A piece of source as it was before. */
export function withoutGuards(source: string): string {
  return PIECES.reduce((text, piece) => text.replaceAll(piece, ""), source);
}
