import type { AnyNode, CallExpression, NewExpression, Program } from "acorn";
import type { Scopes } from "./scopes.ts";
import { descendants, type FunctionNode, isFunction, keyName, memberName } from "./tree.ts";

/** They keep the function they are given for later. */
const LATER = ["setTimeout", "setInterval", "setWatch", "on", "once", "then", "catch", "bind"];

/** Which functions of the program a call may run before it returns: the callee, and any function handed to it. */
export type RunsAtOnce = (call: CallExpression | NewExpression) => ReadonlySet<FunctionNode>;

/**
 * By name where types would be needed: `a.send()` may run any function that the program ever stores as `send`, and
 * `a[k]()` any that it stores under any name.
 */
export function runsAtOnce(program: Program, scopes: Scopes): RunsAtOnce {
  const members = new Map<string, AnyNode[]>();
  const store = (name: string | undefined, value: AnyNode) => {
    const values = members.get(name ?? "");
    if (values) values.push(value);
    else members.set(name ?? "", [value]);
  };
  for (const node of descendants(program)) {
    if (node.type === "Property") store(keyName(node.key), node.value);
    else if (node.type === "ArrayExpression")
      for (const value of node.elements) value && store(undefined, value);
    else if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
      store(memberName(node.left), node.right);
    }
  }

  const anywhere = [...members.values()].flat();
  const byName = new Map<string, AnyNode[]>();
  /** What may be found under a name: what is stored as it, or who knows where. */
  function storedAs(name: string): AnyNode[] {
    const stored = byName.get(name) ?? [...(members.get(name) ?? []), ...(members.get("") ?? [])];
    byName.set(name, stored);
    return stored;
  }

  /** The expressions that an expression may have its value from. */
  function originsOf(value: AnyNode): readonly (AnyNode | null | undefined)[] {
    switch (value.type) {
      case "Identifier":
        return [...(scopes.variableOf(value)?.values ?? [])];
      case "ConditionalExpression":
        return [value.consequent, value.alternate];
      case "LogicalExpression":
        return [value.left, value.right];
      case "SequenceExpression":
        return value.expressions.slice(-1);
      case "AssignmentExpression":
        return [value.right];
      case "MemberExpression": {
        const name = memberName(value);
        if (name === "call" || name === "apply") return [value.object];
        return name === undefined ? anywhere : storedAs(name);
      }
      default:
        return [];
    }
  }

  /** The functions that the values of some expressions may be. */
  function functionsIn(values: AnyNode[]): Set<FunctionNode> {
    const found = new Set<FunctionNode>();
    const seen = new Set<AnyNode>();
    const waiting: (AnyNode | null | undefined)[] = values.reverse();
    while (waiting.length > 0) {
      const value = waiting.pop();
      if (!value || seen.has(value)) continue;
      seen.add(value);
      if (isFunction(value)) found.add(value);
      else {
        const origins = originsOf(value);
        for (let i = origins.length - 1; i >= 0; i--) waiting.push(origins[i]);
      }
    }
    return found;
  }

  // The rules ask for the same call again and again: on each path that leads to it.
  const known = new Map<AnyNode, Set<FunctionNode>>();
  return (call) => {
    const before = known.get(call);
    if (before) return before;
    const { callee } = call;
    const name =
      callee.type === "MemberExpression" ? memberName(callee) : callee.type === "Identifier" && callee.name;
    const handed = !name || !LATER.includes(name) ? call.arguments : [];
    const found = functionsIn([callee, ...handed]);
    known.set(call, found);
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
