/** What each kind of test run is: which files, and how Node's own runner is called. */
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, sep } from "node:path";

export const KINDS = ["node", "espruino", "soak"] as const;
export type Kind = (typeof KINDS)[number];

/** To be run by Node, with these beside its own environment; or what is said in place of it. */
export type Plan = { args: string[]; env: Record<string, string> } | { skipped: string };

const SOAK_SEEDS = "2000";
/** A file that hangs, whose longest has minutes to do, is told by name, and holds up nobody for good. */
const FILE_TIMEOUT_MS = 900_000;
/** Each of the real interpreter's tests starts one, which is idle mostly. */
const ESPRUINO_CONCURRENCY = 4;
const ESPRUINO_TIMEOUT_MS = 240_000;
/** Of each second of SOAK_SECONDS. */
const SOAK_MS = 2000;

/** The test files of a folder, as seen from `root`, in their order. Node 20 takes no patterns. */
function filesIn(root: string, folder: string, isWanted: (file: string) => boolean = () => true): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => relative(root, join(root, folder, file)))
    .filter(isWanted)
    .sort();
}

/** `root`: the project's. */
export function planOf(kind: Kind, root: string, env: NodeJS.ProcessEnv): Plan {
  const run = (files: string[], options: string[], its: Record<string, string> = {}): Plan => ({
    args: ["--import", "tsx", "--test", ...options, ...files],
    env: its,
  });
  const espruino = join("test", "espruino");
  if (kind === "soak") return run([join("test", "faults", "lives.test.ts")], [], { FAULT_SEEDS: SOAK_SEEDS });
  if (kind === "node")
    return run(
      filesIn(root, "test", (file) => !file.startsWith(espruino + sep)),
      [`--test-concurrency=${availableParallelism()}`, `--test-timeout=${FILE_TIMEOUT_MS}`],
    );
  if (!env.ESPRUINO)
    return { skipped: "test:espruino: SKIPPED, all of it: set ESPRUINO=<path of Espruino for Linux>" };
  const timeout_ms = ESPRUINO_TIMEOUT_MS + Number(env.SOAK_SECONDS || 0) * SOAK_MS;
  return run(filesIn(root, espruino), [
    `--test-concurrency=${ESPRUINO_CONCURRENCY}`,
    "--test-force-exit",
    `--test-timeout=${timeout_ms}`,
  ]);
}
