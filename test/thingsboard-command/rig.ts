/** `npm run thingsboard` against a stand-in on a free loopback port, with a clock of its own. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { TestContext } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { ThingsBoardOptions } from "../../scripts/simulator/thingsboard/server.ts";
import { type Around, thingsboard } from "../../scripts/thingsboard.ts";
import { listening } from "../simulator/rest-rig.ts";

export const USER = "tenant@thingsboard.org";
/** What `config` must be told where nobody can be asked. */
export const BOARD = ["--board", "rak5010"];

export interface Outcome {
  code: number;
  said: string[];
  complaints: string[];
}

/** Runs the command; `typed` is typed once `shown` is on the screen. */
export async function runCommand(
  args: string[],
  around: Partial<Around> = {},
  [shown, typed]: readonly [string?, string?] = [],
): Promise<Outcome & { screen: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const outcome: Outcome & { screen: string } = { code: -1, said: [], complaints: [], screen: "" };
  let isTyped = false;
  output.on("data", (data) => {
    outcome.screen += stripVTControlCharacters(`${data}`);
    if (isTyped || shown === undefined || !outcome.screen.includes(shown)) return;
    isTyped = true;
    setImmediate(() => input.write(typed));
  });
  let now_ms = Date.now();
  outcome.code = await thingsboard(args, {
    input,
    output,
    interactive: shown !== undefined,
    env: { THINGSBOARD_PASSWORD: "tenant" },
    now: () => now_ms,
    sleep: async (ms) => {
      now_ms += ms;
      await new Promise((done) => setImmediate(done));
    },
    say: (line) => outcome.said.push(...line.split("\n")),
    complain: (line) => outcome.complaints.push(...line.split("\n")),
    ...around,
  });
  return outcome;
}

/** A stand-in, and the command for it. */
export async function rig(t: TestContext, options: Partial<ThingsBoardOptions> = {}) {
  const directory = mkdtempSync(join(tmpdir(), "thingsboard-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const stand_in = await listening(t, options);
  const run = (args: string[], around: Partial<Around> = {}, person: readonly [string?, string?] = []) => {
    const [action = "", ...rest] = args;
    return runCommand([action, "--url", stand_in.host, "--user", USER, ...rest], around, person);
  };
  return {
    ...stand_in,
    run,
    file: (name: string) => join(directory, name),
    read: (name: string) => JSON.parse(readFileSync(join(directory, name), "utf8")),
    /** How many of each there are. */
    count() {
      const { dashboards, rule_chains, calculated_fields, profiles, devices, packages } =
        stand_in.server.tenant;
      return {
        dashboards: dashboards.all.length,
        rule_chains: rule_chains.all.length,
        calculated_fields: calculated_fields.all.length,
        profiles: profiles.length,
        devices: devices.length,
        packages: packages.length,
      };
    },
  };
}
