import { type AnyNode, parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { earlyUses } from "./rules/order.ts";
import { type ScopeNode, type Scopes, scopesOf, type Variable } from "./scopes.ts";
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
  const text = new MagicString(code);
  for (const { start, end } of useless(hoisted, scopes)) text.remove(start, end);
  for (const [scope, names] of namesByScope(hoisted)) declareAtTop(text, scope, names);
  return edited(text, map);
}

/** The declarations of nothing but hoisted variables, without values. */
function useless(hoisted: Variable[], { variableOf, parentOf }: Scopes): Set<AnyNode> {
  const declarations = new Set<AnyNode>();
  for (const { declarations: ids } of hoisted) {
    for (const id of ids) {
      const declaration = parentOf(parentOf(id) as AnyNode);
      if (declaration?.type !== "VariableDeclaration" || parentOf(declaration)?.type !== "BlockStatement")
        continue;
      const isUseless = declaration.declarations.every(
        ({ id, init }) => !init && id.type === "Identifier" && hoisted.includes(variableOf(id) as Variable),
      );
      if (isUseless) declarations.add(declaration);
    }
  }
  return declarations;
}

function namesByScope(variables: Variable[]): Map<ScopeNode, string[]> {
  const names = new Map<ScopeNode, string[]>();
  for (const { scope, name } of variables) names.set(scope, [...(names.get(scope) ?? []), name]);
  return names;
}

/** Behind the functions, in the `var` that stands there already if there is one. */
function declareAtTop(text: MagicString, scope: ScopeNode, names: string[]): void {
  const block = isFunction(scope) ? scope.body : scope;
  const body = (block as { body: AnyNode[] }).body;
  const first = body.find(({ type }) => type !== "FunctionDeclaration") as AnyNode;
  if (first.type === "VariableDeclaration")
    text.appendRight(first.start + "var ".length, `${names.join(",")},`);
  else text.appendRight(first.start, `var ${names.join(",")};`);
}
