import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { BOARDS, type BoardName } from "./boards.ts";
import { buildBoards, choicesOf, SOURCES, type Sources } from "./build/boards.ts";
import { type Choices, describeChoices, featuresOption, readChoices } from "./build/features.ts";
import { BuildError } from "./build/problem.ts";
import { count, describeShare, describeSize, excesses } from "./build/report.ts";
import { bytesByFile, sharesOfFeatures } from "./build/shares.ts";
import { command, UsageError, valuesOf } from "./command-line.ts";

function buildCommand(): Command {
  const does =
    "Writes dist/<board>.js, what the board runs, and dist/<board>.js.map; without --board, of all boards.";
  return command("npm run build", does)
    .addOption(new Option("--board <NAME...>", "only this board, or these").choices(BOARDS))
    .addOption(featuresOption())
    .option("--files", "also print how many bytes each TypeScript file takes, and what each feature takes");
}

/**
 * Builds, writes and reports. Returns the exit code: 1 for what cannot be built or is over its budget, 2 for a wrong
 * command line. A blob that is only too large is written all the same, to be tried in the simulator.
 */
export async function build(args: string[], sources: Sources = SOURCES): Promise<number> {
  let values: { board?: BoardName[]; features?: string[]; files?: true } | undefined;
  let names: BoardName[];
  let wanted: Choices;
  try {
    values = valuesOf(buildCommand(), args);
    names = [...new Set(values?.board ?? BOARDS)];
    wanted = readChoices(values?.features ?? [], sources.features);
    for (const name of names) choicesOf(name, wanted, sources);
  } catch (wrong) {
    if (!(wrong instanceof UsageError)) throw wrong;
    console.error(wrong.message);
    return 2;
  }
  if (!values) {
    console.log(buildCommand().helpInformation());
    return 0;
  }

  const files = (name: BoardName) => [`${name}.js`, `${name}.js.map`].map((file) => join(sources.out, file));
  try {
    const blobs = await buildBoards(names, sources, wanted);
    const shares = values.files && (await sharesOfFeatures(blobs, sources, wanted));
    mkdirSync(sources.out, { recursive: true });
    const over: string[] = [];
    for (const [name, blob] of blobs) {
      const { code, map, size } = blob;
      const [blobFile = "", mapFile = ""] = files(name);
      writeFileSync(blobFile, code);
      writeFileSync(mapFile, map);
      console.log([describeSize(name, size), describeChoices(wanted)].filter((part) => part).join(", "));
      if (values.files)
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

if (fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = await build(process.argv.slice(2));
