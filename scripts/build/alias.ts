import { type AnyNode, type Identifier, type Program, parse } from "acorn";
import type { Bundled } from "./bundle.ts";
import { type Edit, edit } from "./edit.ts";
import { scopesOf } from "./scopes.ts";
import { descendants, isReference } from "./tree.ts";

/** What every interpreter has as soon as the blob is loaded, and the firmware uses often. */
const FUNCTIONS = ["setTimeout", "print", "String", "JSON", "Uint8Array", "Int32Array"];
/** Letters of an alias, at most. */
const NAME = 2;
/** For fewer bytes it is not worth the variables it takes, two or three. */
const LEAST_SAVED = 20;

/** A place where an alias stands instead. */
interface Place {
  at: number;
  remove: number;
  /** What stands around the alias: brackets, for a member. */
  around: [before: string, after: string];
}

/**
 * Gives words that are written often a variable, which `renameByUse` then gives a short name: the interpreter's own
 * functions (`setTimeout`) and the names of members (`a.length` becomes `a[b]`). To the interpreter the two differ for a
 * number only, where `[b]` throws if there is no such member; the type checker knows no `length` of a number either.
 */
export function aliasWords({ code, map }: Bundled): Bundled {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const start = placeForVariables(program);
  if (start === undefined) return { code, map };

  const aliases = [
    ...[...functionUses(program)].map(([name, places]) => ({ name: `${name}_call`, value: name, places })),
    ...[...memberUses(program)].map(([name, places]) => ({
      name: `${name}_member`,
      value: `"${name}"`,
      places,
    })),
  ];
  const edits: Edit[] = [];
  for (const { name, value, places } of aliases) {
    const saved = places.reduce((sum, { remove, around }) => sum + remove - around.join("").length - NAME, 0);
    if (saved - NAME - "=,".length - value.length < LEAST_SAVED) continue;
    edits.push({ at: start, remove: 0, insert: `${name}=${value},` });
    for (const { at, remove, around } of places) edits.push({ at, remove, insert: around.join(name) });
  }
  return edit({ code, map }, edits);
}

function functionUses(program: AnyNode & { type: "Program" }): Map<string, Place[]> {
  const { variableOf, parentOf } = scopesOf(program);
  const uses = new Map<string, Place[]>();
  for (const node of descendants(program)) {
    if (node.type !== "Identifier" || !FUNCTIONS.includes(node.name)) continue;
    if (variableOf(node) || !isReference(node, parentOf(node))) continue;
    const place: Place = { at: node.start, remove: node.end - node.start, around: ["", ""] };
    uses.set(node.name, [...(uses.get(node.name) ?? []), place]);
  }
  return uses;
}

function memberUses(program: AnyNode): Map<string, Place[]> {
  const uses = new Map<string, Place[]>();
  for (const node of descendants(program)) {
    if (node.type !== "MemberExpression" || node.computed) continue;
    const property = node.property as Identifier;
    // With the dot: the code is minified, so it stands right before the name.
    const at = property.start - 1;
    const place: Place = { at, remove: property.end - at, around: ["[", "]"] };
    uses.set(property.name, [...(uses.get(property.name) ?? []), place]);
  }
  return uses;
}

/** In the `var` that the blob begins with, behind its functions. */
function placeForVariables(program: Program): number | undefined {
  const first = program.body.find(({ type }) => type !== "FunctionDeclaration");
  return first?.type === "VariableDeclaration" ? first.start + "var ".length : undefined;
}
