import assert from "node:assert/strict";
import { test } from "node:test";
import type { Faults } from "../../../scripts/simulator/modem/faults.ts";
import { opened, ready } from "./rig.ts";
import { shortLog } from "./short-log.ts";

const faulty = (faults: Partial<Faults>) => ready({ faults });

test("splitChunk: the bytes are the same, the chunks are not", async () => {
  const made = await ready();
  made.modem.faults.splitChunk = 1;
  made.heard();
  const chunks = made.chunks.length;
  assert.equal(await made.at("AT+CSQ", 200), "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
  assert.ok(made.chunks.length - chunks > 2);
});

test("glueUrcs: several in one chunk", async () => {
  const made = await faulty({ glueUrcs: 3 });
  for (const line of ["+A: 1", "+B: 2", "+C: 3"]) made.modem.inject.urc(line);
  await made.run(5);
  assert.equal(made.chunks.at(-1), "\r\n+A: 1\r\n\r\n+B: 2\r\n\r\n+C: 3\r\n");
  made.heard();
  made.modem.inject.urc("+D: 4");
  await made.run(100);
  assert.equal(made.heard(), "");
  assert.equal(await made.at("AT"), "\r\n+D: 4\r\n\r\nOK\r\n");
});

test("urcInSend: between the prompt and SEND OK", async () => {
  const made = await faulty({ urcInSend: 1 });
  await opened(made);
  await made.at("AT+QISEND=0,2");
  made.modem.receive("hi");
  await made.run(20);
  assert.match(
    made.modem.transcript.bytes("modem"),
    /> \r\n\+CTZV: "\+08"\r\n\r\n\+CTZV: "\+08"\r\n\r\nSEND OK\r\n$/,
  );
});

test("sendFail: the bytes are gone", async () => {
  const made = await faulty({ sendFail: 1 });
  const peer = await opened(made);
  await made.at("AT+QISEND=0,2");
  made.modem.receive("hi");
  await made.run(20);
  assert.equal(made.heard(), "\r\nSEND FAIL\r\n");
  assert.equal(peer.read(), null);
});

test("silentOpen, and 563 when it is tried again without QICLOSE", async () => {
  const made = await faulty({ silentOpen: 1 });
  assert.equal(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300_000), "\r\nOK\r\n");
  made.modem.faults.silentOpen = 0;
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,563/);
  assert.match(await made.at("AT+QICLOSE=0", 300), /OK/);
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,0/);
});

test("stickyId: 563 once although it was closed", async () => {
  const made = await faulty({ stickyId: 1 });
  await opened(made);
  await made.at("AT+QICLOSE=0", 300);
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,563/);
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,0/);
});

const OPEN = 'AT+QIOPEN=1,0,"TCP","h",1';
const activate = async (made: Awaited<ReturnType<typeof ready>>) => {
  await made.at('AT+QICSGP=1,1,"iot"');
  return made.at("AT+QIACT=1", 1000);
};

test("deadSockets: 553 or 563 whatever is closed or activated anew, until a reset", async () => {
  const made = await faulty({ deadSockets: true });
  for (let i = 0; i < 8; i++) {
    assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,5[56]3/);
    assert.match(await made.at("AT+QICLOSE=0"), /OK/);
  }
  assert.match(made.modem.transcript.bytes("modem"), /0,553[\s\S]*0,563|0,563[\s\S]*0,553/, "both come");
  await made.at("AT+QIDEACT=1", 500);
  await activate(made);
  await made.at("AT+CFUN=4;+CFUN=1", 5000);
  await made.at("AT+QIDEACT=1", 500);
  await activate(made);
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,5[56]3/);
  await made.at("AT+CFUN=1,1", 12_000);
  await activate(made);
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,0/);
});

test("deadSockets: of power cycles the second helps", async () => {
  const made = await faulty({ deadSockets: true });
  for (const expected of [/0,5[56]3/, /0,0/]) {
    made.modem.power(false);
    made.modem.power(true);
    await made.run(100);
    made.modem.pwrkey(0);
    await made.run(700);
    made.modem.pwrkey(1);
    await made.run(9000);
    await activate(made);
    assert.match(await made.at(OPEN, 300), expected);
  }
});

