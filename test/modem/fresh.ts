import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/**
 * Evaluates modules of firmware/ anew, as a board does when it boots: there is one modem, and its state is theirs.
 * Each call of what this returns gives all they export, from one new copy of them and what they import. The interpreter's
 * own modules are not there.
 */
export function bootable<Exports>(...paths: string[]): () => Exports {
  const { outputFiles } = buildSync({
    stdin: {
      contents: paths.map((path) => `export * from "./${path}";`).join(""),
      resolveDir: fileURLToPath(new URL("../../firmware", import.meta.url)),
    },
    bundle: true,
    format: "iife",
    globalName: "exported",
    external: ["Flash", "Storage"],
    write: false,
  });
  return new Function(`${outputFiles[0]?.text} return exported;`) as () => Exports;
}
