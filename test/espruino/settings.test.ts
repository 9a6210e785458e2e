/** The check of settings in the real interpreter, whose objects are not quite JavaScript's: the same words as under Node. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serverFault } from "../../firmware/thingsboard/server-fault.ts";
import { smallestBlob } from "../../scripts/build/smallest.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to check settings in it";

const RIGHT = '"host":"h","username":"t"';
const SETTINGS = [
  `{${RIGHT}}`,
  ...["5", '"x"', "[]", "null", "true", "{}"],
  ...["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "prototype"].flatMap((name) =>
    ["1", "{}", '"x"', "null", "[]", `{${RIGHT}}`].flatMap((value) => [
      `{${RIGHT},"${name}":${value}}`,
      `{"${name}":${value}}`,
    ]),
  ),
  ...['"60"', "1.5", "-1", "-0", "1e400", "65536", "1e2", "1883.0", "null", "{}", "[1]", "true"].map(
    (port) => `{${RIGHT},"port":${port}}`,
  ),
  ...[
    "1",
    '1,"ca":"a.pem,9"',
    '2,"ca":"a.pem,9"',
    '2,"ca":"a.pem,9","cert":"b.pem,9"',
    '2,"ca":"a.pem,9","cert":"b.pem,9","key":"c.pem,9"',
    '1,"ca":5',
    '"1"',
    "3",
    "null",
    "[2]",
  ].flatMap((tls) => [`{${RIGHT},"tls":${tls}}`, `{"host":"h","tls":${tls}}`]),
  ...[
    "5",
    "null",
    "{}",
    '{"toString":5}',
    "[]",
    '""',
    '"a\\"b"',
    '"a\\u007fb"',
    '"a b"',
    '"~"',
    '"\\u00e9"',
  ].map((id) => `{${RIGHT},"client_id":${id}}`),
];

test("settings are refused in the same words as under Node", { skip }, async (t) => {
  // Of the features that the sources have under Node: what is refused, and in which words, depends on them.
  const blob = await smallestBlob();
  const lines: string[] = [];
  const { evaluate, stop } = await startInterpreter({
    binary,
    storage: { ".bootcde": blob, "tb.json": `{"server":{${RIGHT}},"no_time":["hold"]}` },
    print: (line) => lines.push(line),
  });
  t.after(stop);
  while (!(await evaluate('typeof TBDeviceMQTTClient=="function"')))
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(lines.includes("tb.json: no_time: must be hold or server or drop"), lines.join("\n"));
  for (const text of SETTINGS) {
    const fault = serverFault(JSON.parse(text));
    const said = await evaluate(
      `(function(){try{new TBDeviceMQTTClient(JSON.parse(${JSON.stringify(text)}));return ""}catch(e){return e.message}})()`,
    );
    assert.equal(said, fault && `server: ${fault}`, text);
  }
});
