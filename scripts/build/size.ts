import type { AnyNode, CallExpression, MemberExpression, NewExpression, Program } from "acorn";
import { escaping } from "./calls.ts";
import type { Subject } from "./rules/rule.ts";
import { descendants, type FunctionNode, isFunction, keyName, memberName, runBy } from "./tree.ts";

/** What a blob takes of a board. */
export interface Size {
  bytes: number;
  functions: number;
  /** Of those, functions inside other functions: while one lives it costs 6 variables, not 4. */
  nested: number;
  /** Estimated variables once loaded: functions with their parameters, names and values at the top. */
  variables: number;
}

/*
 * Variables, as measured on the interpreter built with 13-byte ones, code run from flash, the blob's functions outside of
 * any other. What a name's first four characters take, and an integer of up to 11 bits, is in the variable that holds the
 * name.
 */
/** With its name or the member that holds it; a parameter is one more. */
const FUNCTION = 4;
/** One that does nothing needs no place for its code. */
const EMPTY_FUNCTION = 2;
/** Made by a function that has returned: it keeps what that one had, which is a scope and its parameters. */
const NESTED_FUNCTION = 6;
const NAME = 1;
const NAME_FREE_LENGTH = 4;
const STRING_FREE_LENGTH = 8;
/** Of names and strings longer than that. */
const LENGTH_A_VARIABLE = 9;
const LARGEST_SMALL_INTEGER = 2047;
const REG_EXP = 9;
/** `Math.round` */
const BUILT_IN_FUNCTION = 1;
/** The interpreter makes `Math`, `Date`, `Array` when they are first used, with their name and prototype. */
const BUILT_IN_OBJECT = 3;
/** What `new` makes, with its `__proto__`, before the members. */
const INSTANCE = 3;
/** The `prototype` of a constructor. */
const PROTOTYPE = 3;
/** From the prototype to its constructor: made by the first `new`. */
const CONSTRUCTOR = 2;

/** Counts and estimates; an interpreter's own count differs by some per cent. */
export function sizeOf(subject: Subject): Size {
  const functions = [...descendants(subject.program)].filter(isFunction);
  const nested = functions.filter((node) => isNested(node, subject));
  const variables = functionsCost(functions, subject) + dataCost(subject) + builtInsCost(subject);
  return {
    bytes: Buffer.byteLength(subject.code),
    functions: functions.length,
    nested: nested.length,
    variables: Math.round(variables),
  };
}

function isNested(node: FunctionNode, { scopes }: Subject): boolean {
  return isFunction(scopes.functionAround(node));
}

/** The program, and the functions that it calls by their name, or where they stand, while it is loaded. */
function runsWhileLoading({ program, scopes }: Subject): Set<Program | FunctionNode> {
  const running = new Set<Program | FunctionNode>([program]);
  for (const code of running) {
    for (const node of runBy(isFunction(code) ? code.body : code)) {
      if (node.type !== "CallExpression" && node.type !== "NewExpression") continue;
      const { callee } = node;
      const values = callee.type === "Identifier" ? scopes.variableOf(callee)?.values : [callee];
      for (const value of values ?? []) if (isFunction(value)) running.add(value);
    }
  }
  return running;
}

/** A nested function is there once the function around it has run, and is gone with it if it is only ever called. */
function functionsCost(functions: FunctionNode[], subject: Subject): number {
  const lasting = escaping(subject.program, subject.scopes);
  const running = runsWhileLoading(subject);
  let sum = 0;
  for (const node of functions) {
    const nested = isNested(node, subject);
    if (nested && !(lasting.has(node) && running.has(subject.scopes.functionAround(node)))) continue;
    sum += nested ? NESTED_FUNCTION : node.body.body.length > 0 ? FUNCTION : EMPTY_FUNCTION;
    sum += node.params.length;
  }
  return sum;
}

/** The interpreter's own objects that are used while the blob is loaded. */
function builtInsCost({ program, scopes }: Subject): number {
  const used = new Set<string>();
  for (const node of runBy(program)) {
    if (node.type !== "MemberExpression" || node.object.type !== "Identifier") continue;
    const { name } = node.object;
    if (/^[A-Z]/.test(name) && !scopes.variableOf(node.object)) used.add(name);
  }
  return used.size * BUILT_IN_OBJECT;
}

/** The variables outside of functions, and the members the blob gives to objects while it loads. */
function dataCost(subject: Subject): number {
  const { program } = subject;
  const whileLoading = (value: AnyNode | null) => value && subject.scopes.functionAround(value) === program;
  let sum = 0;
  for (const { scope, kind, name, values } of subject.scopes.variables) {
    if (scope === program && kind === "var")
      sum += memberCost(name, values.find(whileLoading) ?? undefined, subject);
    if (scope === program && kind === "function") sum += nameExtra(name);
  }
  const prototypes = new Set<string>();
  for (const node of runBy(program)) {
    if (node.type !== "AssignmentExpression" || node.left.type !== "MemberExpression") continue;
    const owner = prototypeOwner(node.left, subject);
    if (owner) prototypes.add(owner);
    // As a whole: what is in it.
    if (owner && memberName(node.left) === "prototype") sum += valueCost(node.right, subject) - 1;
    else sum += memberCost(memberName(node.left) ?? "", node.right, subject);
  }
  return sum + prototypes.size * PROTOTYPE;
}

/** `A` of `A.prototype.send` and of `A.prototype`. */
function prototypeOwner(member: MemberExpression, { code }: Subject): string | undefined {
  const prototype = memberName(member) === "prototype" ? member : member.object;
  if (prototype.type !== "MemberExpression" || memberName(prototype) !== "prototype") return undefined;
  return code.slice(prototype.object.start, prototype.object.end);
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
      return INSTANCE + CONSTRUCTOR + membersOfInstance(value, subject);
    case "MemberExpression":
      return BUILT_IN_FUNCTION;
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
