import type { AnyNode, CallExpression, MemberExpression, NewExpression } from "acorn";
import { descendants, isFunction, isReference, keyName, memberName, runBy } from "../tree.ts";
import type { Finding, Rule, Subject } from "./rule.ts";

const MISSING_GLOBALS: Record<string, string> = {
  Map: "use an object",
  Set: "use an object",
  WeakMap: "use a property",
  Symbol: "use a string",
  Proxy: "use functions",
  escape: "write the escapes yourself",
  unescape: "decode it yourself",
  setImmediate: "use setTimeout(.., 0)",
};

const MISSING_STATICS: Record<string, string> = {
  "Object.freeze": "leave it out",
  "Object.isFrozen": "leave it out",
  "Object.seal": "leave it out",
  "Object.isSealed": "leave it out",
  "Object.preventExtensions": "leave it out",
  "Object.isExtensible": "leave it out",
  "Array.from": "loop",
  "Array.of": "use a literal",
  "Date.UTC": "count the days yourself",
  "Math.trunc": "use x|0, or x-x%1",
  "Number.isInteger": "use x%1===0",
  "Number.isNaN": "use isNaN",
  "Number.EPSILON": "use a number",
  "Number.MAX_SAFE_INTEGER": "use a number",
  "Object.prototype.toString": "it gives an empty string: use Array.isArray, typeof",
};

/** Missing whatever they are called on, unless the program has members of that name itself. */
const MISSING_METHODS: Record<string, string> = {
  reduceRight: "loop down",
  at: "use an index",
  flat: "loop",
  flatMap: "loop",
  search: "use indexOf",
  localeCompare: "use < and >",
  toPrecision: "use toFixed",
  toExponential: "use toFixed",
};

const PROTOTYPES = ["Array", "String", "Function"];

/** Globals, statics and methods of ES5 (and some that type definitions let through) that the interpreter lacks. */
export const missingBuiltins: Rule = (subject) => {
  const { program, scopes } = subject;
  const findings: Finding[] = [];
  const own = ownMembers(subject);
  for (const node of descendants(program)) {
    const refuse = (what: string, instead: string) =>
      findings.push({ at: node.start, message: `Espruino has no ${what}: ${instead}` });
    if (node.type === "Identifier") {
      const instead = Object.hasOwn(MISSING_GLOBALS, node.name) && MISSING_GLOBALS[node.name];
      if (instead && !scopes.variableOf(node) && isReference(node, scopes.parentOf(node)))
        refuse(node.name, instead);
      continue;
    }
    if (node.type !== "MemberExpression") continue;
    const path = globalPath(node, subject);
    const name = memberName(node);
    if (path !== undefined && Object.hasOwn(MISSING_STATICS, path))
      refuse(path, MISSING_STATICS[path] as string);
    else if (PROTOTYPES.some((type) => path === `${type}.prototype`)) {
      refuse(`methods on ${path}`, "take them from a value, as in [].slice.call(..)");
    } else if (name !== undefined && Object.hasOwn(MISSING_METHODS, name) && !own.has(name)) {
      refuse(`.${name}()`, MISSING_METHODS[name] as string);
    } else if (name === "lastIndexOf" && node.object.type === "ArrayExpression") {
      refuse("lastIndexOf on arrays", "loop down");
    }
  }
  return findings;
};

/** Built-in functions that are there but take less, or do something else. */
export const differingBuiltins: Rule = (subject) => {
  const findings: Finding[] = [];
  for (const node of descendants(subject.program)) {
    const refuse = (message: string) => findings.push({ at: node.start, message });
    if (node.type === "CallExpression" || node.type === "NewExpression") differingCall(node, subject, refuse);
    if (node.type !== "AssignmentExpression" && node.type !== "UpdateExpression") continue;
    const target = node.type === "UpdateExpression" ? node.argument : node.left;
    if (target.type === "MemberExpression" && memberName(target) === "length") {
      refuse(
        "assigning .length throws: shorten an array with splice(n), and call a field of your own otherwise",
      );
    }
  }
  return findings;
};

