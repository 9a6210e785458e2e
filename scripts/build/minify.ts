import { minify as terser } from "terser";
import { type Bundled, INTERPRETER_REQUIRE } from "./bundle.ts";

/**
 * Private members end in one underscore; `__proto__` and `__FILE__` are not ours. And the handlers of a socket, whose
 * both sides are in the blob.
 */
const PRIVATE_MEMBER = /[^_]_$|^on(Open|Data|Writable|Close)$|^takesData$/;

/**
 * Moves function declarations to the top of their function, since Espruino does not hoist them, shortens what may
 * be shortened, and leaves ES5 in ASCII, without comments.
 */
export async function minify({ code, map }: Bundled): Promise<Bundled> {
  const output = await terser(code, {
    ecma: 5,
    toplevel: true,
    compress: {
      ecma: 5,
      passes: 3,
      hoist_funs: true,
      pure_getters: true,
      global_defs: { [`@${INTERPRETER_REQUIRE}`]: "require" },
      drop_debugger: true,
      // It makes x == null of x === null || x === undefined, and there the text "null" is that, too.
      comparisons: false,
      // A parameter costs a variable for as long as its function lives.
      keep_fargs: false,
    },
    mangle: {
      toplevel: true,
      // `builtins` lets private members have short names that some browser object has too.
      properties: { regex: PRIVATE_MEMBER, keep_quoted: true, builtins: true },
    },
    format: { ecma: 5, ascii_only: true, comments: false },
    sourceMap: { content: map },
  });
  return { code: output.code ?? "", map: String(output.map) };
}
