import type {
  AnyNode,
  ForStatement,
  Identifier,
  SwitchStatement,
  TryStatement,
  VariableDeclaration,
} from "acorn";
import type { ScopeNode, Variable } from "../scopes.ts";

/** The variables surely declared at a point; null where the point cannot be reached. */
type Declared = ReadonlySet<Variable> | null;

export interface FlowOptions {
  declaredBy(id: Identifier): Variable | undefined;
  /** Told each expression that can run, with what is declared on every path to it. */
  evaluate(expression: AnyNode, declared: ReadonlySet<Variable>): void;
}

/** Follows one function's statements (labels are refused elsewhere) in every order they can run in. */
export class Flow {
  private breaks: Declared[] = [];
  private continues: Declared[] = [];

  constructor(private readonly options: FlowOptions) {}

  run(owner: ScopeNode): void {
    const body = owner.type === "Program" ? owner.body : (owner.body as { body: AnyNode[] }).body;
    this.sequence(body, new Set());
  }

  private sequence(statements: AnyNode[], before: Declared): Declared {
    return statements.reduce((declared, statement) => this.statement(statement, declared), before);
  }

  private evaluate(expression: AnyNode | null | undefined, declared: Declared): void {
    if (expression && declared) this.options.evaluate(expression, declared);
  }

  private statement(node: AnyNode, before: Declared): Declared {
    switch (node.type) {
      case "BlockStatement":
        return this.sequence(node.body, before);
      case "VariableDeclaration":
        return this.declaration(node, before);
      case "FunctionDeclaration":
        return node.id ? this.declare(node.id, before) : before;
      case "ExpressionStatement":
        this.evaluate(node.expression, before);
        return before;
      case "IfStatement":
        this.evaluate(node.test, before);
        return either(
          this.statement(node.consequent, before),
          node.alternate ? this.statement(node.alternate, before) : before,
        );
      case "ForStatement":
        return this.for(node, before);
      case "ForInStatement": {
        const head = node.left.type === "VariableDeclaration" ? this.declaration(node.left, before) : before;
        if (node.left.type !== "VariableDeclaration") this.evaluate(node.left, before);
        this.evaluate(node.right, head);
        const loop = this.body(node.body, head);
        return loop.breaks.reduce(either, head);
      }
      case "WhileStatement": {
        this.evaluate(node.test, before);
        const loop = this.body(node.body, before);
        return loop.breaks.reduce(either, isAlwaysTrue(node.test) ? null : before);
      }
      case "DoWhileStatement": {
        const loop = this.body(node.body, before);
        this.evaluate(node.test, loop.next);
        return loop.breaks.reduce(either, isAlwaysTrue(node.test) ? null : loop.next);
      }
      case "SwitchStatement":
        return this.switch(node, before);
      case "TryStatement":
        return this.try(node, before);
      case "ReturnStatement":
      case "ThrowStatement":
        this.evaluate(node.argument, before);
        return null;
      case "BreakStatement":
        this.breaks.push(before);
        return null;
      case "ContinueStatement":
        this.continues.push(before);
        return null;
      case "LabeledStatement":
      case "WithStatement":
        return this.statement(node.body, before);
      default:
        return before;
    }
  }

  private declare(id: Identifier, before: Declared): Declared {
    const variable = this.options.declaredBy(id);
    return before && variable ? new Set(before).add(variable) : before;
  }

  /** `var x = x + 1` declares first, as Espruino does. */
  private declaration(node: VariableDeclaration, before: Declared): Declared {
    return node.declarations.reduce((declared, { id, init }) => {
      const after = this.declare(id as Identifier, declared);
      this.evaluate(init, after);
      return after;
    }, before);
  }

  private for(node: ForStatement, before: Declared): Declared {
    let head = before;
    if (node.init?.type === "VariableDeclaration") head = this.declaration(node.init, before);
    else this.evaluate(node.init, before);
    this.evaluate(node.test, head);
    const loop = this.body(node.body, head);
    this.evaluate(node.update, loop.next);
    return loop.breaks.reduce(either, isAlwaysTrue(node.test) ? null : head);
  }

  /** A loop's body, from its first round, when least is declared. */
  private body(node: AnyNode, head: Declared): { next: Declared; breaks: Declared[] } {
    const outer = { breaks: this.breaks, continues: this.continues };
    this.breaks = [];
    this.continues = [];
    const next = either(this.statement(node, head), this.continues.reduce(either, null));
    const { breaks } = this;
    this.breaks = outer.breaks;
    this.continues = outer.continues;
    return { next, breaks };
  }

  private switch(node: SwitchStatement, before: Declared): Declared {
    this.evaluate(node.discriminant, before);
    const outer = this.breaks;
    this.breaks = [];
    let through: Declared = null;
    for (const { test, consequent } of node.cases) {
      this.evaluate(test, before);
      through = this.sequence(consequent, either(before, through));
    }
    const complete = node.cases.some(({ test }) => !test);
    const after = this.breaks.reduce(either, complete ? through : either(through, before));
    this.breaks = outer;
    return after;
  }

  /** The block may throw before its first declaration, so the handler and the finalizer can rely on none. */
  private try(node: TryStatement, before: Declared): Declared {
    const done = this.statement(node.block, before);
    const after = node.handler ? either(done, this.statement(node.handler.body, before)) : done;
    if (!node.finalizer) return after;
    const finalized = this.statement(node.finalizer, before);
    return after && finalized ? new Set([...after, ...finalized]) : null;
  }
}

/** What is declared whichever of two ways led here. */
function either(a: Declared, b: Declared): Declared {
  if (!a || !b) return a ?? b;
  return new Set([...a].filter((variable) => b.has(variable)));
}

function isAlwaysTrue(test: AnyNode | null | undefined): boolean {
  if (!test) return true;
  if (test.type === "Literal") return Boolean(test.value);
  return test.type === "UnaryExpression" && test.operator === "!" && isZero(test.argument);
}

function isZero(node: AnyNode): boolean {
  return node.type === "Literal" && !node.value;
}
