import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readEpochs, readFixes } from "../../scripts/simulator/gnss-log.ts";
import { LOST_AND_FOUND, WESTERN } from "../gnss/logs.ts";

describe("a receiver's log", () => {
  it("gives its fixes", () => {
    assert.deepEqual(
      readFixes(LOST_AND_FOUND).map((fix) => new Date(fix.time_ms ?? 0).toISOString()),
      ["2022-05-05T12:00:00.000Z", "2022-05-05T12:00:05.000Z"],
    );
  });

  it("gives every line to one epoch, in order", () => {
    const epochs = readEpochs(WESTERN);
    assert.equal(epochs.length, 2);
    assert.equal(epochs.flatMap((epoch) => epoch.sentences).join("\r\n"), WESTERN.trim());
    assert.ok(epochs[1]?.sentences[0]?.startsWith("$GPRMC,101501.000"));
  });

  it("keeps epochs without a fix", () => {
    assert.deepEqual(
      readEpochs(LOST_AND_FOUND).map(({ fix, sentences }) => [fix !== null, sentences.length]),
      [
        [false, 2],
        [true, 2],
        [false, 2],
        [true, 2],
      ],
    );
  });

  it("may be empty, or no log at all", () => {
    assert.deepEqual(readFixes(""), []);
    assert.deepEqual(readFixes("no receiver wrote this\n"), []);
  });
});
