import type {
  AnyNode,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  MemberExpression,
  Program,
} from "acorn";

export type FunctionNode = FunctionDeclaration | FunctionExpression;

export function isFunction(node: AnyNode | null | undefined): node is FunctionNode {
  return node?.type === "FunctionDeclaration" || node?.type === "FunctionExpression";
}

/** The direct parts of a node, in the order of the source. */
export function children(node: AnyNode): AnyNode[] {
  const parts: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) parts.push(...value.filter(isNode));
    else if (isNode(value)) parts.push(value);
  }
  return parts.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** `root` and every node below it, parents first. */
export function* descendants(root: AnyNode): Generator<AnyNode> {
  yield* visited(root, () => true);
}

/** As `descendants`, but it yields functions without entering them: what runs when `root` does. */
export function* runBy(root: AnyNode): Generator<AnyNode> {
  yield* visited(root, (node) => !isFunction(node));
}

/** `root` and what is below it, but not below those that are not `entered`. In a loop: generators in generators are slow. */
function* visited(root: AnyNode, entered: (node: AnyNode) => boolean): Generator<AnyNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    if (entered(node)) waiting.push(...children(node).reverse());
  }
}

export function parentsOf(program: Program): Map<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  for (const node of descendants(program)) {
    for (const child of children(node)) parents.set(child, node);
  }
  return parents;
}

/** The `b` of `a.b` and of `a["b"]`. */
export function memberName(node: MemberExpression): string | undefined {
  if (!node.computed) return (node.property as Identifier).name;
  return node.property.type === "Literal" && typeof node.property.value === "string"
    ? node.property.value
    : undefined;
}

/** The key of an object literal's property, where it is not an expression. */
export function keyName(key: AnyNode): string | undefined {
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" ? String(key.value) : undefined;
}

/** Whether an identifier stands for a variable's value, rather than naming a member, a label or a declaration. */
export function isReference(node: Identifier, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node || parent.computed;
    case "VariableDeclarator":
      return parent.init === node;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "CatchClause":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return false;
    default:
      return true;
  }
}
