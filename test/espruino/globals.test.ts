/** The blob has no function around it, so its variables are the interpreter's globals: they are in nobody's way. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isFirmwareGlobal } from "../../scripts/build/global-names.ts";
import { parseES5 } from "../../scripts/build/verify.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of an Espruino for Linux";

/** The names the linux blob declares outside of functions. */
function globalsOfBlob(): string[] {
  const blob = readFileSync(new URL("../../dist/linux.js", import.meta.url), "latin1");
  const { program, scopes } = parseES5(blob, () => "linux.js");
  return scopes.variables.filter(({ scope }) => scope === program).map(({ name }) => name);
}

test("the interpreter has no pin, function or object of any of those names", { skip }, async () => {
  const names = globalsOfBlob();
  assert.ok(names.length > 100);
  for (const name of names) assert.ok(isFirmwareGlobal(name), name);
  const { evaluate, stop } = await startInterpreter({ binary, storage: { ".bootcde": "0" } });
  try {
    const taken = `.split(",").filter(function(n){return eval("typeof "+n)!="undefined"})`;
    assert.deepEqual(await evaluate(`"D1,E,print,Math,$none"${taken}`), ["D1", "E", "print", "Math"]);
    for (let i = 0; i < names.length; i += 50)
      assert.deepEqual(await evaluate(`"${names.slice(i, i + 50)}"${taken}`), []);
  } finally {
    await stop();
  }
});

test("somebody's own variables, reset() and load() on the console", { skip }, async () => {
  const { lines, evaluate, until, stop } = await startRealTracker({ binary });
  try {
    await until('tracker.status().state=="online"', 40);
    const sent = Number(await evaluate("tracker.status().sent"));
    for (const name of "a b c e f i j n t x y ts at id data time A B X A0 B5 C10 Pi Tx Rx _ me".split(" "))
      assert.equal(await evaluate(`(${name}="own")`), "own", name);
    await until(`tracker.status().sent>=${sent + 3}`, 40);
    assert.ok(!lines.some((line) => /Uncaught|MEMORY/.test(line)), lines.join("\n"));

    await evaluate("(load(),1)");
    await until('global.tracker&&tracker.status().state=="online"', 60);

    await evaluate("(reset(),1)");
    await until('typeof tracker=="undefined"', 10);
    assert.ok(
      Number(await evaluate("process.memory().usage")) < 100,
      "reset() leaves nothing of the firmware",
    );
    await evaluate("(load(),1)");
    await until('global.tracker&&tracker.status().state=="online"', 60);
  } finally {
    await stop();
  }
});
