/** The firmware with sleep for the real interpreter, on keyed-board.ts: a minute of sleep is too long for a test. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BUDGETS } from "../../scripts/budgets.ts";
import { buildBlob } from "../../scripts/build/blob.ts";
import { SOURCES } from "../../scripts/build/boards.ts";
import { choicesFor, describeChoices, filesOf } from "../../scripts/build/features.ts";
import { compile, ROOT } from "../../scripts/build/program.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";

const SLEEP = join(ROOT, "firmware/tracker/sleep.ts");
/** `Limit.Worth_s` there, where it stands in the ES5; and so short a sleep is one here. */
const WORTH = /(config\.interval_s, |ran_ms\(\) >= )60(?=[,) ])/g;
const WORTH_S = 5;

/**
 * Of what a RAK8212 can have with sleep, where the interpreter is as small; else of all that a Linux can have. In it, 5 s of
 * sleep are worth it, where the product has 60. The log is left out: for ten wakes it grows, until it has its 800 characters.
 */
export async function keyedBlob(binary: string): Promise<string> {
  const { entry, version, out } = SOURCES;
  const small = (await interpreterRoom(binary)).variables <= BUDGETS.variables;
  const choices = small
    ? choicesFor("rak8212", SOURCES.board("rak8212"), { sleep: "save", tls: "none" })
    : choicesFor("linux", SOURCES.board("linux"), { sleep: "save", battery: "yes", log: "none" });
  const chosen = { "#board": join(ROOT, "test/espruino/keyed-board.ts"), ...filesOf(choices) };
  const features = describeChoices(choices);
  const emitted = new Map(compile({ roots: [entry], chosen, features }));
  const sleep = emitted.get(SLEEP) ?? "";
  assert.equal(sleep.match(WORTH)?.length, 2);
  emitted.set(SLEEP, sleep.replace(WORTH, `$1${WORTH_S}`));
  const outfile = join(out, "keyed.js");
  const made = { version, features, board: "LINUX", unicode: false, outfile } as const;
  return (await buildBlob({ emitted, entry, chosen, ...made })).code;
}
