import { type AnyNode, type Identifier, type MemberExpression, type Program, parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { type Scopes, scopesOf } from "./scopes.ts";
import { descendants, isReference, memberName } from "./tree.ts";

/**
 * What every interpreter has as soon as the blob is loaded, and the firmware uses often. None of these functions asks what
 * it is a member of. From a variable of its own each is also called in a third of the time.
 */
const BUILT_INS = [
  "setTimeout",
  "print",
  "String",
  "JSON",
  "Uint8Array",
  "Int32Array",
  "Math.abs",
  "Math.floor",
  "Math.max",
  "Math.min",
  "Math.round",
  "Date.now",
  "JSON.parse",
  "JSON.stringify",
  "Array.isArray",
  "Object.keys",
];
/** Letters of an alias, at most. */
const NAME = 2;
/** For fewer bytes it is not worth the two variables it takes. */
const LEAST_SAVED = 10;

/** A place where an alias stands instead. */
interface Place {
  start: number;
  end: number;
  /** What stands around the alias: brackets for a member, spaces where a string was next to a word. */
  around: [before: string, after: string];
}

/** Something that is written often. */
interface Word {
  /** Of the alias. */
  name: string;
  /** What the alias is made with; empty for undefined, which a variable is from the start. */
  value: string;
  places: Place[];
}

/**
 * Gives what is written often a variable, which `renameByUse` then gives a short name: functions of the interpreter
 * (`setTimeout`, `Math.floor`), `void 0`, numbers and strings, and the names of members (`a.length` becomes
 * `a[b]`). To the interpreter those differ where a number, a text or true has no such member: `a.b` gives undefined, `a[b]`
 * throws. So what may be read of anything that came from outside keeps its dot; see `isSafe`.
 */
export function aliasWords({ code, map }: Bundled): Bundled {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const top = placeForVariables(program);
  if (top === undefined) return { code, map };

  const text = new MagicString(code);
  const done: Place[] = [];
  for (const { name, value, places } of longestFirst(wordsOf(program, code))) {
    // What an alias stands for already is written no more.
    const left = places.filter(({ start }) => !done.some((by) => by.start <= start && start < by.end));
    const saved = left.reduce(
      (sum, { start, end, around }) => sum + end - start - around.join("").length - NAME,
      0,
    );
    const declaration = value ? `${name}=${value},` : `${name},`;
    if (saved - declaration.length + name.length - NAME < LEAST_SAVED) continue;
    text.appendRight(top, declaration);
    for (const { start, end, around } of left) text.update(start, end, around.join(name));
    done.push(...left);
  }
  return edited(text, map);
}

/** `JSON.stringify` before `JSON`, of which less is left then. */
function longestFirst(words: Iterable<Word>): Word[] {
  return [...words].sort((a, b) => b.value.length - a.value.length);
}

function wordsOf(program: Program, code: string): Iterable<Word> {
  const scopes = scopesOf(program);
  const words = new Map<string, Word>();
  const add = (name: string, value: string, place: Place) => {
    const word = words.get(name) ?? { name, value, places: [] };
    words.set(name, word);
    word.places.push(place);
  };
  for (const node of descendants(program)) {
    const { start, end } = node;
    const around: Place["around"] = [beside(code.charAt(start - 1)), beside(code.charAt(end))];
    const whole: Place = { start, end, around };
    const builtIn = builtInOf(node, scopes);
    if (builtIn) add(`${builtIn.replace(".", "_")}_call`, builtIn, whole);
    else if (node.type === "UnaryExpression" && node.operator === "void" && isZero(node.argument))
      add("undefined_value", "", whole);
    else if (isText(node, scopes)) add(`${node.value}_text`, JSON.stringify(node.value), whole);
    else if (isNumber(node, scopes)) add(`number_${node.value}`, code.slice(node.start, node.end), whole);
    if (node.type === "MemberExpression" && !node.computed && isSafe(node, scopes)) {
      const { name, start, end } = node.property as Identifier;
      // With the dot: the code is minified, so it stands right before the name.
      const place: Place = { start: start - 1, end, around: ["[", "]"] };
      add(`${name}_text`, JSON.stringify(name), place);
    }
  }
  return words.values();
}

/** Members of every text, array and function, or of none that is asked for them. */
const BUILT_IN_MEMBERS = ["length", "prototype", "buffer"];

/** Whether a missing member makes no difference: it is called or written, which fails with a dot, too, or it is never missing. */
function isSafe(node: MemberExpression, { parentOf }: Scopes): boolean {
  const parent = parentOf(node);
  if (BUILT_IN_MEMBERS.includes(memberName(node) ?? "")) return true;
  if (parent?.type === "CallExpression") return parent.callee === node;
  return parent?.type === "AssignmentExpression" && parent.left === node && parent.operator === "=";
}

/** What keeps a name apart from the character next to it: `"a"in b` becomes `name in b`. */
function beside(character: string): "" | " " {
  return /[\w$]/.test(character) ? " " : "";
}

function builtInOf(node: AnyNode, { variableOf, parentOf }: Scopes): string | undefined {
  if (node.type === "MemberExpression" && node.object.type === "Identifier" && !node.computed) {
    const path = `${node.object.name}.${memberName(node)}`;
    return BUILT_INS.includes(path) && !variableOf(node.object) ? path : undefined;
  }
  if (node.type !== "Identifier" || !BUILT_INS.includes(node.name)) return undefined;
  return !variableOf(node) && isReference(node, parentOf(node)) ? node.name : undefined;
}

function isZero(node: AnyNode): boolean {
  return node.type === "Literal" && node.value === 0;
}

/** A string that is a value and a plain word: no key, and no module, since flash tools look for `require("Storage")`. */
function isText(node: AnyNode, { parentOf }: Scopes): node is AnyNode & { type: "Literal"; value: string } {
  if (node.type !== "Literal" || typeof node.value !== "string" || !/^[A-Za-z]\w*$/.test(node.value))
    return false;
  const parent = parentOf(node);
  switch (parent?.type) {
    case "Property":
      return parent.value === node;
    case "ExpressionStatement":
      return false;
    case "CallExpression":
      return parent.callee.type !== "Identifier" || parent.callee.name !== "require";
    default:
      return true;
  }
}

/** Of integers only: what a name is made of has no dot. */
function isNumber(node: AnyNode, { parentOf }: Scopes): node is AnyNode & { type: "Literal"; value: number } {
  if (node.type !== "Literal" || !Number.isInteger(node.value)) return false;
  const parent = parentOf(node);
  return parent?.type !== "Property" || parent.value === node;
}

/** In the `var` that the blob begins with, behind its functions. */
function placeForVariables(program: Program): number | undefined {
  const first = program.body.find(({ type }) => type !== "FunctionDeclaration");
  return first?.type === "VariableDeclaration" ? first.start + "var ".length : undefined;
}
