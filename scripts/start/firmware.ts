/** The firmware that the world's trackers run, built when it is needed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BoardName } from "../boards.ts";
import { describeChoices } from "../build/features.ts";
import type { Loader } from "../build/loader.ts";
import { Fault } from "../fault.ts";
import { EXIT } from "../run-command.ts";
import type { StartOptions } from "./options.ts";
import { featuresOf, type Policy } from "./policies.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "../../dist");
const BUILD = join(HERE, "../build.ts");

/**
 * Builds a board's firmware, in a process of its own: the page is there meanwhile. One that is only over its budget is there to
 * be tried. Throws `Fault`.
 */
export async function buildFirmware(board: BoardName, policy: Policy, { gnss }: StartOptions) {
  const blob = join(DIST, `${board}.js`);
  const loader = join(DIST, `${board}.loader.json`);
  const features = describeChoices({ gnss, ...featuresOf(policy, board) });
  const args = ["--import", import.meta.resolve("tsx"), BUILD, "--board", board, "--features", features];
  const begun_ms = Date.now();
  const building = spawn(process.execPath, args, { stdio: "inherit" });
  const [code] = (await once(building, "exit")) as [number | null];
  // What an earlier build left may have other features.
  const isBuilt = code === EXIT.OK || (existsSync(blob) && statSync(blob).mtimeMs >= begun_ms);
  if (!isBuilt) throw new Fault(`${board}: its firmware cannot be built`);
  return {
    blob: readFileSync(blob, "latin1"),
    loader: existsSync(loader) ? (JSON.parse(readFileSync(loader, "latin1")) as Loader) : undefined,
  };
}
