import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { showProgress, showWait } from "../../scripts/flash/progress.ts";

/** A stream that is a terminal or not, and what was written to it. */
function stream(isTTY: boolean) {
  let written = "";
  const through = new PassThrough();
  through.on("data", (text) => {
    written += text;
  });
  const terminal = {
    isTTY,
    columns: 100,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
  };
  return {
    stream: Object.assign(through, terminal) as unknown as NodeJS.WriteStream,
    written: () => written,
  };
}

/** 14,000 bytes in steps of 1,000, a second each. */
function run(isTTY: boolean) {
  const { stream: to, written } = stream(isTTY);
  let ms = 0;
  const progress = showProgress(".bootcde", 14_000, to, () => ms);
  for (let bytes = 0; bytes <= 14_000; bytes += 1000) {
    ms = bytes;
    progress.update(bytes);
  }
  return { summary: progress.stop(), written: written() };
}

test("without a terminal a quarter is a line, and the whole is left to the summary", () => {
  const { summary, written } = run(false);
  assert.equal(
    written,
    [
      ".bootcde: 4,000 of 14,000 bytes, 4.0 s\n",
      ".bootcde: 7,000 of 14,000 bytes, 7.0 s\n",
      ".bootcde: 11,000 of 14,000 bytes, 11.0 s\n",
    ].join(""),
  );
  assert.equal(summary, ".bootcde: 14,000 bytes in 14.0 s, 1,000 bytes/s");
});

test("on a terminal there is a bar with bytes and time", () => {
  const { summary, written } = run(true);
  assert.match(written, /\.bootcde \[ {30}\] 0 of 14,000 bytes, 0\.0 s/);
  assert.equal(summary, ".bootcde: 14,000 bytes in 14.0 s, 1,000 bytes/s");
});

test("a wait shows how much of its time is left, once it is one, and without colours", (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"] });
  const { stream: to, written } = stream(true);
  const stop = showWait("Off and on", 60_000, to);
  /** In steps: a jump runs all timers at its end. */
  const pass = (seconds: number): void => {
    for (let i = 0; i < seconds * 20; i++) t.mock.timers.tick(50);
  };
  pass(0.9);
  assert.equal(written(), "");
  pass(29.6);
  assert.match(written(), /Off and on \[={15} {15}\] 30 s left/);
  pass(60);
  assert.match(written(), /\[={30}\] 0 s left/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the terminal's
  assert.doesNotMatch(written(), /\x1b\[[0-9;]*m/);
  stop();
  const length = written().length;
  t.mock.timers.tick(5000);
  assert.equal(written().length, length);
});

test("a wait that is short, or that no terminal shows, leaves nothing", (t) => {
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"] });
  const waits = [
    showWait("Starting", 10_000, stream(true).stream),
    showWait("x", 10_000, stream(false).stream),
  ];
  t.mock.timers.tick(900);
  for (const stop of waits) stop();
  const quiet = stream(false);
  const stop = showWait("Starting", 10_000, quiet.stream);
  t.mock.timers.tick(9000);
  stop();
  assert.equal(quiet.written(), "");
});
