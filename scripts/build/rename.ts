import { parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { globalNames } from "./global-names.ts";
import { type ScopeNode, scopesOf, type Variable } from "./scopes.ts";
import { descendants, isReference } from "./tree.ts";

const FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_";
const NEXT = `${FIRST}0123456789`;
/** `of` is one of the interpreter's own words, though not one of ES5. */
const RESERVED = ["do", "if", "in", "of"];

/**
 * Gives the shortest names to the variables that are written most often. The minifier gives them in the order of the
 * declarations, so that a function used once may have one letter and a state variable used twenty times two.
 */
export function renameByUse({ code, map }: Bundled): Bundled {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const { variables, variableOf, parentOf } = scopesOf(program);

  const scopes = new Set<unknown>(variables.map(({ scope }) => scope));
  /** The scopes in which the variable's name must not mean another: from each place of use out to its own. */
  const seen = new Map<Variable, Set<ScopeNode>>();
  for (const variable of variables) {
    const within = new Set<ScopeNode>([variable.scope]);
    for (const place of [...variable.references, ...variable.declarations]) {
      for (let node = parentOf(place); node && node !== variable.scope; node = parentOf(node))
        if (scopes.has(node)) within.add(node as ScopeNode);
    }
    seen.set(variable, within);
  }

  const free = new Set(RESERVED);
  for (const node of descendants(program))
    if (node.type === "Identifier" && isReference(node, parentOf(node)) && !variableOf(node))
      free.add(node.name);

  const places = (variable: Variable) => new Set([...variable.references, ...variable.declarations]);
  const named = new Map<string, Variable[]>();
  const byUse = [...variables].sort((a, b) => places(b).size - places(a).size);
  const shortest = (variable: Variable): string => {
    for (const name of variable.scope.type === "Program" ? globalNames() : names()) {
      const same = named.get(name) ?? [];
      const clash = ({ scope }: Variable, other: Variable) => seen.get(other)?.has(scope);
      if (free.has(name) || same.some((other) => clash(variable, other) || clash(other, variable))) continue;
      named.set(name, [...same, variable]);
      return name;
    }
    throw new Error(`no name left for ${variable.name}`);
  };
  const text = new MagicString(code);
  for (const variable of byUse) {
    const name = shortest(variable);
    for (const { start, end } of places(variable)) text.update(start, end, name);
  }
  return edited(text, map);
}

/** All names of one letter, then all of two: more than any blob has variables. */
function* names(): Generator<string> {
  yield* FIRST;
  for (const first of FIRST) for (const next of NEXT) yield first + next;
}
