import type { Identifier, Program } from "acorn";
import { type RunsAtOnce, runsAtOnce } from "../calls.ts";
import type { Scopes, Variable } from "../scopes.ts";
import { descendants, type FunctionNode, isFunction, runBy } from "../tree.ts";
import { Flow } from "./flow.ts";
import type { Rule } from "./rule.ts";

/** A place that uses a variable or a function of the program that may not be declared by then. */
export interface EarlyUse {
  use: Identifier;
  variable: Variable;
  /** The use is in a function that runs too early. */
  called: boolean;
}

/**
 * Espruino hoists nothing: a name exists from the moment its `var` or `function` has run. So on every path through a
 * function the declaration comes before the use, also where the use is in a function called on the way.
 */
export const declarationBeforeUse: Rule = ({ program, scopes }) =>
  earlyUses(program, scopes).map(({ use, variable, called }) => {
    const what = variable.kind === "function" ? `function ${use.name}` : `\`${use.name}\``;
    const when = called ? "is used by a function that runs before" : "is used where it may be before";
    return {
      at: use.start,
      message: `${what} ${when} its declaration, and Espruino hoists nothing: declare it further up`,
    };
  });

export function earlyUses(program: Program, scopes: Scopes): EarlyUse[] {
  const calls = runsAtOnce(program, scopes);
  const needs = outerVariables(program, scopes, calls);
  const early = new Map<Identifier, EarlyUse>();

  for (const owner of descendants(program)) {
    if (owner.type !== "Program" && !isFunction(owner)) continue;
    new Flow({
      declaredBy: (id) => scopes.variableOf(id),
      evaluate(expression, declared) {
        const check = (variable: Variable | undefined, use: Identifier, called: boolean) => {
          if (variable?.scope !== owner || declared.has(variable) || early.has(use)) return;
          if (variable.kind === "var" || variable.kind === "function")
            early.set(use, { use, variable, called });
        };
        for (const node of runBy(expression)) {
          if (node.type === "Identifier") check(scopes.variableOf(node), node, false);
          if (node.type !== "CallExpression" && node.type !== "NewExpression") continue;
          for (const callee of calls(node)) {
            for (const [variable, use] of needs.get(callee) ?? []) check(variable, use, true);
          }
        }
      },
    }).run(owner);
  }
  return [...early.values()];
}

/** Of each function, the variables of functions around it that a call may touch, with one place that does. */
function outerVariables(program: Program, scopes: Scopes, calls: RunsAtOnce) {
  const needs = new Map<FunctionNode, Map<Variable, Identifier>>();
  const callees = new Map<FunctionNode, Set<FunctionNode>>();
  for (const node of descendants(program)) {
    if (!isFunction(node)) continue;
    const own = new Map<Variable, Identifier>();
    const called = new Set<FunctionNode>();
    for (const part of runBy(node.body)) {
      if (part.type === "Identifier") {
        const variable = scopes.variableOf(part);
        if (variable && isOutside(variable, node)) own.set(variable, part);
      } else if (part.type === "CallExpression" || part.type === "NewExpression") {
        for (const callee of calls(part)) called.add(callee);
      }
    }
    needs.set(node, own);
    callees.set(node, called);
  }
  for (let grown = true; grown; ) {
    grown = false;
    for (const [caller, own] of needs) {
      for (const callee of callees.get(caller) ?? []) {
        for (const [variable, use] of needs.get(callee) ?? []) {
          if (own.has(variable) || !isOutside(variable, caller)) continue;
          own.set(variable, use);
          grown = true;
        }
      }
    }
  }
  return needs;
}

function isOutside(variable: Variable, node: FunctionNode): boolean {
  return variable.scope.start < node.start || variable.scope.end > node.end;
}
