/** The blob for a board, made now. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardName } from "../boards.ts";
import { SOURCES } from "../build/boards.ts";
import type { Loader } from "../build/loader.ts";
import { sizeOf } from "../build/size.ts";
import { parseES5 } from "../build/verify.ts";
import { build } from "../build.ts";
import { DeviceError } from "../device/device.ts";

export interface Firmware {
  /** ES5, ASCII. */
  code: string;
  /** What it prints when it starts: `espruino-thingsboard X for BOARD`. */
  version: string;
  /** That BOARD. */
  board: string;
  /** Estimate of what its functions take of the interpreter's variables once loaded, run from flash. */
  variables: number;
  /** Where firmware can come over the air; undefined: by cable only. */
  loader: Loader | undefined;
}

/** Builds a board's blob with these features, which the build reports in a line. Throws `DeviceError`. */
export async function buildFirmware(board: BoardName, features: readonly string[]): Promise<Firmware> {
  // The compiler lets nothing else run, so there is no bar.
  console.log("Building the firmware, some seconds");
  if ((await build(["--board", board, ...features.flatMap((given) => ["--features", given])])) !== 0)
    throw new DeviceError("the firmware could not be built, so nothing was written to the board");
  const loader = join(SOURCES.out, `${board}.loader.json`);
  return firmwareOf(
    readFileSync(join(SOURCES.out, `${board}.js`), "latin1"),
    existsSync(loader) ? JSON.parse(readFileSync(loader, "latin1")) : undefined,
  );
}

/** Looks into a blob. Throws `DeviceError` when it is none of this project's. */
export function firmwareOf(code: string, loader?: Loader): Firmware {
  const [version, board] = /espruino-thingsboard [\w.-]+ for (\w+)/.exec(code) ?? [];
  if (!version || !board)
    throw new DeviceError("the firmware is broken: it does not say what it is; npm run build");
  const { variables } = sizeOf(parseES5(code, () => "the blob"));
  return { code, version, board, variables, loader };
}
