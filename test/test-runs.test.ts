/** How the tests are run: by scripts of package.json that every system's shell takes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { planOf } from "../scripts/test/plan.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

test("no npm script has what only some shells know", () => {
  for (const [name, script] of Object.entries<string>(manifest.scripts)) {
    assert.doesNotMatch(script, /[$`;'|<>*~{}()%^]|(^|&& )(\w+=|if |\[)/, name);
    // Of cmd's a single & goes on whatever the first came to.
    assert.doesNotMatch(script.replaceAll("&&", ""), /&/, name);
  }
});

const filesOf = (args: string[]): string[] => args.filter((arg) => arg.endsWith(".test.ts"));
const planned = (kind: Parameters<typeof planOf>[0], env = {}) => {
  const plan = planOf(kind, ROOT, env);
  assert.ok("args" in plan);
  return plan;
};

describe("the tests", () => {
  test("that run in Node are all but the real interpreter's", () => {
    const { args, env } = planned("node");
    const files = filesOf(args);
    assert.ok(files.includes(join("test", "test-runs.test.ts")));
    assert.ok(files.includes(join("test", "line", "line.test.ts")));
    assert.deepEqual(
      files.filter((file) => file.includes("espruino.test") || file.startsWith(join("test", "espruino"))),
      [],
    );
    assert.ok(files.every((file) => existsSync(join(ROOT, file))));
    assert.deepEqual(env, {});
    assert.deepEqual(args.slice(0, 3), ["--import", "tsx", "--test"]);
    assert.match(args[3] ?? "", /^--test-concurrency=\d+$/);
    // One that hangs is named: it would keep the run from ending.
    assert.equal(args[4], "--test-timeout=900000");
  });

  test("of the real interpreter are skipped with a word where there is none", () => {
    assert.deepEqual(planOf("espruino", ROOT, {}), {
      skipped: "test:espruino: SKIPPED, all of it: set ESPRUINO=<path of Espruino for Linux>",
    });
    const { args } = planned("espruino", { ESPRUINO: "/usr/bin/espruino" });
    assert.ok(args.includes("--test-timeout=240000"));
    assert.ok(filesOf(args).includes(join("test", "espruino", "tls.test.ts")));
    const soaked = planned("espruino", { ESPRUINO: "/usr/bin/espruino", SOAK_SECONDS: "600" });
    assert.ok(soaked.args.includes("--test-timeout=1440000"));
  });

  test("for hours are lives with many seeds", () => {
    const { args, env } = planned("soak");
    assert.deepEqual(filesOf(args), [join("test", "faults", "lives.test.ts")]);
    assert.deepEqual(env, { FAULT_SEEDS: "2000" });
  });
});
