/** The tag `@seldom` of a function's doc comment, on its way through the compiler; what it does: seldom.ts. */
import ts from "typescript";

/** Of a doc comment, and as a directive. */
export const TAG = "seldom";
export const WITH_CALLBACKS = "seldom callbacks";

/** Hands the tags on: the compiler and the bundler drop comments, and keep directives. */
export const markSeldom: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const { factory } = context;
  const tagOf = (node: ts.Node) => ts.getJSDocTags(node).find(({ tagName }) => tagName.text === TAG);
  const mark = (node: ts.Statement): ts.Statement => {
    const tag = tagOf(node);
    if (!tag || !ts.isFunctionDeclaration(node) || !node.body) return node;
    const word = tag.comment === "callbacks" ? WITH_CALLBACKS : TAG;
    const directive = factory.createExpressionStatement(factory.createStringLiteral(word));
    const { modifiers, asteriskToken, name, typeParameters, parameters, type, body } = node;
    const marked = factory.updateBlock(body, [directive, ...body.statements]);
    return factory.updateFunctionDeclaration(
      ...([node, modifiers, asteriskToken, name, typeParameters, parameters, type, marked] as const),
    );
  };
  return factory.updateSourceFile(file, file.statements.map(mark));
};
