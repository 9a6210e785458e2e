/**
 * What runs seldom takes no memory meanwhile. A function whose doc comment has the tag `@seldom` gets those that nothing else
 * uses, from whatever file, moved inside of itself. There they are made at each call, which takes the interpreter a few
 * milliseconds a kilobyte, and are gone after it.
 *
 * Those that are handed on, as a callback or in an object, stay outside, as they may be kept for long: inside they would take
 * more, and keep all the others. With `@seldom callbacks` they go inside, too: for what is over some time after the call.
 */
import { type AnyNode, type Identifier, type Program, parse } from "acorn";
import MagicString from "magic-string";
import type { Bundled } from "./bundle.ts";
import { edited } from "./edited.ts";
import { BuildError } from "./problem.ts";
import { type Scopes, scopesOf, type Variable } from "./scopes.ts";
import { TAG, WITH_CALLBACKS } from "./seldom-tag.ts";
import { descendants, type FunctionNode, isReference } from "./tree.ts";

/** A function at the top, which nothing replaces. */
interface Top {
  variable: Variable;
  node: FunctionNode;
  /** Whatever contains a reference to it: another of these, or the program itself. */
  users: Set<Top | undefined>;
  /** It is only called, and not handed on. */
  stays: boolean;
}

/** Moves what only a marked function uses inside of it. */
export function nestSeldom({ code, map }: Bundled): Bundled {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const scopes = scopesOf(program);
  const tops = topsOf(scopes, program);
  const text = new MagicString(code);
  const owned = new Map<Top, Set<Top>>();
  for (const top of tops) {
    const [first] = (top.node.body as { body: AnyNode[] }).body;
    if (first?.type !== "ExpressionStatement" || !first.directive?.startsWith(TAG)) continue;
    text.remove(first.start, first.end);
    const withCallbacks = first.directive === WITH_CALLBACKS;
    owned.set(top, usedOnlyBy(top, withCallbacks ? tops : tops.filter(({ stays }) => stays)));
  }
  // The innermost, or what it calls of those inside of another would be out of its sight.
  const within = new Map([...owned.keys()].map((top) => [top, usedOnlyBy(top, tops)] as const));
  const ownerOf = (top: Top): Top | undefined =>
    [...owned.keys()]
      .filter((one) => owned.get(one)?.has(top))
      .sort((a, b) => (within.get(b)?.has(a) ? -1 : 1))[0];
  const ownersOf = (top: Top): Top[] => {
    const owner = ownerOf(top);
    return owner ? [owner, ...ownersOf(owner)] : [];
  };
  // Those that go inside of others come after them.
  const inner = tops.map((top) => ({ top, owners: ownersOf(top) })).filter(({ owners }) => owners.length);
  for (const { top, owners } of inner.sort((a, b) => a.owners.length - b.owners.length)) {
    for (const outer of owners)
      for (const local of shadowing(outer.node, top, scopes)) rename(local, `${local.name}$`, text);
    const [owner] = owners as [Top];
    text.move(top.node.start, top.node.end, owner.node.body.start + 1);
  }
  const nested = edited(text, map);
  refuseLost(program, scopes, nested.code);
  return nested;
}

/** Throws if a name stands for nothing any more: the minifier would take it for a global, and leave out what it stood for. */
function refuseLost(before: Program, scopes: Scopes, code: string): void {
  const after = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const known = globalsOf(before, scopes);
  const lost = [...globalsOf(after, scopesOf(after))].filter((name) => !known.has(name));
  if (lost.length)
    throw new BuildError(lost.map((name) => `@seldom: ${name} is out of sight of who uses it`));
}

/** The names that the program does not declare. */
function globalsOf(program: Program, { variableOf, parentOf }: Scopes): Set<string> {
  const names = new Set<string>();
  for (const node of descendants(program))
    if (node.type === "Identifier" && isReference(node, parentOf(node)) && !variableOf(node))
      names.add(node.name);
  return names;
}

function topsOf({ variables, parentOf }: Scopes, program: AnyNode): Top[] {
  const tops = variables.flatMap((variable): Top[] => {
    const [node] = variable.values;
    const isTop = variable.scope === program && variable.kind === "function" && variable.values.length === 1;
    return isTop && node?.type === "FunctionDeclaration"
      ? [{ variable, node, users: new Set(), stays: true }]
      : [];
  });
  const byNode = new Map<AnyNode, Top>(tops.map((top) => [top.node, top]));
  for (const top of tops)
    for (const reference of top.variable.references) {
      const call = parentOf(reference);
      if (call?.type !== "CallExpression" || call.callee !== reference) top.stays = false;
      let around: AnyNode | undefined = reference;
      while (around && !byNode.has(around)) around = parentOf(around);
      top.users.add(around && byNode.get(around));
    }
  return tops;
}

/** All to which every way leads through one. */
function usedOnlyBy(one: Top, tops: Top[]): Set<Top> {
  const own = new Set(tops.filter((top) => top !== one && top.users.size > 0));
  for (let before = -1; before !== own.size; ) {
    before = own.size;
    for (const top of own)
      if ([...top.users].some((user) => !user || (user !== one && user !== top && !own.has(user))))
        own.delete(top);
  }
  return own;
}

/** What is local to a function and has a name by which what goes inside of it means something else, or is known itself. */
function shadowing(
  outer: FunctionNode,
  { node, variable }: Top,
  { variables, variableOf }: Scopes,
): Variable[] {
  const names = new Set([variable.name]);
  for (const inside of descendants(node))
    if (inside.type === "Identifier" && variableOf(inside as Identifier)?.scope !== node)
      names.add(inside.name);
  return variables.filter(({ scope, name }) => scope === outer && names.has(name));
}

function rename({ references, declarations }: Variable, name: string, text: MagicString): void {
  for (const { start, end } of new Set([...references, ...declarations])) text.update(start, end, name);
}
