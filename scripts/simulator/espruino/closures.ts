import { Session } from "node:inspector";

/** The variables a function closes over, by name: one record a scope. */
export interface Scopes {
  /** The scopes of a function, innermost first, without the global one. Each scope is given once a round. */
  of(fn: object): Record<string, unknown>[];
  /** Starts a new round. */
  round(): void;
  dispose(): void;
}

/** A scope that functions share, and the last round in which it was given. */
interface Scope {
  round: number;
}

interface Evaluated {
  result: { objectId: string };
}

const PROBE = "__espruinoSimulatorProbe";

/** Where a value is put for the inspector, and what it hands over: the only way between its names and our values. */
const exchange: { value?: unknown; taken?: unknown[] } = {};
Object.defineProperty(globalThis, PROBE, { value: exchange });

/**
 * Looks into closures through V8's own inspector, since most of a blob's state is in the variables of its one function
 * and in no object. Two scopes with the same names and the very same values are taken for one.
 */
export function createScopes(): Scopes {
  const session = new Session();
  session.connect();
  let round = 0;
  /** Met in this round, by content. */
  let known = new Map<string, Scope>();
  const ofFunction = new WeakMap<object, Scope[]>();
  const identities = new WeakMap<object, number>();
  let nextIdentity = 1;

  /** The answer comes before `post` returns: the session is in this thread. */
  function post(method: string, params: object): Record<string, never> {
    let answer: Record<string, never> = {};
    session.post(method, params, (error, result) => {
      if (error) throw new Error(`inspector ${method}: ${error.message}`);
      answer = result as Record<string, never>;
    });
    return answer;
  }

  interface Property {
    name: string;
    value?: {
      objectId?: string;
      value?: unknown;
      unserializableValue?: string;
      subtype?: string;
      description?: string;
    };
  }
  const properties = (objectId: string): { result: Property[]; internalProperties?: Property[] } =>
    post("Runtime.getProperties", { objectId, ownProperties: true }) as never;
  /** Handles are of one group, which `look` lets go as a whole. */
  const evaluate = (expression: string): string => {
    const evaluated = post("Runtime.evaluate", { expression, objectGroup: PROBE });
    return (evaluated as unknown as Evaluated).result.objectId;
  };

  function values(objectId: string): Record<string, unknown> {
    const found = properties(objectId).result.filter(({ value }) => value);
    const args = found.map(({ value }) => {
      if (value?.objectId) return { objectId: value.objectId };
      return value?.unserializableValue
        ? { unserializableValue: value.unserializableValue }
        : { value: value?.value };
    });
    const functionDeclaration = `function (...all) { ${PROBE}.taken = all }`;
    post("Runtime.callFunctionOn", { functionDeclaration, objectId: evaluate(PROBE), arguments: args });
    const taken = exchange.taken ?? [];
    exchange.taken = undefined;
    return Object.fromEntries(found.map(({ name }, i) => [name, taken[i]]));
  }

  function identity(value: unknown): string {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return String(value);
    let number = identities.get(value);
    if (!number) {
      number = nextIdentity++;
      identities.set(value, number);
    }
    return `#${number}`;
  }

  /** What a function's scopes hold now. The inspector gives copies, so it must be asked each time. */
  function look(fn: object): Record<string, unknown>[] {
    exchange.value = fn;
    const { internalProperties } = properties(evaluate(`${PROBE}.value`));
    exchange.value = undefined;
    const list = internalProperties?.find(({ name }) => name === "[[Scopes]]")?.value?.objectId;
    const found: Record<string, unknown>[] = [];
    for (const { value } of list ? properties(list).result : [])
      if (value?.objectId && /^(Closure|Block|Catch)/.test(value.description ?? ""))
        found.push(values(value.objectId));
    post("Runtime.releaseObjectGroup", { objectGroup: PROBE });
    return found;
  }

  const contentOf = (scope: Record<string, unknown>): string =>
    Object.entries(scope)
      .map(([name, held]) => `${name}=${identity(held)}`)
      .join();

  return {
    of(fn) {
      const cached = ofFunction.get(fn);
      if (cached?.every((scope) => scope.round === round)) return [];
      const contents = look(fn);
      const scopes = contents.map((content, i) => {
        const key = contentOf(content);
        const scope = known.get(key) ?? cached?.[i] ?? { round: round - 1 };
        known.set(key, scope);
        return scope;
      });
      ofFunction.set(fn, scopes);
      return contents.filter((_, i) => {
        const scope = scopes[i] as Scope;
        const fresh = scope.round !== round;
        scope.round = round;
        return fresh;
      });
    },
    round() {
      known = new Map();
      round++;
    },
    dispose() {
      session.disconnect();
    },
  };
}
