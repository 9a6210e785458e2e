import assert from "node:assert/strict";
import { test } from "node:test";
import { ready } from "./rig.ts";

const ok = (line = ""): string => `${line && `\r\n${line}\r\n`}\r\nOK\r\n`;

test("a file: put there, listed, read back, taken away; all of it outlives the power", async () => {
  const made = await ready({ files: { "old.pem": "abc" } });
  const bytes = Array.from({ length: 301 }, (_, i) => String.fromCharCode(i % 256)).join("");
  assert.equal(await made.at('AT+QFUPL="UFS:new.pem",301,10'), "\r\nCONNECT\r\n");
  made.modem.receive(bytes);
  await made.run(50);
  const [, checksum] = /^\r\n\+QFUPL: 301,([0-9a-f]{1,4})\r\n\r\nOK\r\n$/.exec(made.heard()) ?? [];
  assert.ok(checksum);
  assert.equal(made.modem.files.get("new.pem"), bytes);
  made.modem.inject.reset();
  await made.run(12_000);
  await made.at("ATE0");
  assert.equal(await made.at('AT+QFLST="new.pem"'), ok('+QFLST: "new.pem",301'));
  assert.equal(await made.at('AT+QFLST="*"'), ok('+QFLST: "old.pem",3\r\n+QFLST: "new.pem",301'));
  assert.equal(
    await made.at('AT+QFDWL="new.pem"'),
    `\r\nCONNECT\r\n${bytes}\r\n+QFDWL: 301,${checksum}\r\n\r\nOK\r\n`,
  );
  assert.equal(await made.at('AT+QFDEL="new.pem"'), ok());
  assert.equal(await made.at('AT+QFDEL="new.pem"'), "\r\n+CME ERROR: 405\r\n");
  assert.equal(await made.at('AT+QFDWL="new.pem"'), "\r\n+CME ERROR: 405\r\n");
  assert.equal(await made.at('AT+QFDEL="*"'), ok());
  assert.equal(made.modem.files.size, 0);
});

test("what is not there: OK alone, or 405, as firmware differs", async () => {
  const made = await ready();
  assert.equal(await made.at('AT+QFLST="none.pem"'), ok());
  made.modem.faults.listError = true;
  assert.equal(await made.at('AT+QFLST="none.pem"'), "\r\n+CME ERROR: 405\r\n");
});

test("an upload that stops is short; its timeout counts from the last byte", async () => {
  const made = await ready();
  await made.at('AT+QFUPL="a.pem",10,2');
  for (const piece of ["123", "456"]) {
    made.modem.receive(piece);
    await made.run(1500);
    assert.equal(made.heard(), "");
  }
  await made.run(1000);
  assert.equal(made.heard(), ok("+QFUPL: 6,3730"));
  await made.at('AT+QFUPL="b.pem",10,2');
  await made.run(2500);
  assert.equal(made.heard(), "\r\n+CME ERROR: 421\r\n");
});

test("with acknowledgements: an A after each 1,024 bytes", async () => {
  const made = await ready();
  await made.at('AT+QFUPL="a.pem",2500,5,1');
  for (const [length, answer] of [
    [1000, ""],
    [1100, "AA"],
    [399, ""],
  ] as const) {
    made.modem.receive("x".repeat(length));
    await made.run(50);
    assert.equal(made.heard(), answer);
  }
  made.modem.receive("x");
  await made.run(50);
  assert.match(made.heard(), /^\r\n\+QFUPL: 2500,0\r\n\r\nOK\r\n$/);
});

test("a name that is taken, one that is none, and what has no room", async () => {
  const made = await ready({ files: { "a.pem": "x".repeat(999_000) } });
  for (const [args, error] of [
    ['"a.pem",3', 407],
    [`"${"n".repeat(81)}",3`, 406],
    ['"b.pem",1001', 420],
    ['"b.pem",1000001', 423],
    ['"b.pem",0', 400],
    ['"b.pem",3,5,2', 400],
  ] as const)
    assert.equal(await made.at(`AT+QFUPL=${args}`), `\r\n+CME ERROR: ${error}\r\n`, args);
});
