/**
 * What runs seldom takes no memory meanwhile: of a file whose first comment has the tag `@seldom`, the private functions and
 * constants are moved inside of the one function that it exports. There they are made at each call, which takes the
 * interpreter some milliseconds, and are gone after it; or when the last of them that something holds, such as a timer, is.
 */
import { type AnyNode, parse } from "acorn";
import MagicString from "magic-string";
import { edited } from "./edited.ts";
import { isFunction, runBy } from "./tree.ts";

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,(.*)\s*$/;

/** Whether a file's first comment says so. `source`: its TypeScript. */
export const isSeldom = (source: string): boolean =>
  source.startsWith("/**") && /@seldom\b/.test(source.slice(0, source.indexOf("*/")));

/** The module with its private parts inside of its function. `code`: as emitted. Throws what is wrong with it, for a person. */
export function nest(code: string): string {
  const inline = INLINE_MAP.exec(code);
  const text = new MagicString(inline ? code.slice(0, inline.index) : code);
  const { body } = parse(text.original, { ecmaVersion: "latest", sourceType: "module" });
  const [exported, another] = body.filter(({ type }) => type.startsWith("Export"));
  if (exported?.type !== "ExportNamedDeclaration" || !isFunction(exported.declaration) || another)
    throw Error("@seldom: must export one function, and nothing else");
  const inside = exported.declaration;
  const moved = body.filter((node) => node !== exported && node.type !== "ImportDeclaration");
  for (const node of moved)
    if (node.type !== "FunctionDeclaration" && !isConstant(node))
      throw Error("@seldom: keeps nothing from one call to the next, and does nothing while it is loaded");
  const own = new Set(moved.flatMap(namesOf));
  const locals = [...runBy(inside.body)].filter(
    ({ type }) => type === "VariableDeclaration" || type === "FunctionDeclaration",
  );
  for (const name of [...inside.params, ...locals].flatMap(namesOf))
    if (own.has(name)) throw Error(`@seldom: ${name} is the name of two things`);
  for (const { start, end } of moved) text.move(start, end, inside.body.start + 1);
  // What was moved ends where it is, and the function's body begins.
  for (const { end } of moved) text.appendLeft(end, "\n");
  const nested = edited(text, Buffer.from(inline?.[1] ?? "", "base64").toString() || EMPTY_MAP);
  const map = Buffer.from(nested.map).toString("base64");
  return `${nested.code}\n//# sourceMappingURL=data:application/json;base64,${map}\n`;
}

const EMPTY_MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/** TypeScript's `const` is a `var` here; of an array or an object nobody knows whether it stays as it is. */
const isConstant = (node: AnyNode): boolean =>
  node.type === "VariableDeclaration" && node.declarations.every(({ init }) => init?.type === "Literal");

function namesOf(node: AnyNode): string[] {
  if (node.type === "VariableDeclaration") return node.declarations.flatMap(({ id }) => namesOf(id));
  if (node.type === "FunctionDeclaration") return namesOf(node.id as AnyNode);
  return node.type === "Identifier" ? [node.name] : [];
}
