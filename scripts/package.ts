import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { BOARDS, type BoardName } from "./boards.ts";
import { buildBoards, choicesOf, SOURCES, type Sources } from "./build/boards.ts";
import { type Choices, featuresOption, NONE, readChoices } from "./build/features.ts";
import { BuildError } from "./build/problem.ts";
import { ROOT } from "./build/program.ts";
import { count, excesses } from "./build/report.ts";
import { command, UsageError, valuesOf } from "./command-line.ts";
import { Fault, shortened } from "./fault.ts";
import { packageOf } from "./package/package.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { whileWaiting } from "./screen.ts";

export const packageCommand = (): Command =>
  command(
    "npm run package",
    "Writes dist/<board>-<version>.js, the firmware of a board to be uploaded to ThingsBoard as an OTA package, and prints what to say of it there.",
  )
    .addOption(new Option("--board <NAME...>", "the board, or these").choices(BOARDS))
    .addOption(featuresOption());

interface PackageOptions {
  boards: BoardName[];
  wanted: Choices;
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
function readOptions(args: string[], sources: Sources): PackageOptions | undefined {
  const values = valuesOf<{ board?: BoardName[]; features?: string[] }>(packageCommand(), args);
  if (!values) return undefined;
  const wanted = readChoices(values.features ?? [], sources.features);
  const takesOne = (board: BoardName): boolean => choicesOf(board, wanted, sources).ota !== NONE;
  if (!values.board) throw new UsageError(`--board is missing: use ${BOARDS.filter(takesOne).join(", ")}`);
  for (const board of values.board)
    if (!takesOne(board)) throw new UsageError(`${board} takes no firmware over the air: npm run flash`);
  return { boards: [...new Set(values.board)], wanted };
}

/** Writes the packages; gives what is to be said of each. A blob over its budget may not fit where the board would put it. */
async function make({ boards, wanted }: PackageOptions, sources: Sources): Promise<string[]> {
  const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { name: string };
  const { version, out } = sources;
  const blobs = await whileWaiting("building", process.stderr, () => buildBoards(boards, sources, wanted));
  mkdirSync(out, { recursive: true });
  return [...blobs].flatMap(([board, { code, size }]) => {
    const [excess] = excesses(board, size);
    if (excess !== undefined) throw new Fault(excess);
    const { title, tag, bytes, crc32, sha256 } = packageOf(board, code, { name, version });
    const file = join(out, `${board}-${version}.js`);
    writeFileSync(file, bytes);
    return [
      `wrote ${shortened(file)}, ${count(bytes.length)} bytes`,
      `title:   ${title}`,
      `version: ${version}`,
      `tag:     ${tag}`,
      `CRC32:   ${crc32}`,
      `SHA256:  ${sha256}`,
    ];
  });
}

/** Returns the exit code. */
export function makePackages(args: string[], sources: Sources = SOURCES): Promise<number> {
  return withFaultsTold(
    async () => {
      const options = readOptions(args, sources);
      if (!options) {
        console.log(packageCommand().helpInformation());
        return EXIT.OK;
      }
      try {
        for (const line of await make(options, sources)) console.log(line);
        return EXIT.OK;
      } catch (failure) {
        if (!(failure instanceof BuildError)) throw failure;
        for (const line of failure.lines) console.error(line);
        return EXIT.UNWELL;
      }
    },
    (line) => console.error(line),
  );
}

await runCommand(import.meta.url, makePackages);
