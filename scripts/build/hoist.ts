import { type AnyNode, parse } from "acorn";
import type { Bundled } from "./bundle.ts";
import { type Edit, edit } from "./edit.ts";
import { earlyUses } from "./rules/order.ts";
import { type Scopes, scopesOf, type Variable } from "./scopes.ts";
import { isFunction } from "./tree.ts";

/**
 * Declares at the top of its function each variable that may be used before its `var` has run. Other engines do that
 * by themselves, and the minifier counts on it: it drops the second of two `var`s, though only one of them is passed,
 * and puts the variables of a function that it inlined behind the code that uses them.
 */
export function hoistVariables({ code, map }: Bundled): Bundled {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const scopes = scopesOf(program);
  const variables = new Set(earlyUses(program, scopes).map(({ variable }) => variable));
  const hoisted = [...variables].filter(({ kind }) => kind === "var");
  return edit({ code, map }, [...removals(hoisted, scopes), ...insertions(hoisted)]);
}

/** A declaration of nothing but hoisted variables, without values, has become useless. */
function removals(hoisted: Variable[], { variableOf, parentOf }: Scopes): Edit[] {
  const declarations = new Set<AnyNode>();
  for (const { declarations: ids } of hoisted) {
    for (const id of ids) {
      const declaration = parentOf(parentOf(id) as AnyNode);
      if (declaration?.type !== "VariableDeclaration" || parentOf(declaration)?.type !== "BlockStatement")
        continue;
      const useless = declaration.declarations.every(
        ({ id, init }) => !init && id.type === "Identifier" && hoisted.includes(variableOf(id) as Variable),
      );
      if (useless) declarations.add(declaration);
    }
  }
  return [...declarations].map(({ start, end }) => ({ at: start, remove: end - start, insert: "" }));
}

/** At the top, behind the functions, in the `var` that stands there already if there is one. */
function insertions(hoisted: Variable[]): Edit[] {
  const names = new Map<AnyNode, string[]>();
  for (const { scope, name } of hoisted) names.set(scope, [...(names.get(scope) ?? []), name]);
  return [...names].map(([scope, added]) => {
    const block = isFunction(scope) ? scope.body : scope;
    const body = (block as { body: AnyNode[] }).body;
    const first = body.find(({ type }) => type !== "FunctionDeclaration") as AnyNode;
    return first.type === "VariableDeclaration"
      ? { at: first.start + "var ".length, remove: 0, insert: `${added.join(",")},` }
      : { at: first.start, remove: 0, insert: `var ${added.join(",")};` };
  });
}
