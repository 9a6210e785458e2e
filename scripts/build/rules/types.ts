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
  'may be no text, and undefined > "a" is true on Espruino, as "undefined" > "a" is: test the value first';

const OBJECT_ORDER = "an object is put in order otherwise on Espruino: compare numbers or texts";

const LOOSELY_EQUAL =
  'the text "null" == null on Espruino, and {} is never "[object Object]": use === and !==, once for each value';

const TEXT_AS_NUMBER =
  'a text is read otherwise as a number on Espruino, "010" as 8 and "5 " as NaN: use parseInt(.., 10), or Number(..), ' +
  "which the simulated board reads as the interpreter does";

const TEXT_BY_INDEX = "an index of a text that is below 0, or none, throws on Espruino: use charAt";

const RELATIONAL = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);

const EQUALITY = new Set([ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken]);

/** With two operands the compiler itself refuses texts. */
const SIGNS = new Set([ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken, ts.SyntaxKind.TildeToken]);

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
    return ts.isElementAccessExpression(value) || mayBe(type, NO_TEXT);
  }

  const typeOf = (node: ts.Node): ts.Type => checker.getTypeAtLocation(node);

  function refuseOperator({ left, right, operatorToken }: ts.BinaryExpression, node: ts.Node): void {
    const sides = [left, right];
    const types = sides.map(typeOf);
    const refuse = (message: string) => refusals.push({ node, message });
    if (RELATIONAL.has(operatorToken.kind)) {
      if (types.some(isText) && sides.some(mayBeNoText)) refuse(UNSURE_TEXT);
      else if (types.some((type) => mayBe(type, ts.TypeFlags.Object))) refuse(OBJECT_ORDER);
    } else if (EQUALITY.has(operatorToken.kind)) {
      const alike = [ts.TypeFlags.NumberLike, ts.TypeFlags.StringLike, ts.TypeFlags.BooleanLike];
      if (!alike.some((flags) => types.every((type) => isOnly(type, flags)))) refuse(LOOSELY_EQUAL);
    }
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
    } else if (ts.isBinaryExpression(node)) {
      refuseOperator(node, node);
    } else if (ts.isPrefixUnaryExpression(node) && SIGNS.has(node.operator)) {
      if (isText(typeOf(node.operand))) refusals.push({ node, message: TEXT_AS_NUMBER });
    } else if (
      ts.isElementAccessExpression(node) &&
      isText(typeOf(node.expression)) &&
      !ts.isNumericLiteral(node.argumentExpression)
    ) {
      refusals.push({ node, message: TEXT_BY_INDEX });
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

const UNDEFINED = ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Any | ts.TypeFlags.Unknown;
/** Beside texts, numbers can be put in order with a text. */
const NO_TEXT = UNDEFINED | ts.TypeFlags.Null | ts.TypeFlags.BooleanLike | ts.TypeFlags.Object;

const mayBe = (type: ts.Type, flags: ts.TypeFlags): boolean =>
  type.isUnion() ? type.types.some((one) => mayBe(one, flags)) : (type.flags & flags) !== 0;

const isOnly = (type: ts.Type, flags: ts.TypeFlags): boolean =>
  type.isUnion() ? type.types.every((one) => isOnly(one, flags)) : (type.flags & flags) !== 0;

const mayBeUndefined = (type: ts.Type): boolean => mayBe(type, UNDEFINED);

function withoutCast(node: ts.Expression): ts.Expression {
  if (ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node)) {
    return withoutCast(node.expression);
  }
  return node;
}
