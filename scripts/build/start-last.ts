import { parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { type descendants, isFunction, runBy } from "./tree.ts";

/**
 * Puts what the blob does at last, once its functions and variables stand, into one function that is called at once. The
 * interpreter runs what it has read: of a blob that was cut short, since the power went while it was flashed, it would
 * start whatever is there, up to a watchdog that nothing feeds and a handler that restarts the board because of the syntax
 * error at the cut, for ever. A function that does not end is not run at all.
 */
export function startLast({ code, map }: Bundled): Bundled {
  const { body } = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const declares = (statement: (typeof body)[number]) =>
    isFunction(statement) || [...runBy(statement)].some(({ type }) => type === "VariableDeclaration");
  const first = body.findLastIndex(declares) + 1;
  const [start, end] = [body[first]?.start, body.at(-1)?.end];
  // Outside of functions `this` is the interpreter's global object, and so it is in a function that is only called.
  if (start === undefined || end === undefined || !body.slice(first).some(calls)) return { code, map };
  return edited(new MagicString(code).appendRight(start, "!function(){").appendLeft(end, "}();"), map);
}

function calls(statement: Parameters<typeof descendants>[0]): boolean {
  return [...runBy(statement)].some(({ type }) => type === "CallExpression" || type === "NewExpression");
}
