import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../scripts/command-line.ts";
import { DeviceError } from "../scripts/device/device.ts";
import { cutShort, Fault, readable } from "../scripts/fault.ts";
import { withFaultsTold } from "../scripts/run-command.ts";

/** What a command that throws this says, and its exit code. */
async function told(thrown: () => unknown): Promise<[code: number, ...lines: string[]]> {
  const lines: string[] = [];
  const code = await withFaultsTold(
    () => {
      throw thrown();
    },
    (line) => lines.push(line),
  );
  return [code, ...lines];
}

describe("what a command ends with", () => {
  test("a wrong command line is 2, all else that went wrong 1, each with its line", async () => {
    assert.deepEqual(await told(() => new UsageError("unknown option")), [2, "unknown option"]);
    assert.deepEqual(await told(() => new DeviceError("a: no answer")), [1, "a: no answer"]);
    assert.deepEqual(await told(() => new Fault("a: wrong")), [1, "a: wrong"]);
  });

  test("a file that the system refuses, wherever that was, is one line with its name", async () => {
    const opened = (path: string) => () => {
      try {
        return readFileSync(path);
      } catch (error) {
        return error;
      }
    };
    assert.deepEqual(await told(opened(tmpdir())), [1, "EISDIR: illegal operation on a directory, read"]);
    const absent = join("no", "such", "file");
    assert.deepEqual(await told(opened(absent)), [1, `${absent}: no such file or directory`]);
    assert.deepEqual(await told(opened(join(process.cwd(), absent))), [
      1,
      `${absent}: no such file or directory`,
    ]);
  });

  test("a mistake of ours keeps its stack trace", async () => {
    await assert.rejects(
      told(() => new TypeError("undefined is not a function")),
      TypeError,
    );
    await assert.rejects(told(() => undefined));
  });

  test("no line is longer than can be read, and its end stays", async () => {
    const [, line = ""] = await told(() => new Fault(`a\n${"x".repeat(50_000_000)}: must be a number`));
    assert.ok(line.length < 2000, `${line.length}`);
    assert.match(line, /^a\nxxx.*xxx… \([\d,]+ characters left out\) …xxx.*: must be a number$/);
  });
});

test("short texts are repeated as they are", () => {
  assert.equal(cutShort("x".repeat(100)), "x".repeat(100));
  assert.equal(readable("one\ntwo"), "one\ntwo");
});
