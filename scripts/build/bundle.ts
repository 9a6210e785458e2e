import { dirname, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { BuildError } from "./problem.ts";
import { type Chosen, type Emitted, ROOT } from "./program.ts";

/** What the interpreter's `require` is called until the minifier: by its own name the bundler would look for the file. */
export const INTERPRETER_REQUIRE = "INTERPRETER_REQUIRE";

export interface BundleOptions {
  emitted: Emitted;
  /** Absolute path of the entry's TypeScript. */
  entry: string;
  /** The TypeScript that is imported as `#board`, `#gnss` and the like. */
  chosen?: Chosen;
  version: string;
  /** What is built in, in words. */
  features?: string;
  /** `process.env.BOARD` of the interpreter that the blob is for. */
  board?: string;
  /** False: the board's interpreter has no Unicode, and what only serves text is left out. Default: it may have. */
  unicode?: false | undefined;
  /** Where the blob will be written: the map's sources are relative to it. */
  outfile: string;
}

export interface Bundled {
  code: string;
  /** Source map, JSON, from the bundle to the TypeScript. */
  map: string;
}

/** All modules in one scope, the interpreter's own; readable, in the order of their imports. */
export async function bundle({
  emitted,
  entry,
  chosen = {},
  version,
  features = "",
  board = "",
  unicode,
  outfile,
}: BundleOptions): Promise<Bundled> {
  const result = await build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    // No function around it: in the interpreter each function inside of one costs a variable more, and a scope.
    format: "esm",
    target: "es5",
    charset: "ascii",
    sourcemap: "external",
    sourcesContent: false,
    define: {
      __VERSION__: JSON.stringify(version),
      __BOARD__: JSON.stringify(board),
      __FEATURES__: JSON.stringify(features),
      __TLS__: String(!features.split(",").includes("tls=none")),
      __UNICODE__: String(unicode),
      require: INTERPRETER_REQUIRE,
    },
    plugins: [serveEmitted(emitted, chosen)],
    logLevel: "silent",
  }).catch((failure: { errors?: { text: string }[] }) => {
    if (!failure.errors) throw failure;
    throw new BuildError(failure.errors.map(({ text }) => text));
  });
  const output = (suffix: string) => result.outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? "";
  const code = output(".js");
  const helper = /\b__(?:export|toESM|toCommonJS|commonJS|esm|require)\b/.exec(code);
  if (helper) {
    throw new BuildError([
      `the bundler added ${helper[0]}, which costs variables: import names, not a namespace, and no CommonJS`,
    ]);
  }
  return { code, map: output(".map") };
}

function serveEmitted(emitted: Emitted, chosen: Chosen): Plugin {
  return {
    name: "emitted",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (path.startsWith("#")) {
          const file = chosen[path];
          return file ? { path: file } : { errors: [{ text: `${path}, but none was given` }] };
        }
        const source = resolve(importer ? dirname(importer) : ROOT, path).replace(/\.js$/, ".ts");
        if (emitted.has(source)) return { path: source };
        return { errors: [{ text: `${importer} imports ${path}, which is not part of the program` }] };
      });
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: emitted.get(path) ?? "", loader: "js" }));
    },
  };
}