test("deadData: sockets open, nothing passes, until QIDEACT and QIACT", async () => {
  const made = await faulty({ deadData: true });
  const peer = await opened(made);
  assert.equal(made.modem.state.sockets[0]?.state, 2);
  await made.at("AT+QISEND=0,4");
  made.modem.receive("lost");
  peer.write("down");
  await made.run(60_000);
  assert.equal(made.heard(), "\r\nSEND OK\r\n");
  assert.equal(peer.read(), null);
  assert.match(await made.at("AT+QISEND=0,0"), /\+QISEND: 4,0,4/, "unacknowledged");
  assert.match(await made.at("AT+QICLOSE=0", 11_000), /OK/, "after its timeout");
  const second = await opened(made);
  second.write("down");
  await made.run(1000);
  assert.doesNotMatch(made.heard(), /recv/, "a new socket is as dead");
  await made.at("AT+QIDEACT=1", 500);
  await made.at("AT+QICLOSE=0", 500);
  await activate(made);
  const third = await opened(made);
  third.write("down");
  await made.run(100);
  assert.match(made.heard(), /"recv",0/);
});

test("mute and muted: no answer, the next command has one", async () => {
  const made = await faulty({ muted: new Set(["+CSQ"]) });
  assert.equal(await made.at("AT+CSQ", 60_000), "");
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
  made.modem.faults.mute = 1;
  assert.equal(await made.at("AT"), "");
});

test("cgreg4", async () => {
  const made = await faulty({ cgreg4: true });
  assert.match(await made.at("AT+CGREG?"), /\+CGREG: 0,4/);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
});

test("recvLength and promptSpace", async () => {
  const made = await faulty({ recvLength: true, promptSpace: false });
  const peer = await opened(made);
  made.heard();
  peer.write("abc");
  await made.run(20);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0,3\r\n');
  assert.equal(await made.at("AT+QISEND=0,2"), "\r\n>");
});

test("state3: QISTATE of a live client", async () => {
  const made = await faulty({ state3: true });
  await opened(made);
  assert.match(await made.at("AT+QISTATE=1,0"), /\+QISTATE: 0,"TCP","tb.example",1883,\d+,3,1,0,0,"uart1"/);
});

test("noFixPolls and simBusyPolls count down", async () => {
  const made = await ready({
    gnss: { log: shortLog, coldStart_ms: 0, busyAfterBoot_ms: 0 },
    faults: { noFixPolls: 2, simBusyPolls: 1 },
  });
  await made.at("AT+QGPS=1");
  assert.match(await made.at("AT+QGPSLOC=2"), /516/);
  assert.match(await made.at("AT+QGPSLOC=2"), /516/);
  assert.match(await made.at("AT+QGPSLOC=2"), /QGPSLOC:/);
  assert.match(await made.at("AT+CPIN?"), /\+CME ERROR: 14/);
  assert.match(await made.at("AT+CPIN?"), /READY/);
});

test("echoStuck: ATE0 says OK and changes nothing", async () => {
  const made = await faulty({ echoStuck: true });
  assert.equal(await made.at("ATE0"), "ATE0\r\r\nOK\r\n");
});

test("garbage before a chunk, baudMismatch for all of it", async () => {
  const made = await faulty({ garbage: 1 });
  const answer = await made.at("AT");
  assert.ok(answer.endsWith("\r\nOK\r\n") && answer.length > 6);
  made.modem.faults.garbage = 0;
  made.modem.faults.baudMismatch = true;
  assert.doesNotMatch(await made.at("AT"), /OK/);
  made.modem.faults.baudMismatch = false;
  await made.at("");
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
});

