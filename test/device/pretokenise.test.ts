import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { detokenise } from "../../scripts/simulator/espruino/tokens.ts";
import { builtBlob, startSimulatedConsole } from "./rig.ts";

const CODE = `(function () {
  // comments go
  var a = [1, -1, 127, -128, 128, -129, 32767, -32768, 32768, 0, 0.5, 1e3, 0x10];
  var text = "quotes \\" and \\xff\\x00\\u0041" + 'it\\'s';
  var re = /["'/\\]]/g, half = 6 / 2 / 3;
  for (var i in a) if (typeof a[i] === "number" && i instanceof Object === false) a[i]--;
  switch (half) { case 1: return [a, text, text.replace(re, "_"), half, function () { return void 0; }()]; default: throw 1 }
})()`;

describe("pretokenise", () => {
  test("older interpreters get the code as it is", () => {
    for (const version of ["2v08", "2v20", "2v20.47", "1v99", "nonsense"])
      assert.equal(pretokenise(CODE, version), CODE);
  });

  test("from 2v20.48 on strings, from 2v26 on integers too", () => {
    const strings = pretokenise("a(300,'xyz')", "2v20.48");
    assert.equal(strings, "a(300,\xd1\x03xyz)");
    assert.equal(pretokenise("a(300,'xyz')", "2v29.277"), "a(\xd5\x2c\x01,\xd1\x03xyz)");
  });
});

describe("detokenise", () => {
  for (const version of ["2v24", "2v29"])
    test(`gives the same program back, tokens of ${version}`, () => {
      const text = detokenise(pretokenise(CODE, version));
      assert.doesNotMatch(text, /[\x80-\xff]/);
      assert.equal(JSON.stringify(runInNewContext(text)), JSON.stringify(runInNewContext(CODE)));
    });

  test("leaves what is no token", () => {
    for (const code of ["a=1", "print('\x8a\xd1')", 'a=/\x8a"/;b="\xd1"', "1 // \x8a", "`\x90`"])
      assert.equal(detokenise(code), code);
  });
});

test("the simulated board runs a pretokenised tracker", async (t) => {
  const blob = pretokenise(builtBlob(), "2v29");
  assert.ok(blob.length < builtBlob().length * 0.9);
  const rig = await startSimulatedConsole({ blob, config: {}, modem: {} });
  t.after(() => rig.close());
  await rig.line(/^espruino-thingsboard .* for LINUX$/, 0);
  await rig.line(/^tracker: connected$/, 0);
  assert.equal(rig.board.evaluate("typeof tracker.status()"), '"object"');
});
