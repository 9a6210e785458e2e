import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createConsoleLines } from "../../scripts/repl/console-lines.ts";

/** The lines of what a console sent, whole and byte by byte, which must be the same. */
function lines(bytes: string): string[] {
  const whole: string[] = [];
  createConsoleLines((line) => whole.push(line))(bytes);
  const single: string[] = [];
  const feed = createConsoleLines((line) => single.push(line));
  for (const byte of bytes) feed(byte);
  assert.deepEqual(single, whole);
  return whole;
}

describe("the console's lines", () => {
  test("end at the line feed; what is not ended waits", () => {
    assert.deepEqual(lines("one\r\ntwo\r\nthr"), ["one", "two"]);
  });

  test("have no prompt, and nothing of what was typed before it was taken off the screen", () => {
    assert.deepEqual(lines(">\r\x1b[Jtracker: connected\r\n>"), ["tracker: connected"]);
    assert.deepEqual(lines(">E.get\r\x1b[Jlater\r\n>E.get"), ["later"]);
    // Without echo the interpreter leaves the prompt where it is.
    assert.deepEqual(lines(">= 5\r\n>>= 6\r\n\x02"), ["= 5", "= 6"]);
  });

  test("of the trace keep their direction", () => {
    assert.deepEqual(lines('> "AT\\r"\r\n< "OK\\r\\n"\r\n'), ['> "AT\\r"', '< "OK\\r\\n"']);
    assert.deepEqual(lines('>>> "AT\\r"\r\n>< "OK\\r\\n"\r\n'), ['> "AT\\r"', '< "OK\\r\\n"']);
  });

  test("that are empty stay, a prompt alone does not", () => {
    assert.deepEqual(lines("a\r\n\r\nb\r\n>\r\n"), ["a", "", "b"]);
  });

  test("are text: UTF-8, or a character a byte", () => {
    assert.deepEqual(lines("21 \xc2\xb0C\r\n21 \xb0C\r\n"), ["21 °C", "21 °C"]);
  });
});
