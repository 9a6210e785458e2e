/** The live page's files, bundled in memory from `scripts/start/page/`. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PAGE = join(dirname(fileURLToPath(import.meta.url)), "page");

/** What is answered at a path. */
export interface PageFile {
  path: "/" | "/page.js" | "/page.css";
  type: string;
  body: string;
}

/** Takes a fraction of a second. Throws what esbuild says, which is a mistake of ours. */
export async function pageFiles(): Promise<PageFile[]> {
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, "main.ts")],
    // It names the outputs; nothing is written.
    outfile: join(PAGE, "page.js"),
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // Pictures of Leaflet's style sheet.
    loader: { ".png": "dataurl" },
    logLevel: "silent",
  });
  const output = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  return [
    { path: "/", type: "text/html; charset=utf-8", body: readFileSync(join(PAGE, "index.html"), "utf8") },
    { path: "/page.js", type: "text/javascript; charset=utf-8", body: output(".js") },
    { path: "/page.css", type: "text/css; charset=utf-8", body: output(".css") },
  ];
}
