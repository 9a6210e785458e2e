import { dirname } from "node:path";
import { type BundleOptions, bundle } from "./bundle.ts";
import { hoistVariables } from "./hoist.ts";
import { minify } from "./minify.ts";
import { originIn } from "./origin.ts";
import { parenthesizeLiterals } from "./parenthesize.ts";
import { BuildError } from "./problem.ts";
import { renameByUse } from "./rename.ts";
import { type Size, sizeOf } from "./size.ts";
import { parseES5, refusals } from "./verify.ts";

/** Nothing is written to `outfile`. */
export type BlobOptions = BundleOptions;

/** What a board runs: one ES5 expression, ASCII, without comments. */
export interface Blob {
  code: string;
  /** Source map, JSON, from the blob to the TypeScript. */
  map: string;
  size: Size;
}

/**
 * Bundles, minifies, mends what Espruino would misread, and checks. Throws a BuildError that names each thing Espruino
 * would fail on.
 */
export async function buildBlob(options: BlobOptions): Promise<Blob> {
  const { code, map } = renameByUse(
    parenthesizeLiterals(hoistVariables(await minify(await bundle(options)))),
  );
  const origin = originIn(map, dirname(options.outfile));
  const subject = parseES5(code, origin);
  const refused = refusals(subject, origin);
  if (refused.length > 0) throw new BuildError(refused);
  return { code, map, size: sizeOf(subject) };
}
