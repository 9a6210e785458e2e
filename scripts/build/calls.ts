import type { AnyNode, CallExpression, NewExpression, Program } from "acorn";
import type { Scopes } from "./scopes.ts";
import { descendants, type FunctionNode, isFunction, keyName, memberName } from "./tree.ts";

/** They keep the function they are given for later. */
const LATER = ["setTimeout", "setInterval", "setWatch", "on", "once", "then", "catch", "bind"];

/** Which functions of the program a call may run before it returns: the callee, and any function handed to it. */
export type RunsAtOnce = (call: CallExpression | NewExpression) => Set<FunctionNode>;

/**
 * By name where types would be needed: `a.send()` may run any function that the program ever stores as `send`, and
 * `a[k]()` any that it stores under any name.
 */
export function runsAtOnce(program: Program, scopes: Scopes): RunsAtOnce {
  const members = new Map<string, AnyNode[]>();
  const store = (name: string | undefined, value: AnyNode) => {
    const key = name ?? "";
    members.set(key, [...(members.get(key) ?? []), value]);
  };
  for (const node of descendants(program)) {
    if (node.type === "Property") store(keyName(node.key), node.value);
    else if (node.type === "ArrayExpression")
      for (const value of node.elements) value && store(undefined, value);
    else if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
      store(memberName(node.left), node.right);
    }
  }

  /** The functions that an expression's value may be. */
  function functionsIn(value: AnyNode, found: Set<FunctionNode>, seen: Set<AnyNode>): void {
    if (seen.has(value)) return;
    seen.add(value);
    const follow = (next: AnyNode) => functionsIn(next, found, seen);
    if (isFunction(value)) found.add(value);
    else if (value.type === "Identifier")
      for (const v of scopes.variableOf(value)?.values ?? []) v && follow(v);
    else if (value.type === "ConditionalExpression") [value.consequent, value.alternate].forEach(follow);
    else if (value.type === "LogicalExpression") [value.left, value.right].forEach(follow);
    else if (value.type === "SequenceExpression") value.expressions.slice(-1).forEach(follow);
    else if (value.type === "AssignmentExpression") follow(value.right);
    else if (value.type === "MemberExpression") {
      const name = memberName(value);
      if (name === "call" || name === "apply") follow(value.object);
      else if (name !== undefined) [...(members.get(name) ?? []), ...(members.get("") ?? [])].forEach(follow);
      else [...members.values()].flat().forEach(follow);
    }
  }

  return (call) => {
    const found = new Set<FunctionNode>();
    const seen = new Set<AnyNode>();
    functionsIn(call.callee, found, seen);
    const { callee } = call;
    const name =
      callee.type === "MemberExpression" ? memberName(callee) : callee.type === "Identifier" && callee.name;
    if (!name || !LATER.includes(name))
      for (const argument of call.arguments) functionsIn(argument, found, seen);
    return found;
  };
}

/** The functions whose value is used other than by calling it there and then: they may outlive the code around them. */
export function escaping(program: Program, scopes: Scopes): Set<FunctionNode> {
  const escaped = new Set<FunctionNode>();
  const called = (node: AnyNode) => {
    const parent = scopes.parentOf(node);
    return (parent?.type === "CallExpression" || parent?.type === "NewExpression") && parent.callee === node;
  };
  for (const node of descendants(program)) {
    if (node.type === "FunctionExpression" && !called(node)) escaped.add(node);
    if (node.type !== "FunctionDeclaration" || !isFunction(node)) continue;
    const variable = node.id && scopes.variableOf(node.id);
    if (variable?.references.some((reference) => !called(reference))) escaped.add(node);
  }
  return escaped;
}
