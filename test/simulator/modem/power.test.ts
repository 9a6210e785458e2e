import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, press, ready, rig } from "./rig.ts";

test("a PWRKEY pulse shorter than the manual's does not switch on", async () => {
  const made = rig();
  await press(made, 400);
  await made.run(20_000);
  assert.equal(made.modem.state.power, "off");
  assert.equal(made.heard(), "");
});

test("a PWRKEY pulse on a running module switches it off", async () => {
  const made = await ready();
  await press(made, 600);
  assert.equal(made.modem.state.power, "running", "too short");
  await press(made, 700);
  await made.run(10);
  assert.equal(made.heard(), "\r\nNORMAL POWER DOWN\r\n");
  await made.run(2000);
  assert.equal(made.modem.state.power, "off");
  assert.equal(made.modem.state.status, 0);
});

test("STATUS goes high before the UART lives", async () => {
  const made = rig({ model: "BG95" });
  await press(made, 600);
  await made.run(1400);
  assert.equal(made.modem.state.status, 0);
  await made.run(150);
  assert.equal(made.modem.state.status, 1);
  assert.equal(await made.at("AT", 100), "", "not yet listening");
});

test("BG95: between RDY and APP RDY commands fail, AT does not", async () => {
  const made = rig({ model: "BG95" });
  await press(made, 600);
  await made.run(1950);
  assert.equal(made.heard(), "\r\nRDY\r\n");
  assert.match(await made.at("ATE0", 20), /ERROR/);
  assert.match(await made.at("AT", 20), /OK/);
  await made.run(2000);
  assert.match(made.heard(), /APP RDY/);
  assert.match(await made.at("ATE0", 20), /OK/);
});

test("EC25: a UART host hears no RDY until the URC port is this UART, and then at every boot", async () => {
  const made = rig({ model: "EC25" });
  await press(made, 200);
  await made.run(16_000);
  assert.equal(made.heard(), "");
  assert.match(await made.at('AT+QURCCFG="urcport","uart1"'), /OK/);
  await made.at("AT+CFUN=1,1");
  await made.run(16_000);
  assert.match(made.heard(), /\r\nRDY\r\n.*PB DONE.*SMS DONE/s);
});

test("RESET_N: 200 ms reset, 50 ms do not", async () => {
  const made = await ready();
  made.modem.reset(0);
  await made.run(50);
  made.modem.reset(1);
  assert.equal(made.modem.state.power, "running");
  made.modem.reset(0);
  await made.run(200);
  made.modem.reset(1);
  assert.equal(made.modem.state.power, "booting");
  await made.run(6000);
  assert.match(made.heard(), /RDY/);
  assert.match(await made.at("AT"), /^AT\r/, "the echo is back");
});

test("BG95: RESET_N is PWRKEY, held 2 s it resets", async () => {
  const made = await ready({ model: "BG95" });
  made.modem.reset(0);
  await made.run(2500);
  made.modem.reset(1);
  assert.equal(made.modem.state.power, "booting");
});

test("CFUN=1,1: OK, POWERED DOWN, the old context's end, RDY", async () => {
  const made = await ready();
  await opened(made);
  assert.equal(await made.at("AT+CFUN=1,1", 100), "\r\nOK\r\n\r\nPOWERED DOWN\r\n");
  await made.run(5500);
  assert.equal(made.heard(), '\r\n+QIURC: "pdpdeact",1\r\n\r\nRDY\r\n');
  assert.deepEqual(made.modem.state.sockets, []);
});

test("loss of VBAT ends everything at once, PWRKEY works again 30 ms after it is back", async () => {
  const made = await ready();
  await opened(made);
  made.heard();
  made.modem.power(false);
  await made.run(100);
  assert.equal(made.ends[0]?.destroyed, true);
  assert.equal(await made.at("AT"), "");
  made.modem.power(true);
  await press(made, 700);
  await made.run(6000);
  assert.equal(made.modem.state.power, "off", "pressed too early");
  await press(made, 700);
  await made.run(6000);
  assert.equal(made.modem.state.power, "running");
});

test("after a reset of the MCU alone the socket is still open and still talks", async () => {
  const made = rig({ startsOn: { echo: false, sockets: [{ id: 3, host: "old", port: 1883 }] } });
  await made.run(300);
  assert.equal(made.heard(), "");
  made.peers[0]?.write("late");
  await made.run(50);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",3\r\n');
  assert.match(await made.at("AT+QISTATE=1,3"), /\+QISTATE: 3,"TCP","old",1883,\d+,2,1,0,0,"uart1"/);
  assert.match(await made.at("AT+QICLOSE=3", 500), /OK/);
  assert.equal(await made.at("AT+QISTATE=1,3"), "\r\nOK\r\n");
});
