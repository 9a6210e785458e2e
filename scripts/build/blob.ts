import { dirname } from "node:path";
import { aliasWords } from "./alias.ts";
import { type Bundled, type BundleOptions, bundle } from "./bundle.ts";
import { fillLead } from "./fill-lead.ts";
import { hoistVariables } from "./hoist.ts";
import { minify } from "./minify.ts";
import { originIn } from "./origin.ts";
import { parenthesizeLiterals } from "./parenthesize.ts";
import { BuildError } from "./problem.ts";
import { renameByUse } from "./rename.ts";
import { nestSeldom } from "./seldom.ts";
import { type Size, sizeOf } from "./size.ts";
import { startLast } from "./start-last.ts";
import { parseES5, refusals } from "./verify.ts";

/** Nothing is written to `outfile`. */
export interface BlobOptions extends BundleOptions {
  /** The board's outbox has a part of the code: fill-lead.ts. */
  lead?: boolean;
}

/** What a board runs: ES5 statements on one line, ASCII, without comments. */
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
  const mended = startLast(
    parenthesizeLiterals(hoistVariables(await minify(nestSeldom(await bundle(options))))),
  );
  // The rules know the interpreter's functions by their names, so before these may change.
  refuse(mended, options.outfile);
  const renamed = renameByUse(aliasWords(mended));
  const { code, map } = options.lead ? fillLead(renamed) : renamed;
  return { code, map, size: sizeOf(parseES5(code, originIn(map, dirname(options.outfile)))) };
}

function refuse({ code, map }: Bundled, outfile: string): void {
  const origin = originIn(map, dirname(outfile));
  const refused = refusals(parseES5(code, origin), origin);
  if (refused.length > 0) throw new BuildError(refused);
}
