import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createModem } from "../../../scripts/simulator/modem/modem.ts";
import { opened, ready, rig } from "./rig.ts";

const TRAPS = '\r\nOK\r\n> +QIURC: "closed",0\r\n\x1a\x1b\x00\xff\r\nSEND OK\r\n';

test("a payload is counted, whatever it holds, in both directions", async () => {
  const made = await ready();
  const peer = await opened(made);
  await made.at(`AT+QISEND=0,${TRAPS.length}`);
  for (const byte of TRAPS) made.modem.receive(byte);
  await made.run(20);
  assert.equal(made.heard(), "\r\nSEND OK\r\n");
  assert.equal((peer.read() as Buffer).toString("latin1"), TRAPS);
  peer.write(Buffer.from(TRAPS, "latin1"));
  await made.run(20);
  assert.equal(
    await made.at("AT+QIRD=0,1500"),
    `\r\n+QIRD: ${TRAPS.length}\r\n${TRAPS}\r\n\r\nOK\r\n`,
    "the URC, then the data",
  );
});

test("no second recv URC until the buffer was empty", async () => {
  const made = await ready();
  const peer = await opened(made);
  made.heard();
  peer.write("abc");
  await made.run(20);
  peer.write("def");
  await made.run(20);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n');
  assert.equal(await made.at("AT+QIRD=0,4"), "\r\n+QIRD: 4\r\nabcd\r\n\r\nOK\r\n");
  peer.write("ghi");
  await made.run(20);
  assert.equal(made.heard(), "");
  assert.equal(await made.at("AT+QIRD=0,0"), "\r\n+QIRD: 9,4,5\r\n\r\nOK\r\n");
  await made.at("AT+QIRD=0,1500");
  peer.write("j");
  await made.run(20);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n');
});

test("QISEND: wrong id, wrong length, bytes before the prompt, too few bytes", async () => {
  const made = await ready();
  assert.equal(await made.at("AT+QISEND=0,5"), "\r\nERROR\r\n");
  const peer = await opened(made);
  assert.equal(await made.at("AT+QISEND=0,1461"), "\r\nERROR\r\n");
  made.modem.receive("AT+QISEND=0,3\r\nabc");
  await made.run(50);
  assert.equal(made.heard(), "\r\n> ", "the LF and the early bytes are not payload");
  made.modem.receive("AT\r");
  await made.run(50);
  assert.equal(made.heard(), "\r\nSEND OK\r\n", "the next command was eaten as payload");
  assert.equal(String(peer.read()), "AT\r");
  await made.at("AT+QISEND=0,3");
  await made.run(6000);
  assert.equal(made.heard(), "\r\nERROR\r\n");
  assert.match(await made.at("AT+QIGETERROR"), /\+QIGETERROR: 571, cancel send/);
});

test("QISEND without length ends with Ctrl-Z and is cancelled by ESC", async () => {
  const made = await ready();
  const peer = await opened(made);
  await made.at("AT+QISEND=0");
  made.modem.receive("abc\x1a");
  await made.run(20);
  assert.equal(made.heard(), "\r\nSEND OK\r\n");
  await made.at("AT+QISEND=0");
  made.modem.receive("xyz\x1b");
  await made.run(20);
  assert.equal(made.heard(), "\r\nOK\r\n");
  assert.equal(String(peer.read()), "abc");
});

test("QISDE: payload is echoed until it is switched off", async () => {
  const made = rig({ startsOn: { echo: false, context: true } });
  await opened(made);
  await made.at("AT+QISEND=0,2");
  made.modem.receive("hi");
  await made.run(20);
  assert.equal(made.heard(), "hi\r\nSEND OK\r\n");
});

test("the acknowledgement query counts over the connection's life", async () => {
  const made = await ready();
  await opened(made);
  await made.at("AT+QISEND=0,4");
  made.modem.receive("abcd");
  await made.run(20);
  assert.equal(await made.at("AT+QISEND=0,0"), "\r\n+QISEND: 4,4,0\r\n\r\nOK\r\n");
});

test("closed by the peer: what it sent is still readable, the id stays claimed until QICLOSE", async () => {
  const made = await ready();
  const peer = await opened(made);
  made.heard();
  peer.end("bye");
  await made.run(50);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n\r\n+QIURC: "closed",0\r\n');
  assert.match(await made.at("AT+QIRD=0,1500"), /\+QIRD: 3\r\nbye\r\n/);
  assert.equal(await made.at("AT+QISEND=0,1"), "\r\nERROR\r\n");
  assert.equal(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), "\r\nOK\r\n\r\n+QIOPEN: 0,563\r\n");
  assert.equal(await made.at("AT+QICLOSE=0"), "\r\nOK\r\n");
  assert.equal(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), "\r\nOK\r\n\r\n+QIOPEN: 0,0\r\n");
});

