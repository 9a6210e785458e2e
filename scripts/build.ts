import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { BOARDS, type BoardName } from "./boards.ts";
import { buildBoards, choicesOf, SOURCES, type Sources } from "./build/boards.ts";
import { type Choices, describeChoices, featuresOption, readChoices } from "./build/features.ts";
import { buildLoader } from "./build/loader.ts";
import { BuildError } from "./build/problem.ts";
import { count, describeShare, describeSize, excesses } from "./build/report.ts";
import { bytesByFile, sharesOfFeatures } from "./build/shares.ts";
import { command, valuesOf } from "./command-line.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { type Paint, paintFor, plain, showWait } from "./screen.ts";

export function buildCommand(): Command {
  const does =
    "Writes dist/<board>.js, what the board runs, dist/<board>.js.map and, where firmware can come over the air, dist/<board>.loader.json; without --board, of all boards.";
  return command("npm run build", does)
    .addOption(new Option("--board <NAME...>", "only this board, or these").choices(BOARDS))
    .addOption(featuresOption())
    .option("--files", "also print how many bytes each TypeScript file takes, and what each feature takes");
}

interface BuildOptions {
  names: BoardName[];
  wanted: Choices;
  /** Also report what each file and each feature takes. */
  files: boolean;
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
function readOptions(args: string[], sources: Sources): BuildOptions | undefined {
  const values = valuesOf<{ board?: BoardName[]; features?: string[]; files?: true }>(buildCommand(), args);
  if (!values) return undefined;
  const names = [...new Set(values.board ?? BOARDS)];
  const wanted = readChoices(values.features ?? [], sources.features);
  for (const name of names) choicesOf(name, wanted, sources);
  return { names, wanted, files: values.files ?? false };
}

/** Builds, writes and reports. Returns the exit code. */
export async function build(args: string[], sources: Sources = SOURCES, paint = plain): Promise<number> {
  return withFaultsTold(
    async () => {
      const options = readOptions(args, sources);
      if (options) return buildAndReport(options, sources, paint);
      console.log(buildCommand().helpInformation());
      return EXIT.OK;
    },
    (line) => console.error(line),
  );
}

/** The blobs and, if `files` are wanted, what each feature takes of them; on a terminal with what is being built. */
async function make({ names, wanted, files }: BuildOptions, sources: Sources) {
  const wait = showWait("building", process.stderr);
  const building = (what: string): void => wait.update(`building ${what}`);
  try {
    const blobs = await buildBoards(names, sources, wanted, building);
    return { blobs, shares: files ? await sharesOfFeatures(blobs, sources, wanted, building) : undefined };
  } finally {
    wait.stop();
  }
}

/** A blob that is only too large is written all the same, to be tried in the simulator. */
async function buildAndReport(options: BuildOptions, sources: Sources, paint: Paint): Promise<number> {
  const { names, wanted } = options;
  const files = (name: BoardName) =>
    [`${name}.js`, `${name}.js.map`, `${name}.loader.json`].map((file) => join(sources.out, file));
  try {
    const { blobs, shares } = await make(options, sources);
    mkdirSync(sources.out, { recursive: true });
    const over: string[] = [];
    for (const [name, blob] of blobs) {
      const { code, map, size } = blob;
      const [blobFile = "", mapFile = "", loaderFile = ""] = files(name);
      writeFileSync(blobFile, code);
      writeFileSync(mapFile, map);
      if (choicesOf(name, wanted, sources).ota === "slots")
        writeFileSync(loaderFile, JSON.stringify(await buildLoader(name, sources)));
      else rmSync(loaderFile, { force: true });
      console.log([describeSize(name, size), describeChoices(wanted)].filter((part) => part).join(", "));
      if (options.files)
        for (const [file, bytes] of bytesByFile(blob)) console.log(`${count(bytes).padStart(8)}  ${file}`);
      for (const share of shares?.get(name) ?? []) console.log(describeShare(share));
      over.push(...excesses(name, size));
    }
    for (const line of over) console.error(paint("red", line));
    return over.length > 0 ? EXIT.UNWELL : EXIT.OK;
  } catch (failure) {
    if (!(failure instanceof BuildError)) throw failure;
    // What an earlier build left must not be flashed in its stead.
    for (const file of names.flatMap(files)) rmSync(file, { force: true });
    for (const line of failure.lines) console.error(line);
    return EXIT.UNWELL;
  }
}

await runCommand(import.meta.url, (args) => build(args, SOURCES, paintFor(process.stderr)));