function differingCall(
  node: CallExpression | NewExpression,
  subject: Subject,
  refuse: (message: string) => void,
) {
  const { callee, arguments: given } = node;
  const [first, second] = given;
  const path = callee.type === "Identifier" ? globalName(callee, subject) : globalPath(callee, subject);
  const method = callee.type === "MemberExpression" ? memberName(callee) : undefined;

  if (path === "JSON.parse" && second) refuse("JSON.parse ignores its reviver: walk the result");
  if (path === "JSON.stringify" && second && !isNothing(second)) {
    refuse("JSON.stringify ignores its replacer: build the object you want to print");
  }
  if (path === "Object.create" && second)
    refuse("Object.create with properties throws: use Object.defineProperty");
  if (path === "Object.create" && first && isNothing(first))
    refuse("Object.create(null) still has toString: use {}");
  if (path === "Date" && node.type === "NewExpression") {
    if (given.length === 1 && first && isString(first)) {
      refuse("a date that cannot be read becomes 0, not NaN: take the text apart yourself and pass a number");
    }
  }
  if (path === "Promise" && isFunction(first) && first.params.length === 0) {
    refuse("a Promise whose function keeps neither resolve nor reject is freed while in use: take resolve");
  }
  if (method === "indexOf" && first && mayBeLong(first) && !isComparedWithZero(node, subject)) {
    refuse(
      "indexOf takes a part at the end of the string for the whole: use lastIndexOf, or compare with === 0 for a start",
    );
  }
  if (method === "split" && laps(stringIn(first))) {
    refuse("split takes what laps over the separator before for one more: use a separator that cannot");
  }
  if (method === "replace" && stringIn(first) !== undefined && isFunction(second))
    refuse(
      "replace writes down the function it is given for a text: give it a regular expression, or a text",
    );
  if (method === "sort") refuse("sort may put equal items in any order: insert each where it belongs");
  if (method === "toLowerCase" || method === "toUpperCase")
    refuse(
      `${method} also changes bytes above 0xbf, which are parts of characters in UTF-8: compare as it is`,
    );
  if (method === "split" && second) refuse("split ignores its limit: slice the result");
  if (method === "replace" && second && /\$[$&`']/.test(stringIn(second) ?? "")) {
    refuse("replace knows $1 to $9 only: give it a function");
  }
  if (node.type === "NewExpression" && callee.type === "Identifier") {
    for (const made of subject.scopes.variableOf(callee)?.values ?? []) {
      if (!isFunction(made)) continue;
      for (const part of runBy(made.body)) {
        if (part.type === "ReturnStatement" && part.argument) {
          refuse("what a constructor returns, even a number, becomes the value of `new`: return nothing");
        }
      }
    }
  }
}

/** Text of more than one character, as far as can be seen. */
function mayBeLong(node: AnyNode): boolean {
  const text = stringIn(node);
  return text === undefined ? isString(node) : text.length > 1;
}

function isComparedWithZero(node: AnyNode, { scopes }: Subject): boolean {
  const parent = scopes.parentOf(node);
  if (parent?.type !== "BinaryExpression" || !/^[!=]==?$/.test(parent.operator)) return false;
  return [parent.left, parent.right].some((side) => side.type === "Literal" && side.value === 0);
}

/** `Object.freeze` for the member of a global, however deep; undefined for members of anything else. */
function globalPath(node: AnyNode, subject: Subject): string | undefined {
  if (node.type === "Identifier") return globalName(node, subject);
  if (node.type !== "MemberExpression") return undefined;
  const object = globalPath((node as MemberExpression).object, subject);
  const name = memberName(node);
  return object !== undefined && name !== undefined ? `${object}.${name}` : undefined;
}

function globalName(node: AnyNode, { scopes }: Subject): string | undefined {
  return node.type === "Identifier" && !scopes.variableOf(node) ? node.name : undefined;
}

/** The member names that the program gives values to. */
function ownMembers({ program }: Subject): Set<string | undefined> {
  const names = new Set<string | undefined>();
  for (const node of descendants(program)) {
    if (node.type === "Property") names.add(keyName(node.key));
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression")
      names.add(memberName(node.left));
  }
  return names;
}

function isNothing(node: AnyNode): boolean {
  return (
    (node.type === "Literal" && node.value === null) ||
    (node.type === "UnaryExpression" && node.operator === "void") ||
    (node.type === "Identifier" && node.name === "undefined")
  );
}

/** Whether a text can lap over another of itself, as "aa" in "aaa". */
function laps(text = ""): boolean {
  return [...text].some((_, i) => i > 0 && text.startsWith(text.slice(i)));
}

function stringIn(node: AnyNode | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

function isString(node: AnyNode): boolean {
  if (node.type === "BinaryExpression" && node.operator === "+")
    return isString(node.left) || isString(node.right);
  return stringIn(node) !== undefined;
}
