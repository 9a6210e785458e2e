import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, ready, rig } from "./rig.ts";
import { shortLog } from "./short-log.ts";

test("boot says what a BG96 says, from 4.9 s after PWRKEY on", async () => {
  const { modem, run, heard } = rig();
  modem.pwrkey(0);
  await run(600);
  modem.pwrkey(1);
  await run(4296);
  assert.equal(heard(), "");
  await run(10);
  assert.equal(heard(), "\r\nRDY\r\n");
  await run(4000);
  assert.equal(
    heard(),
    "\r\n+CFUN: 1\r\n\r\nAPP RDY\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n",
  );
});

test("echo is on until ATE0, and ends in the host's own CR", async () => {
  const { at, modem, run, heard } = rig({ startsOn: true });
  assert.equal(await at("AT"), "AT\r\r\nOK\r\n");
  modem.receive("AT\r\n");
  await run(10);
  assert.equal(heard(), "AT\r\r\nOK\r\n", "the LF after the CR is ignored");
  assert.equal(await at("ATE0"), "ATE0\r\r\nOK\r\n");
  assert.equal(await at("AT"), "\r\nOK\r\n");
});

test("answers are framed by CRLF on both sides", async () => {
  const { at } = await ready();
  assert.equal(await at("AT+CSQ"), "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
  assert.equal(await at("AT+CGSN"), "\r\n866425031234565\r\n\r\nOK\r\n");
  assert.equal(await at("AT+QCCID"), "\r\n+QCCID: 89490200001234567890\r\n\r\nOK\r\n");
  assert.equal(await at("AT+CEREG?"), "\r\n+CEREG: 0,1\r\n\r\nOK\r\n");
  assert.equal(await at("AT+QIACT?"), '\r\n+QIACT: 1,1,1,"10.64.0.1"\r\n\r\nOK\r\n');
});

test("open, send, buffered read", async () => {
  const made = await ready();
  const { at, modem, run, heard } = made;
  assert.equal(await at('AT+QIOPEN=1,0,"TCP","h",1883,0,0', 50), "\r\nOK\r\n");
  await run(200);
  assert.equal(heard(), "\r\n+QIOPEN: 0,0\r\n");
  assert.deepEqual(made.targets, ["h:1883"]);
  assert.equal(await at("AT+QISEND=0,5"), "\r\n> ");
  modem.receive("hello");
  await run(50);
  assert.equal(heard(), "\r\nSEND OK\r\n");
  assert.equal(String(made.peers[0]?.read()), "hello");

  made.peers[0]?.write("test1");
  await run(50);
  assert.equal(heard(), '\r\n+QIURC: "recv",0\r\n');
  assert.equal(await at("AT+QIRD=0,1500"), "\r\n+QIRD: 5\r\ntest1\r\n\r\nOK\r\n");
  assert.equal(await at("AT+QIRD=0,1500"), "\r\n+QIRD: 0\r\n\r\nOK\r\n");
});

test("direct push carries the length and a CRLF after the data", async () => {
  const made = await ready();
  const peer = await opened(made, 1);
  made.heard();
  peer.write("test");
  await made.run(50);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0,4\r\ntest\r\n');
});

test("file upload", async () => {
  const { at, modem, run, heard } = await ready();
  assert.equal(await at('AT+QFUPL="ca.pem",10,100'), "\r\nCONNECT\r\n");
  modem.receive("1234567890");
  await run(50);
  assert.equal(heard(), "\r\n+QFUPL: 10,3938\r\n\r\nOK\r\n");
  assert.equal(await at('AT+QFUPL="ca.pem",10,100'), "\r\n+CME ERROR: 407\r\n");
  assert.equal(await at('AT+QFLST="*"'), '\r\n+QFLST: "ca.pem",10\r\n\r\nOK\r\n');
});

test("GNSS: not fixed, then a position with the manual's fields", async () => {
  const { at, run } = await ready({ gnss: { log: shortLog, coldStart_ms: 2000, busyAfterBoot_ms: 0 } });
  assert.equal(await at("AT+QGPS=1"), "\r\nOK\r\n");
  assert.equal(await at("AT+QGPSLOC=2"), "\r\n+CME ERROR: 516\r\n");
  await run(1800);
  await run(100);
  assert.equal(
    await at("AT+QGPSLOC=2"),
    "\r\n+QGPSLOC: 061951.0,31.84538,117.19882,0.7,62.2,3,0.00,0.0,0.0,110513,09\r\n\r\nOK\r\n",
  );
});

test("switching off", async () => {
  const { at, modem, run, heard } = await ready();
  assert.equal(await at("AT+QPOWD=1", 400), "\r\nOK\r\n\r\nPOWERED DOWN\r\n");
  assert.equal(modem.state.power, "stopping");
  await run(2500);
  assert.equal(modem.state.power, "off");
  assert.equal(await at("AT"), "");
  assert.equal(heard(), "");
});
