import type { AnyNode, CallExpression, Expression, Identifier } from "acorn";
import type { Scopes } from "../scopes.ts";
import { children, descendants, isFunction, isReference, keyName, memberName } from "../tree.ts";
import type { Finding, Rule, Subject } from "./rule.ts";

const CLEARING = ["clearTimeout", "clearInterval", "clearWatch"];
const STARTING = ["setTimeout", "setInterval", "setWatch"];

/**
 * `clearTimeout(undefined)` throws, and without an argument it clears every timer of the board. So the argument is
 * tested just before (`t && clearTimeout(t)`, or an `if`, with nothing called and nothing assigned to it between), or
 * it is a variable or member that holds a number from the start: every value the blob ever stores under that name is a
 * number, null or a timer just started, and one is no timer. That each object of the type has the member is the type
 * checker's business; see also types.ts.
 */
export const clearedTimers: Rule = (subject) => {
  const { program, scopes } = subject;
  const findings: Finding[] = [];
  for (const node of descendants(program)) {
    if (node.type !== "Identifier" || !CLEARING.includes(node.name) || scopes.variableOf(node)) continue;
    const parent = scopes.parentOf(node);
    if (!isReference(node, parent)) continue;
    const refuse = (message: string) => findings.push({ at: node.start, message });
    if (parent?.type !== "CallExpression" || parent.callee !== node) {
      refuse(`${node.name} is passed on, so its calls cannot be checked: call it by its name`);
    } else if (parent.arguments.length === 0) {
      refuse(`${node.name}() clears every timer of the board: give it the one`);
    } else if (!isNumber(parent.arguments[0] as Expression, subject) && !isTested(parent, subject)) {
      refuse(
        `${node.name} throws if the timer is undefined: test it just before, or start it as 0 and store numbers only`,
      );
    }
  }
  return findings;
};

/** Surely a number or null. */
function isNumber(value: AnyNode, subject: Subject, seen = new Set<unknown>()): boolean {
  const number = (next: AnyNode) => isNumber(next, subject, seen);
  switch (value.type) {
    case "Literal":
      return typeof value.value === "number" || value.value === null;
    case "UnaryExpression":
      return ["-", "+", "~"].includes(value.operator);
    case "UpdateExpression":
      return true;
    case "BinaryExpression":
      return ["-", "*", "/", "%", "|", "&", "^", "<<", ">>", ">>>"].includes(value.operator);
    case "LogicalExpression":
      // Of `t || 0`, undefined cannot come.
      return number(value.right) && (value.operator === "||" || number(value.left));
    case "ConditionalExpression":
      return number(value.consequent) && number(value.alternate);
    case "SequenceExpression":
      return number(value.expressions.at(-1) as Expression);
    case "AssignmentExpression":
      return value.operator === "=" ? number(value.right) : value.operator !== "+=";
    case "CallExpression":
      return isStarted(value, subject);
    case "Identifier":
      return isNumberVariable(value, subject, seen);
    case "MemberExpression":
      return isNumberMember(memberName(value), subject, seen);
    default:
      return false;
  }
}

function isStarted({ callee }: CallExpression, { scopes }: Subject): boolean {
  return callee.type === "Identifier" && STARTING.includes(callee.name) && !scopes.variableOf(callee);
}

function isNumberVariable(id: Identifier, subject: Subject, seen: Set<unknown>): boolean {
  const variable = subject.scopes.variableOf(id);
  if (variable?.kind !== "var") return false;
  if (seen.has(variable)) return true;
  seen.add(variable);
  const { scope, values } = variable;
  return (
    values.some(
      (value) =>
        value !== null && subject.scopes.functionAround(value) === scope && isCertain(value, subject.scopes),
    ) && values.every((value) => value !== null && isNumber(value, subject, seen))
  );
}

/** Whether the function around the value always stores it: a declaration, which the minifier may have split. */
function isCertain(value: AnyNode, scopes: Scopes): boolean {
  const around = scopes.parentOf(value);
  switch (around?.type) {
    case "VariableDeclarator":
    case "AssignmentExpression":
    case "SequenceExpression":
    case "ExpressionStatement":
    case "VariableDeclaration":
      return isCertain(around, scopes);
    case "BlockStatement":
      return isFunction(scopes.parentOf(around));
    default:
      return around?.type === "Program";
  }
}

/** By its name alone. */
function isNumberMember(name: string | undefined, subject: Subject, seen: Set<unknown>): boolean {
  if (name === undefined) return false;
  const key = `.${name}`;
  if (seen.has(key)) return true;
  seen.add(key);
  let initialised = false;
  for (const node of descendants(subject.program)) {
    if (node.type === "Property" && keyName(node.key) === name) {
      initialised = true;
      if (!isNumber(node.value, subject, seen)) return false;
    } else if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
      if (memberName(node.left) !== name) continue;
      if (isFirstValue(node.right)) initialised = true;
      if (!isNumber(node, subject, seen)) return false;
    } else if (node.type === "UnaryExpression" && node.operator === "delete") {
      if (node.argument.type === "MemberExpression" && memberName(node.argument) === name) return false;
    }
  }
  return initialised;
}

/** A first value: the 0 of `a.t = a.u = 0`, or something computed, but not a timer. */
function isFirstValue(value: AnyNode): boolean {
  if (value.type === "AssignmentExpression") return isFirstValue(value.right);
  return value.type === "Literal" || value.type === "BinaryExpression";
}

/** Whether the argument is known to be truthy where the call stands. */
function isTested(call: CallExpression, { code, scopes }: Subject): boolean {
  const argument = call.arguments[0] as Expression;
  if (!isPlainPath(argument)) return false;
  const text = (node: AnyNode) => code.slice(node.start, node.end);
  const path = text(argument);
  for (
    let node: AnyNode = call, parent = scopes.parentOf(call);
    parent;
    node = parent, parent = scopes.parentOf(parent)
  ) {
    if (isFunction(parent)) return false;
    let test: AnyNode | undefined;
    if (parent.type === "LogicalExpression" && parent.operator === "&&" && parent.right === node)
      test = parent.left;
    else if (parent.type === "IfStatement" && parent.consequent === node) test = parent.test;
    else if (parent.type === "ConditionalExpression" && parent.consequent === node) test = parent.test;
    if (!test || !conjuncts(test).some((part) => text(part) === path)) continue;
    return !disturbed(node, call, path, text);
  }
  return false;
}

function conjuncts(test: AnyNode): AnyNode[] {
  if (test.type === "LogicalExpression" && test.operator === "&&")
    return [...conjuncts(test.left), ...conjuncts(test.right)];
  return [test];
}

/** `t`, `this.t`, `a.b.t`. */
function isPlainPath(node: AnyNode): boolean {
  if (node.type === "Identifier" || node.type === "ThisExpression") return true;
  return node.type === "MemberExpression" && !node.computed && isPlainPath(node.object);
}

/** Whether something between the test and the call may have changed what was tested. */
function disturbed(
  guarded: AnyNode,
  call: CallExpression,
  path: string,
  text: (node: AnyNode) => string,
): boolean {
  if (guarded.type === "Identifier" || guarded.start >= call.start) return false;
  for (const node of descendants(guarded)) {
    if (node.start >= call.start || node.end > call.start) continue;
    if (node.type === "CallExpression" || node.type === "NewExpression") return true;
    if (node.type === "AssignmentExpression" && path.startsWith(text(node.left))) return true;
  }
  return children(guarded).some(isLoop) || isLoop(guarded);
}

function isLoop(node: AnyNode): boolean {
  return /^(For|While|DoWhile)/.test(node.type);
}
