import { descendants, isReference } from "../tree.ts";
import type { AnyNode, Finding, Rule } from "./rule.ts";

/** The interpreter keeps 63 characters of a name, so longer ones can become one. */
const LONGEST_NAME = 60;

/** `a - -b`, whose space the tokens lose; not `a + ++b`, as that is a token of its own. */
const isSignTwice = (code: string, operator: string, right: number): boolean =>
  /^[+-]$/.test(operator) &&
  code[right] === operator &&
  code[right + 1] !== operator &&
  code[right - 1] !== "(";

/** Statements and literals that are ES5 but not Espruino's. */
export const unsupportedSyntax: Rule = ({ code, program }) => {
  const findings: Finding[] = [];
  for (const node of descendants(program)) {
    const refuse = (message: string) => findings.push({ at: node.start, message });
    switch (node.type) {
      case "LabeledStatement":
        refuse("Espruino has no labels: leave the loops by a flag, or make them a function that returns");
        break;
      case "WithStatement":
        refuse("Espruino has no `with`: name the object");
        break;
      case "DebuggerStatement":
        refuse("`debugger` hangs the board in a console debugger: remove it");
        break;
      case "ArrayExpression":
        if (node.elements.includes(null))
          refuse("an array with holes is an error in skipped code: write `undefined`");
        break;
      case "BinaryExpression":
        if (/^[!=]=$/.test(node.operator) && [node.left, node.right].some(isNothing))
          refuse('the text "null" == null on Espruino, and "undefined" == undefined: use === once for each');
        if (isSignTwice(code, node.operator, node.right.start))
          refuse(
            `the tokens join ${node.operator} and a sign behind it to ${node.operator}${node.operator}: turn the sum`,
          );
        break;
      case "ForInStatement":
        if (deletesOf(node.body, node.right))
          refuse("a loop over an object ends where it deletes a member of it: put what stays into a new one");
        break;
      case "SwitchStatement":
        if (node.cases.slice(0, -1).some(({ test }) => !test))
          refuse("`default` before a `case`: put it last");
        break;
      case "Identifier":
        if (node.name.length > LONGEST_NAME)
          refuse(`a name of more than ${LONGEST_NAME} characters: shorten it`);
    }
  }
  return findings;
};

/** Whether something in it is a `delete` of a member of the object that has this name. */
function deletesOf(body: AnyNode, object: AnyNode): boolean {
  if (object.type !== "Identifier") return false;
  return [...descendants(body)].some(
    (node) =>
      node.type === "UnaryExpression" &&
      node.operator === "delete" &&
      node.argument.type === "MemberExpression" &&
      node.argument.object.type === "Identifier" &&
      node.argument.object.name === object.name,
  );
}

const isNothing = (node: AnyNode): boolean =>
  (node.type === "Literal" && node.value === null) ||
  (node.type === "UnaryExpression" && node.operator === "void") ||
  (node.type === "Identifier" && node.name === "undefined");

/** What the compiler or the author leans on that is not there at run time. */
export const unsupportedReferences: Rule = ({ program, scopes }) => {
  const findings: Finding[] = [];
  for (const node of descendants(program)) {
    if (node.type === "AssignmentExpression" && node.left.type === "MemberExpression") {
      const { object } = node.left;
      if (object.type === "Identifier" && object.name === "arguments") {
        findings.push({ at: node.start, message: "`arguments` is a copy: assign to the parameter itself" });
      }
    }
    if (node.type !== "Identifier" || scopes.variableOf(node)) continue;
    if (/^__[a-z]/.test(node.name) && isReference(node, scopes.parentOf(node))) {
      findings.push({
        at: node.start,
        message: `needs the TypeScript helper ${node.name}, which is not in the blob: no class inheritance, spread, async or generators`,
      });
    }
  }
  return findings;
};

/** The blob as the text that the interpreter's lexer reads and the flash tool sends. */
export const unsupportedText: Rule = ({ code, program }) => {
  const findings: Finding[] = [];
  const text = code.trimEnd();
  const strange = /[^\x20-\x7e]/.exec(text);
  if (strange) {
    const character = text.charCodeAt(strange.index).toString(16).padStart(2, "0");
    const message = `a raw character 0x${character}; 0xff even ends the program: the blob is one line of printable ASCII`;
    findings.push({ at: strange.index, message });
  }
  for (const node of descendants(program)) {
    if (node.type !== "Literal" || typeof node.value !== "string") continue;
    if (/[^\0-\xff]/.test(node.value)) {
      const message =
        "a character above 0xff: strings are bytes on the boards, so write its UTF-8 bytes as \\x..";
      findings.push({ at: node.start, message });
    }
  }
  return findings;
};
