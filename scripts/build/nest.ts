import { type FunctionDeclaration, type Identifier, type Program, parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { escaping } from "./calls.ts";
import { edited } from "./edited.ts";
import { type Scopes, scopesOf, type Variable } from "./scopes.ts";
import { descendants, type FunctionNode, isFunction } from "./tree.ts";

/**
 * Puts each function that only one other calls into that one. Outside it takes five variables for good; inside it takes
 * them while the other runs, which makes it anew each time: for the interpreter, reading over its text. 60 bytes of text
 * take a tenth of a millisecond on an nRF52.
 */
export function nestHelpers(bundled: Bundled): Bundled {
  const text = new MagicString(bundled.code);
  for (const { helper, caller } of movesIn(bundled.code))
    text.move(helper.start, helper.end, caller.body.start + 1);
  return text.hasChanged() ? nestHelpers(edited(text, bundled.map)) : bundled;
}

interface Move {
  helper: FunctionDeclaration;
  caller: FunctionNode;
}

/** Those that do not meddle with each other. What a helper has helpers for moves the next time. */
function movesIn(code: string): Move[] {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const scopes = scopesOf(program);
  const escaped = escaping(program, scopes);
  // What outlives a call keeps all that was made in it.
  const kept = new Set([...escaped].flatMap((closure) => functionsAround(closure, scopes)));
  const moves: Move[] = [];
  for (const variable of scopes.variables) {
    const helper = helperIn(variable, program);
    const caller = helper && onlyCaller(helper, variable, scopes);
    if (!caller || escaped.has(helper) || kept.has(helper) || kept.has(caller)) continue;
    if (hides(caller, helper, program, scopes) || runsTwice(caller, scopes)) continue;
    const moving = moves.flatMap((move) => [move.helper, move.caller] as FunctionNode[]);
    if (!moving.includes(helper) && !moving.includes(caller)) moves.push({ helper, caller });
  }
  return moves;
}

function helperIn({ kind, scope, values }: Variable, program: Program): FunctionDeclaration | undefined {
  const [value] = values;
  const isHelper = kind === "function" && scope === program && values.length === 1;
  return isHelper && value?.type === "FunctionDeclaration" ? (value as FunctionDeclaration) : undefined;
}

/** The one function outside of all others in which all calls stand. */
function onlyCaller(
  helper: FunctionNode,
  { references }: Variable,
  scopes: Scopes,
): FunctionNode | undefined {
  const callers = new Set(references.map((call) => functionsAround(call, scopes).at(-1)));
  callers.delete(helper);
  const [caller] = callers;
  return callers.size === 1 ? caller : undefined;
}

/** From the innermost outwards. */
function functionsAround(node: Parameters<Scopes["functionAround"]>[0], scopes: Scopes): FunctionNode[] {
  const around = scopes.functionAround(node);
  return isFunction(around) ? [around, ...functionsAround(around, scopes)] : [];
}

/** Whether a name that the helper uses is another thing in the caller. */
function hides(caller: FunctionNode, helper: FunctionDeclaration, program: Program, scopes: Scopes): boolean {
  const own = scopes.variables.filter(({ scope }) => scope === caller).map(({ name }) => name);
  return [...descendants(helper)].some(
    (node) => node.type === "Identifier" && isOutside(node, program, scopes) && own.includes(node.name),
  );
}

function isOutside(node: Identifier, program: Program, scopes: Scopes): boolean {
  const variable = scopes.variableOf(node);
  return !variable || variable.scope === program;
}

/** Whether a function may run while it runs, so that its helpers would be there twice. */
function runsTwice(caller: FunctionNode, scopes: Scopes): boolean {
  const variable = caller.id && scopes.variableOf(caller.id);
  return (
    variable?.references.some((reference) => functionsAround(reference, scopes).includes(caller)) ?? false
  );
}
