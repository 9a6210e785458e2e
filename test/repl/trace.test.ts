import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTrace, showTrace, type Traced } from "../../scripts/repl/trace.ts";

describe("the trace of the modem's line", () => {
  test("is read back to bytes", () => {
    assert.deepEqual(readTrace('> "AT+CSQ\\r"'), { direction: ">", bytes: "AT+CSQ\r" });
    assert.deepEqual(readTrace('< "\\u00FF\\u0000"'), { direction: "<", bytes: "\xff\0" });
    assert.deepEqual(readTrace('< "\\x00\\v\\\\v"'), { direction: "<", bytes: "\0\v\\v" });
  });

  test("is nothing else", () => {
    for (const line of ["tracker: connected", "> AT", '"AT"', '> "AT" ', '> "A\\"'])
      assert.equal(readTrace(line), undefined, line);
  });

  const shown = (bytes: string): string => showTrace({ direction: ">", bytes } as Traced);

  test("shows what it is", () => {
    assert.equal(shown("AT+CSQ\r"), '> "AT+CSQ\\r"');
    assert.equal(
      shown('AT+QICSGP=1,1,"internet","","",0\r'),
      '> "AT+QICSGP=1,1,\\"internet\\",\\"\\",\\"\\",0\\r"',
    );
  });

  test("shows no secret", () => {
    const connect = "\x10\x1f\0\x04MQTT\x04\x82\0\x78\0\x09tracker-1\0\x08SECRET-1";
    for (const bytes of [
      connect,
      // A remaining length of two bytes.
      `\x10\x80\x01${connect.slice(2)}`,
      'AT+CPIN="SECRET-1"\r',
      'AT+QICSGP=1,1,"internet","SECRET-1","SECRET-1",3\r',
      'AT+QICSGP=1,1,"internet","","SECRET-1",3\r',
    ])
      assert.doesNotMatch(shown(bytes), /SECRET/);
  });
});