test("closed while payload is owed: the bytes are swallowed all the same", async () => {
  const made = await ready();
  const peer = await opened(made);
  await made.at("AT+QISEND=0,3");
  peer.end();
  await made.run(20);
  assert.equal(made.heard(), '\r\n+QIURC: "closed",0\r\n');
  made.modem.receive("abc");
  await made.run(20);
  assert.equal(made.heard(), "\r\nERROR\r\n");
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
});

test("QICLOSE blocks the port, and answers OK for an id not in use", async () => {
  const made = await ready({ times: { close_ms: 1000 } });
  await opened(made);
  assert.equal(await made.at("AT+QICLOSE=7"), "\r\nOK\r\n");
  assert.equal(await made.at("AT+QICLOSE=0", 500), "");
  assert.equal(await made.at("AT+CSQ", 200), "", "blocked");
  await made.run(600);
  assert.equal(made.heard(), "\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
});

test("twelve sockets, ids 0 to 11; wrong parameters are 552", async () => {
  const made = await ready();
  for (let id = 0; id < 12; id++)
    assert.match(await made.at(`AT+QIOPEN=1,${id},"TCP","h",1`, 300), new RegExp(`\\+QIOPEN: ${id},0`));
  assert.equal(await made.at('AT+QIOPEN=1,12,"TCP","h",1'), "\r\nERROR\r\n");
  assert.match(await made.at("AT+QIGETERROR"), /552/);
  assert.equal(made.modem.state.sockets.length, 12);
});

test("without context QIOPEN reports 561", async () => {
  const made = rig({ startsOn: { echo: false } });
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,561/);
});

test("a server that is far ahead is held back by the module's buffer, nothing is lost", async () => {
  const made = await ready();
  const peer = await opened(made);
  const sent = Buffer.alloc(60_000, "0123456789");
  peer.write(sent);
  let got = "";
  for (let i = 0; i < 80; i++) {
    const answer = await made.at("AT+QIRD=0,1500", 20);
    const header = /\+QIRD: (\d+)\r\n/.exec(answer);
    assert.ok(header);
    const start = header.index + header[0].length;
    got += answer.slice(start, start + Number(header[1]));
  }
  assert.equal(got.length, sent.length);
  assert.equal(got, sent.toString("latin1"));
});

test("real TCP: refused is 566, an echo server answers", async (t) => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  const modem = createModem({
    startsOn: { echo: false, context: true },
    times: { answer_ms: 0, open_ms: 0, close_ms: 0 },
  });
  t.after(() => {
    modem.dispose();
    server.close();
  });
  let heard = "";
  modem.onTransmit = (bytes) => {
    heard += bytes;
  };
  async function until(expected: string): Promise<void> {
    for (let i = 0; i < 400 && !heard.includes(expected); i++) await sleep(5);
    assert.ok(heard.includes(expected), `${JSON.stringify(expected)} in ${JSON.stringify(heard)}`);
  }
  modem.receive(`AT+QIOPEN=1,0,"TCP","127.0.0.1",${port}\r`);
  await until("+QIOPEN: 0,0");
  modem.receive("AT+QISEND=0,4\r");
  await until("> ");
  modem.receive("ping");
  await until('"recv",0');
  modem.receive("AT+QIRD=0,1500\r");
  await until("+QIRD: 4\r\nping");
  modem.receive("AT+QICLOSE=0\r");
  await until("\r\nOK\r\n");
  await new Promise((done) => server.close(done));
  modem.receive(`AT+QIOPEN=1,1,"TCP","127.0.0.1",${port}\r`);
  await until("+QIOPEN: 1,566");
});

test("an unknown host is 565, one that never answers 569", async () => {
  const made = await ready();
  const opening = made.at('AT+QIOPEN=1,0,"TCP","nowhere",1', 50);
  made.peers[0]?.pause();
  await opening;
  made.modem.dispose();
  const { Duplex } = await import("node:stream");
  const failing = (code?: string) => {
    const duplex = Object.assign(new Duplex({ read() {}, write() {} }), { connecting: true });
    if (code) setImmediate(() => duplex.destroy(Object.assign(new Error(code), { code })));
    return duplex;
  };
  const unknown = await ready({ connect: () => failing("ENOTFOUND") });
  assert.match(await unknown.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,565/);
  const silent = await ready({ connect: () => failing() });
  assert.doesNotMatch(await silent.at('AT+QIOPEN=1,0,"TCP","h",1', 70_000), /QIOPEN/);
  await silent.run(6000);
  assert.match(silent.heard(), /\+QIOPEN: 0,569/);
});
