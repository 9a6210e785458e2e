import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BOARDS, type BoardName } from "./budgets.ts";
import { buildBoards, choicesOf, SOURCES, type Sources } from "./build/boards.ts";
import { type Choices, describeChoices, readChoices } from "./build/features.ts";
import { BuildError } from "./build/problem.ts";
import { count, describeShare, describeSize, excesses } from "./build/report.ts";
import { bytesByFile, sharesOfFeatures } from "./build/shares.ts";

const USAGE = `Usage: npm run build -- [--board ${BOARDS.join("|")}]... [--features NAME=WAY,...]... [--files]
Writes dist/<board>.js, what the board runs, and dist/<board>.js.map; without --board, of all boards.
--features chooses what of it is built in: gnss=modem (the modem's engine), gnss=nmea (a receiver with a UART of its own),
  gnss=none; without it each board has its own default.
--files also prints how many bytes each TypeScript file takes, and what each feature takes.`;

/**
 * Builds, writes and reports. Returns the exit code: 1 for what cannot be built or is over its budget, 2 for a wrong
 * command line. A blob that is only too large is written all the same, to be tried in the simulator.
 */
export async function build(args: string[], sources: Sources = SOURCES): Promise<number> {
  let names: BoardName[];
  let byFile: boolean;
  let wanted: Choices;
  try {
    const { values } = parseArgs({
      args,
      options: {
        board: { type: "string", multiple: true },
        features: { type: "string", multiple: true },
        files: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    byFile = values.files ?? false;
    names = boardsNamed(values.board ?? [...BOARDS]);
    wanted = readChoices(values.features ?? [], sources.features);
    for (const name of names) choicesOf(name, wanted, sources);
  } catch (wrong) {
    if (wrong instanceof BuildError) {
      for (const line of wrong.lines) console.error(line);
      return 2;
    }
    console.error(`${(wrong as Error).message}\n${USAGE}`);
    return 2;
  }

  const files = (name: BoardName) => [`${name}.js`, `${name}.js.map`].map((file) => join(sources.out, file));
  try {
    const blobs = await buildBoards(names, sources, wanted);
    const shares = byFile ? await sharesOfFeatures(blobs, sources, wanted) : undefined;
    mkdirSync(sources.out, { recursive: true });
    const over: string[] = [];
    for (const [name, blob] of blobs) {
      const { code, map, size } = blob;
      const [blobFile = "", mapFile = ""] = files(name);
      writeFileSync(blobFile, code);
      writeFileSync(mapFile, map);
      console.log([describeSize(name, size), describeChoices(wanted)].filter((part) => part).join(", "));
      if (byFile)
        for (const [file, bytes] of bytesByFile(blob)) console.log(`${count(bytes).padStart(8)}  ${file}`);
      for (const share of shares?.get(name) ?? []) console.log(describeShare(share));
      over.push(...excesses(name, size));
    }
    for (const line of over) console.error(line);
    return over.length > 0 ? 1 : 0;
  } catch (failure) {
    if (!(failure instanceof BuildError)) throw failure;
    // What an earlier build left must not be flashed in its stead.
    for (const file of names.flatMap(files)) rmSync(file, { force: true });
    for (const line of failure.lines) console.error(line);
    return 1;
  }
}

function boardsNamed(names: string[]): BoardName[] {
  const unknown = names.find((name) => !(BOARDS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`no board ${unknown}: it is one of ${BOARDS.join(", ")}`);
  return [...new Set(names as BoardName[])];
}

if (fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = await build(process.argv.slice(2));
