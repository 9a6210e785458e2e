/** Runs the tests of a kind by Node's own runner: for package.json, whose scripts must run in every system's shell. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Argument } from "commander";
import { command, valuesOf } from "./command-line.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { KINDS, type Kind, planOf } from "./test/plan.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Returns the exit code. */
export async function test(args: string[]): Promise<number> {
  const kinds = command("tsx scripts/test.ts", "Runs the tests of a kind.").addArgument(
    new Argument("<kind>", "which").choices(KINDS),
  );
  return withFaultsTold(
    async () => {
      if (!valuesOf(kinds, args)) {
        console.log(kinds.helpInformation());
        return EXIT.OK;
      }
      const plan = planOf(kinds.args[0] as Kind, ROOT, process.env);
      if ("args" in plan) return run(plan.args, plan.env);
      console.log(plan.skipped);
      return EXIT.OK;
    },
    (line) => console.error(line),
  );
}

function run(args: string[], env: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  // Ctrl-C reaches it, too: it ends by itself, and tells what came of the tests until then.
  process.on("SIGINT", () => {});
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? EXIT.UNWELL));
  });
}

await runCommand(import.meta.url, test);
