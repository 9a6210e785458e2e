import assert from "node:assert/strict";
import { test } from "node:test";
import { ready } from "./rig.ts";

test("AT+QNTP: the time and the clock set; or an error; or nothing", async () => {
  const made = await ready({ networkTime: false });
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "80\/01\/06,/);
  assert.equal(await made.at('AT+QNTP=1,"pool.ntp.org"', 100), "\r\nOK\r\n");
  await made.run(400);
  assert.match(made.heard(), /^\r\n\+QNTP: 0,"2026\/05\/17,09:30:00\+00"\r\n$/);
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "26\/05\/17,09:30:00\+00"/);
  made.modem.faults.ntpError = 565;
  assert.equal(await made.at('AT+QNTP=1,"pool.ntp.org"', 500), "\r\nOK\r\n\r\n+QNTP: 565\r\n");
  made.modem.faults.ntpError = "silent";
  assert.equal(await made.at('AT+QNTP=1,"pool.ntp.org"', 200_000), "\r\nOK\r\n");
  assert.equal(await made.at('AT+QNTP=2,"pool.ntp.org"'), "\r\nERROR\r\n", "that context is not active");
});

test("AT+CCLK= sets it, to be read back; a time that is none is refused", async () => {
  const made = await ready({ networkTime: false });
  assert.equal(await made.at('AT+CCLK="26/11/30,01:02:03+00"', 4), "\r\nOK\r\n");
  await made.run(2000);
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "26\/11\/30,01:02:05\+00"/);
  for (const time of [
    '"2026/11/30,01:02:03+00"',
    '"26/11/30,01:02:03"',
    "26/11/30,01:02:03+00",
    '"26/13/40,01:02:03+00"',
  ])
    assert.match(await made.at(`AT+CCLK=${time}`), /ERROR/, time);
});
