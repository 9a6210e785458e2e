/**
 * What is known when the firmware is built is not computed on a device: of a file whose first comment has the tag `@computed`
 * the build runs each function that it exports, puts what it gives into its place, and leaves out all else that is in the file,
 * such as a table with words for people. Under Node the file runs as it is written.
 */
import { isDeepStrictEqual } from "node:util";
import { type AnyNode, parse } from "acorn";
import { buildSync } from "esbuild";
import { editModule, hasTag } from "./module.ts";
import { type FunctionNode, isFunction } from "./tree.ts";

/** Whether a file's first comment says so. `source`: its TypeScript. */
export const isComputed = (source: string): boolean => hasTag(source, "computed");

/**
 * The module with the values of its functions. `code`: as emitted from `file`; `features`: what is built in, `__FEATURES__`. Throws
 * what is wrong with it, for a person.
 */
export function compute(code: string, file: string, features: string): string {
  return editModule(code, (text) => {
    const { body } = parse(text.original, { ecmaVersion: "latest", sourceType: "module" });
    const values = valuesOf(file, features);
    for (const node of body) {
      const made = exportedFunction(node);
      if (made?.params.length)
        throw Error(`@computed: ${made.id?.name} takes arguments, which only a device knows`);
      if (!made) {
        text.remove(node.start, node.end);
        continue;
      }
      const value = values[made.id?.name ?? ""]?.();
      const json = JSON.stringify(value) ?? "null";
      if (!isDeepStrictEqual(JSON.parse(json), value))
        throw Error(`@computed: ${made.id?.name} gives what is no JSON`);
      text.update(made.body.start, made.body.end, `{ return ${json}; }`);
    }
  });
}

function exportedFunction(node: AnyNode): FunctionNode | undefined {
  const exported = node.type === "ExportNamedDeclaration" ? node.declaration : undefined;
  return isFunction(exported) ? exported : undefined;
}

/** What the file exports, as it runs here. */
function valuesOf(file: string, features: string): Record<string, () => unknown> {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    define: { __FEATURES__: JSON.stringify(features) },
    format: "iife",
    globalName: "found",
    write: false,
    logLevel: "silent",
  });
  return new Function(`${outputFiles[0]?.text} return found;`)();
}
