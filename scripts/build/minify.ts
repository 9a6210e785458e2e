import { parse } from "acorn";
import { type MinifyOptions, minify as terser } from "terser";
import { type Bundled, INTERPRETER_REQUIRE } from "./bundle.ts";
import { edit } from "./edit.ts";
import { scopesOf } from "./scopes.ts";
import { descendants, isFunction } from "./tree.ts";

/** Private members end in one underscore; `__proto__` and `__FILE__` are not ours. */
const PRIVATE_MEMBER = /[^_]_$/;

/**
 * Moves function declarations to the top of their function, since Espruino does not hoist them, shortens what may
 * be shortened, and leaves one ES5 statement in ASCII, without comments.
 */
export async function minify(bundled: Bundled): Promise<Bundled> {
  const minified = await run(bundled, {
    compress: {
      ecma: 5,
      passes: 3,
      hoist_funs: true,
      pure_getters: true,
      global_defs: { [`@${INTERPRETER_REQUIRE}`]: "require" },
      drop_debugger: true,
      // A parameter costs a variable for as long as its function lives.
      keep_fargs: false,
    },
    mangle: {
      toplevel: true,
      // `builtins` lets private members have short names that some browser object has too.
      properties: { regex: PRIVATE_MEMBER, keep_quoted: true, builtins: true },
    },
  });
  const names = namesByUse(minified.code);
  if (names.length === 0) return minified;
  // The shortest names go to what is declared first: a declaration for the minifier's eyes only.
  const declared = edit(minified, [
    { at: bodyStart(minified.code), remove: 0, insert: `var ${names.join(",")};` },
  ]);
  const named = await run(declared, { compress: false, mangle: { toplevel: true } });
  const at = bodyStart(named.code);
  return edit(named, [{ at, remove: named.code.indexOf(";", at) + 1 - at, insert: "" }]);
}

async function run({ code, map }: Bundled, options: MinifyOptions): Promise<Bundled> {
  const output = await terser(code, {
    ecma: 5,
    toplevel: true,
    format: { ecma: 5, ascii_only: true, comments: false },
    sourceMap: { content: map },
    ...options,
  });
  return { code: output.code ?? "", map: String(output.map) };
}

/** The names in the blob's one function, those used most first. There are more of them than names of one letter. */
function namesByUse(code: string): string[] {
  const program = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const blob = [...descendants(program)].find(isFunction);
  const variables = scopesOf(program).variables.filter(({ scope }) => blob && scope === blob);
  const uses = ({ declarations, references }: (typeof variables)[number]) =>
    declarations.length + references.length;
  return variables.sort((a, b) => uses(b) - uses(a)).map(({ name }) => name);
}

function bodyStart(code: string): number {
  return code.indexOf("{", code.indexOf("function(")) + 1;
}
