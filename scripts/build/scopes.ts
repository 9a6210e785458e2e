import type { AnyNode, CatchClause, Expression, Identifier, Program } from "acorn";
import { descendants, type FunctionNode, isFunction, isReference, parentsOf } from "./tree.ts";

export type ScopeNode = Program | FunctionNode | CatchClause;

export interface Variable {
  name: string;
  scope: ScopeNode;
  kind: "parameter" | "var" | "function" | "own name" | "catch";
  /** Where it is declared: `var` can be repeated. */
  declarations: Identifier[];
  /** What is ever assigned to it; null where that is no plain value (`x++`, `for (x in ..)`). */
  values: (Expression | FunctionNode | null)[];
  references: Identifier[];
}

/** Who declares what and who uses it, for a whole ES5 program. */
export interface Scopes {
  variables: Variable[];
  /** The variable an identifier stands for; undefined for a global that the program does not declare. */
  variableOf(identifier: Identifier): Variable | undefined;
  parentOf(node: AnyNode): AnyNode | undefined;
  /** The function, or the program, whose code `node` is. A function's own node belongs to the one around it. */
  functionAround(node: AnyNode): Program | FunctionNode;
}

export function scopesOf(program: Program): Scopes {
  const parents = parentsOf(program);
  const declared = new Map<ScopeNode, Map<string, Variable>>();
  const resolved = new Map<Identifier, Variable>();

  function functionAround(node: AnyNode): Program | FunctionNode {
    let around = parents.get(node);
    while (around && !isFunction(around)) around = parents.get(around);
    return around ?? program;
  }

  function declare(scope: ScopeNode, id: Identifier, kind: Variable["kind"]): Variable {
    const names = declared.get(scope) ?? new Map<string, Variable>();
    declared.set(scope, names);
    const known = names.get(id.name);
    const variable = known ?? { name: id.name, scope, kind, declarations: [], values: [], references: [] };
    names.set(id.name, variable);
    variable.declarations.push(id);
    resolved.set(id, variable);
    return variable;
  }

  for (const node of descendants(program)) {
    if (isFunction(node)) {
      for (const parameter of node.params) declare(node, parameter as Identifier, "parameter");
      if (node.id) {
        const own = node.type === "FunctionExpression";
        declare(own ? node : functionAround(node), node.id, own ? "own name" : "function").values.push(node);
      }
    } else if (node.type === "VariableDeclarator") {
      const variable = declare(functionAround(node), node.id as Identifier, "var");
      if (node.init) variable.values.push(node.init);
      const loop = parents.get(parents.get(node) as AnyNode);
      if (loop?.type === "ForInStatement" && loop.left === parents.get(node)) variable.values.push(null);
    } else if (node.type === "CatchClause" && node.param) {
      declare(node, node.param as Identifier, "catch");
    }
  }

  function resolve(id: Identifier): Variable | undefined {
    for (let scope: AnyNode | undefined = parents.get(id); scope; scope = parents.get(scope)) {
      const variable = declared.get(scope as ScopeNode)?.get(id.name);
      if (variable) return variable;
    }
    return undefined;
  }

  for (const node of descendants(program)) {
    if (node.type !== "Identifier") continue;
    const parent = parents.get(node);
    if (!isReference(node, parent)) continue;
    const variable = resolve(node);
    if (!variable) continue;
    resolved.set(node, variable);
    variable.references.push(node);
    if (parent?.type === "AssignmentExpression" && parent.left === node) {
      variable.values.push(parent.operator === "=" ? parent.right : null);
    } else if (
      parent?.type === "UpdateExpression" ||
      (parent?.type === "ForInStatement" && parent.left === node)
    ) {
      variable.values.push(null);
    }
  }

  return {
    variables: [...declared.values()].flatMap((names) => [...names.values()]),
    variableOf: (identifier) => resolved.get(identifier),
    parentOf: (node) => parents.get(node),
    functionAround,
  };
}