test("coverageHole: data stand still, and move on after it", async () => {
  const made = await ready();
  const peer = await opened(made);
  made.modem.inject.hole(8000);
  made.heard();
  await made.at("AT+QISEND=0,4");
  made.modem.receive("late");
  await made.run(20);
  peer.write("down");
  await made.run(5000);
  assert.equal(made.heard(), "\r\nSEND OK\r\n");
  assert.match(await made.at("AT+QISEND=0,0"), /\+QISEND: 4,0,4/, "unacknowledged");
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,2/);
  await made.run(4000);
  assert.match(made.heard(), /"recv",0/);
  assert.equal(String(peer.read()), "late");
});

test("a long hole fills the send buffer: SEND FAIL", async () => {
  const made = await ready();
  await opened(made);
  made.modem.faults.coverageHole = true;
  let last = "";
  for (let i = 0; i < 12; i++) {
    await made.at("AT+QISEND=0,1460", 10);
    made.modem.receive("x".repeat(1460));
    await made.run(10);
    last = made.heard();
  }
  assert.equal(last, "\r\nSEND FAIL\r\n");
});

test("lostUrc", async () => {
  const made = await faulty({ lostUrc: 1 });
  made.modem.inject.urc("+A: 1");
  await made.run(1000);
  assert.equal(made.heard(), "");
});

test("pdpdeact in the middle of a send: payload swallowed, ERROR, QIACT only after QIDEACT", async () => {
  const made = await ready();
  await opened(made);
  await made.at("AT+QISEND=0,4");
  made.modem.inject.pdpdeact();
  await made.run(10);
  assert.equal(made.heard(), '\r\n+QIURC: "pdpdeact",1\r\n');
  made.modem.receive("abcd");
  await made.run(20);
  assert.equal(made.heard(), "\r\nERROR\r\n");
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nERROR\r\n");
  assert.equal(await made.at("AT+QIDEACT=1", 1000), "\r\nOK\r\n");
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nOK\r\n");
});

test("spontaneous reset: no last word, then RDY with echo on and nothing open", async () => {
  const made = await ready();
  await opened(made);
  made.heard();
  made.modem.inject.reset();
  assert.equal(await made.at("AT"), "");
  await made.run(9000);
  assert.match(made.heard(), /^\r\nRDY\r\n/);
  assert.equal(made.ends[0]?.destroyed, true);
  assert.match(await made.at("AT"), /^AT\r/);
  assert.deepEqual(made.modem.state.contexts, []);
});

test("psm and close strike by injection", async () => {
  const made = await ready();
  await opened(made);
  made.heard();
  made.modem.inject.close();
  await made.run(10);
  assert.equal(made.heard(), '\r\n+QIURC: "closed",0\r\n');
  made.modem.inject.psm();
  await made.run(10);
  assert.equal(made.heard(), "\r\nPSM POWER DOWN\r\n");
});

test("perMinute: events strike by themselves, the same ones with the same seed", async () => {
  const notes = async () => {
    const made = await faulty({ perMinute: { reset: 2, garbage: 6 } });
    await made.run(120_000);
    made.modem.dispose();
    return made.modem.transcript.toString();
  };
  const first = await notes();
  assert.match(first, /fault: crash/);
  assert.equal(await notes(), first);
});

test("UART timing: 115200 baud is 11.52 bytes a millisecond, in both directions", async () => {
  const made = await ready({ baud: 115200 });
  const before = made.chunks.length;
  made.modem.receive('AT+QENG="servingcell"\r');
  await made.run(4);
  assert.equal(made.heard(), "", "22 bytes in, answer time");
  await made.run(4);
  const soFar = made.heard().length;
  assert.ok(soFar > 20 && soFar < 60, `${soFar} bytes after 4 ms`);
  await made.run(20);
  assert.ok(made.chunks.slice(before).every((chunk) => chunk.length <= 12));
});

test("dispose leaves no timer and no connection behind", async () => {
  const made = await ready();
  await opened(made);
  made.modem.dispose();
  await made.run(10);
  assert.equal(made.ends[0]?.destroyed, true);
  made.heard();
  assert.equal(await made.at("AT", 100_000), "");
});
