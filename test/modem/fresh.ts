import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/**
 * Evaluates modules of firmware/ anew, as a board does when it boots: there is one modem, and its state is theirs.
 * Each call of what this returns gives all they export, from one new copy of them and what they import. The interpreter's
 * own modules are not there.
 */
export function bootable<Exports>(...paths: string[]): () => Exports {
  return evaluate(paths.map((path) => `export * from "./${path}";`));
}

/** The same for modules that export the same names: each by a name of its own. */
export function bootableParts<Parts>(paths: Record<keyof Parts & string, string>): () => Parts {
  return evaluate(
    Object.entries<string>(paths).map(([name, path]) => `export * as ${name} from "./${path}";`),
  );
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

function evaluate<Exports>(exports: string[]): () => Exports {
  const { outputFiles } = buildSync({
    stdin: {
      contents: exports.join(""),
      resolveDir: fileURLToPath(new URL("../../firmware", import.meta.url)),
    },
    bundle: true,
    // The board that does least, which has neither DTR nor accelerometer, and a BG96.
    alias: {
      "#board": fileOf("board/linux.ts"),
      "#edrx": fileOf("firmware/modem/no-edrx.ts"),
      "#motion": fileOf("firmware/motion/none.ts"),
      "#turns": fileOf("firmware/gnss/no-turns.ts"),
    },
    format: "iife",
    globalName: "exported",
    external: ["Flash", "Storage", "crypto", "fs"],
    define: { __VERSION__: '"0.0.0"' },
    write: false,
  });
  return new Function(`${outputFiles[0]?.text} return exported;`) as () => Exports;
}
