/**
 * Guards in a program's source: a call in each turn of a loop and at the start of each function, so that a program that
 * does not return can be stopped from outside. Nothing else of the program changes; `withoutGuards` gives it back.
 */
import { type Node, parse } from "acorn";
import { full } from "acorn-walk";

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
  const inserts: { at: number; text: string }[] = [];
  const insert = (at: number, text: string): void => {
    inserts.push({ at, text });
  };
  const intoBlock = (block: Node): void => {
    if (block.type === "BlockStatement") insert(block.start + 1, STATEMENT);
  };
  try {
    full(
      parse(source, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true }),
      // Acorn-walk's type of a node has none of its members.
      // biome-ignore lint/suspicious/noExplicitAny: as said
      (node: any) => {
        switch (node.type) {
          case "WhileStatement":
          case "DoWhileStatement":
            insert(node.test.start, IN_TEST);
            break;
          case "ForStatement":
            if (node.test) insert(node.test.start, IN_TEST);
            else insert(afterInit(source, node.init?.end ?? node.start + "for".length), AS_TEST);
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
              insert(node.body.start, BEFORE_VALUE);
              insert(node.body.end, AFTER_VALUE);
            }
            break;
          // What was stopped is not to go on in these.
          case "TryStatement":
            if (node.handler) intoBlock(node.handler.body);
            if (node.finalizer) intoBlock(node.finalizer);
        }
      },
    );
  } catch (error) {
    if (error instanceof SyntaxError) return source;
    throw error;
  }
  let guarded = source;
  for (const { at, text } of inserts.sort((a, b) => b.at - a.at))
    guarded = guarded.slice(0, at) + text + guarded.slice(at);
  return guarded;
}

/** A piece of source as it was before. */
export function withoutGuards(source: string): string {
  return PIECES.reduce((text, piece) => text.replaceAll(piece, ""), source);
}
