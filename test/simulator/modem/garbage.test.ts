import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ready } from "./rig.ts";

const names =
  "+QSSLCFG +QSSLOPEN +QSSLSEND +QSSLRECV +QSSLCLOSE +QSSLSTATE " +
  "+QIOPEN +QISEND +QIRD +QICLOSE +QISTATE +QICFG +QIACT +QIDEACT +QICSGP +CPIN +CFUN +COPS +CEREG +IPR +QFUPL " +
  "+QGPS +QGPSLOC +QGPSCFG +CCLK +QNTP +CPSMS +CGACT +QPOWD +QURCCFG E &W Z I";
const argument = fc.oneof(
  fc.integer({ min: -1, max: 2000 }).map(String),
  fc.constantFrom("", '"', '"TCP"', '"h"', '"band"', "0x1f", '"a,b;c"', "1,2,3", "\x1a"),
);
const command = fc
  .tuple(
    fc.constantFrom(...names.split(" ")),
    fc.constantFrom("", "?", "=?", "="),
    fc.array(argument, { maxLength: 7 }),
    fc.constantFrom("\r", "\r\n", ";"),
  )
  .map(([name, kind, args, end]) => `AT${name}${kind}${kind === "=" ? args.join(",") : ""}${end}`);
const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));

test("whatever it is sent, the modem does not throw, and is itself again after a power cycle", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(command, bytes), { maxLength: 12 }), async (pieces) => {
      const made = await ready();
      for (const piece of pieces) {
        made.modem.receive(piece);
        await made.run(200);
      }
      made.modem.power(false);
      made.modem.power(true);
      await made.run(40);
      made.modem.pwrkey(0);
      await made.run(600);
      made.modem.pwrkey(1);
      await made.run(12_000);
      made.modem.hostBaud = undefined;
      assert.match(await made.at("AT", 20), /^(AT\r)?\r\nOK\r\n$/);
      made.modem.dispose();
    }),
    { numRuns: 150, seed: 20260517 },
  );
});
