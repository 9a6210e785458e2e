import type { AnyNode, CallExpression, MemberExpression, NewExpression } from "acorn";
import { escaping } from "./calls.ts";
import type { Subject } from "./rules/rule.ts";
import { descendants, type FunctionNode, isFunction, keyName, memberName, runBy } from "./tree.ts";

/** What a blob takes of a board. */
export interface Size {
  bytes: number;
  functions: number;
  /** Of those, functions inside other functions: while one lives it costs 8 variables, not 5. */
  nested: number;
  /** Estimated variables once loaded: functions with their parameters, names and values at the top. */
  variables: number;
}

/*
 * Variables, as measured on the interpreter built with 13-byte ones, code run from flash. What a name's first four
 * characters take, and an integer of up to 11 bits, is in the variable that holds the name.
 */
/** With its name or the member that holds it; by how deep it is inside other functions. */
const FUNCTION_AT_DEPTH = [4, 5, 8.2, 9.2];
const NAME = 1;
const NAME_FREE_LENGTH = 4;
const STRING_FREE_LENGTH = 8;
/** Of names and strings longer than that. */
const LENGTH_A_VARIABLE = 9;
const LARGEST_SMALL_INTEGER = 2047;
const REG_EXP = 9;
/** `Math.round`, with the `Math` that is made for it. */
const BUILT_IN_MEMBER = 3;
/** What `new` makes, with its `__proto__`, before the members. */
const INSTANCE = 3;
/** The `prototype` of a constructor, with its way back to the constructor. */
const PROTOTYPE = 5;

/** Counts and estimates; an interpreter's own count differs by some per cent. */
export function sizeOf(subject: Subject): Size {
  const functions = [...descendants(subject.program)].filter(isFunction);
  const variables = functionsCost(functions, subject) + dataCost(subject);
  return {
    bytes: Buffer.byteLength(subject.code),
    functions: functions.length,
    nested: functions.filter((node) => depthOf(node, subject) > 0).length,
    variables: Math.round(variables),
  };
}

/** 0: in no other function. */
function depthOf(node: FunctionNode, { scopes }: Subject): number {
  let depth = 0;
  for (let around = scopes.functionAround(node); isFunction(around); around = scopes.functionAround(around))
    depth++;
  return depth;
}

/** A nested function that is only ever called is gone when the function around it returns, so it is not counted. */
function functionsCost(functions: FunctionNode[], subject: Subject): number {
  const lasting = escaping(subject.program, subject.scopes);
  let sum = 0;
  for (const node of functions) {
    const depth = depthOf(node, subject);
    if (depth > 0 && !lasting.has(node)) continue;
    const deepest = FUNCTION_AT_DEPTH.length - 1;
    sum +=
      (FUNCTION_AT_DEPTH[Math.min(depth, deepest)] ?? 0) + Math.max(0, depth - deepest) + node.params.length;
  }
  return sum;
}

/** The variables outside of functions, and the members the blob gives to objects while it loads. */
function dataCost(subject: Subject): number {
  const { program } = subject;
  let sum = 0;
  for (const { scope, kind, name, values } of subject.scopes.variables) {
    if (scope === program && kind === "var")
      sum += memberCost(
        name,
        values.find((value) => value !== null),
        subject,
      );
    if (scope === program && kind === "function") sum += nameExtra(name);
  }
  const prototypes = new Set<string>();
  for (const node of runBy(program)) {
    if (node.type !== "AssignmentExpression" || node.left.type !== "MemberExpression") continue;
    sum += memberCost(memberName(node.left) ?? "", node.right, subject);
    const owner = prototypeOwner(node.left, subject);
    if (owner) prototypes.add(owner);
  }
  return sum + prototypes.size * PROTOTYPE;
}

/** `A` of `A.prototype.send`. */
function prototypeOwner({ object }: MemberExpression, { code }: Subject): string | undefined {
  if (object.type !== "MemberExpression" || memberName(object) !== "prototype") return undefined;
  return code.slice(object.object.start, object.object.end);
}

/** A name and what it holds. A function's own cost, which includes its name, is counted elsewhere. */
function memberCost(name: string, value: AnyNode | undefined, subject: Subject): number {
  if (isFunction(value)) return nameExtra(name);
  return NAME + nameExtra(name) + (value ? valueCost(value, subject) : 0);
}

function nameExtra(name: string): number {
  return Math.ceil(Math.max(0, name.length - NAME_FREE_LENGTH) / LENGTH_A_VARIABLE);
}

/** What a value takes beyond the name or the array slot that holds it. */
function valueCost(value: AnyNode, subject: Subject): number {
  switch (value.type) {
    case "Literal":
      if (value.regex) return REG_EXP;
      if (typeof value.value === "string") return stringCost(value.value);
      return typeof value.value === "number" && isSmall(value.value) ? 0 : 1;
    case "UnaryExpression":
      if (value.operator === "-") return valueCost(value.argument, subject);
      return value.operator === "void" ? 0 : 1;
    case "ObjectExpression": {
      const costs = value.properties.map((property) =>
        property.type === "Property" ? memberCost(keyName(property.key) ?? "", property.value, subject) : 0,
      );
      return costs.reduce((sum, cost) => sum + cost, 1);
    }
    case "ArrayExpression":
      return value.elements.reduce((sum, slot) => sum + (slot ? NAME + valueCost(slot, subject) : 0), 1);
    case "NewExpression":
      return INSTANCE + membersOfInstance(value, subject);
    case "MemberExpression":
      return BUILT_IN_MEMBER;
    case "AssignmentExpression":
    case "FunctionExpression":
      return 0;
    case "Identifier":
      return subject.scopes.variableOf(value) ? 0 : 1;
    default:
      return 1;
  }
}

function membersOfInstance({ callee }: NewExpression | CallExpression, subject: Subject): number {
  const variable = callee.type === "Identifier" ? subject.scopes.variableOf(callee) : undefined;
  const maker = variable?.values.find(isFunction);
  let sum = 0;
  for (const node of maker ? runBy(maker.body) : []) {
    if (node.type !== "AssignmentExpression" || node.left.type !== "MemberExpression") continue;
    if (node.left.object.type !== "ThisExpression") continue;
    sum += memberCost(memberName(node.left) ?? "", node.right, subject);
  }
  return sum;
}

function stringCost(text: string): number {
  return 1 + Math.ceil(Math.max(0, text.length - STRING_FREE_LENGTH) / LENGTH_A_VARIABLE);
}

function isSmall(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= LARGEST_SMALL_INTEGER;
}
