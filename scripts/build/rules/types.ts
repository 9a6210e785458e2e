import ts from "typescript";

export interface Refusal {
  node: ts.Node;
  message: string;
}

/** Members of the ES5 library that are fine on one type and missing on another: only the types tell. */
const MISSING: Record<string, string> = {
  "Array.lastIndexOf": "Espruino has no lastIndexOf on arrays: loop down",
  "ReadonlyArray.lastIndexOf": "Espruino has no lastIndexOf on arrays: loop down",
  "Error.name": "an error has no name on Espruino: use its message, or String(e)",
  "Function.name": "a function has no name on Espruino: keep the name yourself",
  "String.search": "Espruino has no search on strings: use indexOf",
  "String.localeCompare": "Espruino has no localeCompare: use < and >",
};

const DATE_FROM_TEXT =
  "a date that cannot be read becomes 0, not NaN: take the text apart yourself and pass a number";

const UNDEFINED_TIMER =
  "throws if the timer is undefined, which its type allows: test it just before, or start it as 0";

const UNSURE_TEXT =
  'may be undefined, and undefined > "a" is true on Espruino, as "undefined" > "a" is: test the value first';

const RELATIONAL = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);

/** What can be refused only while the types are known; everything else is read off the finished blob. */
export function refuseByType(program: ts.Program): Refusal[] {
  const checker = program.getTypeChecker();
  const refusals: Refusal[] = [];

  /** `Array.lastIndexOf`, where the library declares it. */
  function libraryMember(name: ts.Node): string | undefined {
    const declaration = checker.getSymbolAtLocation(name)?.declarations?.[0];
    if (!declaration || !program.isSourceFileDefaultLibrary(declaration.getSourceFile())) return undefined;
    const { parent } = declaration;
    return ts.isInterfaceDeclaration(parent) ? `${parent.name.text}.${name.getText()}` : undefined;
  }

  /** Its type says so, but for a cast; or it is an element, which its type never says it of. */
  function mayBeNoText(node: ts.Expression): boolean {
    const value = withoutCast(node);
    const type = checker.getTypeAtLocation(value);
    if ((type.flags & ts.TypeFlags.Any) !== 0) return value === node;
    return ts.isElementAccessExpression(value) || mayBeUndefined(type);
  }

  function visit(node: ts.Node): void {
    if (ts.isPropertyAccessExpression(node)) {
      const member = libraryMember(node.name);
      const message = member && Object.hasOwn(MISSING, member) ? MISSING[member] : undefined;
      if (message) refusals.push({ node: node.name, message });
    } else if (
      ts.isCallExpression(node) &&
      /^clear(Timeout|Interval|Watch)$/.test(node.expression.getText())
    ) {
      const [timer] = node.arguments;
      if (timer && mayBeUndefined(checker.getTypeAtLocation(withoutCast(timer)))) {
        refusals.push({ node, message: UNDEFINED_TIMER });
      }
    } else if (ts.isBinaryExpression(node) && RELATIONAL.has(node.operatorToken.kind)) {
      const sides = [node.left, node.right];
      if (sides.some((side) => isText(checker.getTypeAtLocation(side))) && sides.some(mayBeNoText)) {
        refusals.push({ node, message: UNSURE_TEXT });
      }
    } else if (ts.isNewExpression(node) && node.arguments?.length === 1) {
      const [argument] = node.arguments;
      const isDate = libraryMember(node.expression) === undefined && node.expression.getText() === "Date";
      if (isDate && argument && isText(checker.getTypeAtLocation(argument))) {
        refusals.push({ node, message: DATE_FROM_TEXT });
      }
    }
    ts.forEachChild(node, visit);
  }

  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) visit(file);
  return refusals;
}

function isText(type: ts.Type): boolean {
  return type.isUnion() ? type.types.some(isText) : (type.flags & ts.TypeFlags.StringLike) !== 0;
}

function mayBeUndefined(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some(mayBeUndefined);
  return (
    (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !==
    0
  );
}

function withoutCast(node: ts.Expression): ts.Expression {
  if (ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) {
    return withoutCast(node.expression);
  }
  return node;
}
