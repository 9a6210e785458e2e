import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createWaiting } from "../../scripts/start/waiting.ts";

function written(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY });
  return { waiting: createWaiting(stream), text: () => String(stream.read() ?? "") };
}

test("on a terminal what is waited for is a line below what is said, and is gone when it is over", () => {
  const { waiting, text } = written(true);
  waiting.for("the first fix");
  assert.equal(text(), "\r\x1b[2K| the first fix");
  waiting.say("board: hello");
  assert.equal(text(), "\r\x1b[2Kboard: hello\n\r\x1b[2K/ the first fix");
  waiting.over();
  assert.equal(text(), "\r\x1b[2K");
  waiting.say("a fix");
  assert.equal(text(), "a fix\n");
});

test("elsewhere it is said once", () => {
  const { waiting, text } = written(false);
  waiting.for("the first fix");
  waiting.say("board: hello");
  waiting.over();
  assert.equal(text(), "the first fix …\nboard: hello\n");
});
