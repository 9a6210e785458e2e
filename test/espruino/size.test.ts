import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sizeOf } from "../../scripts/build/size.ts";
import { parseES5 } from "../../scripts/build/verify.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of an Espruino for Linux";

/** Variables in use with this program loaded, by the interpreter's own count. */
async function usage(program: string): Promise<number> {
  const interpreter = await startInterpreter({ binary, storage: { ".bootcde": program } });
  try {
    return Number(await interpreter.evaluate("process.memory().usage"));
  } finally {
    await interpreter.stop();
  }
}

// The firmware waits 3 s before it starts, so what is measured is what is loaded.
test("the build's estimate of a loaded blob is the interpreter's own count, within a twentieth", {
  skip,
}, async () => {
  const blob = readFileSync(new URL("../../dist/linux.js", import.meta.url), "latin1");
  const measured = (await usage(blob)) - (await usage("0"));
  const { variables } = sizeOf(parseES5(blob, () => "linux.js"));
  assert.ok(
    Math.abs(variables - measured) <= measured / 20,
    `estimated ${variables}, the interpreter counts ${measured}`,
  );
});
