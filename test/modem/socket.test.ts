import assert from "node:assert/strict";
import { test } from "node:test";
import type { Socket } from "../../firmware/socket.ts";
import { ERROR, OK } from "./fake-serial.ts";
import { data, EMPTY, OPEN, READ, setup } from "./socket-rig.ts";

test("opening: the id is closed first, then opened in buffer mode, then looked for data", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.commands = [];
  const socket = open();
  assert.equal(socket.write("early"), 0);
  clock.tick(140000);
  assert.deepEqual(serial.commands, ["AT+QICLOSE=0", OPEN]);
  assert.deepEqual(events, []);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(1000);
  assert.deepEqual(serial.commands.slice(2), ["AT+QIRD=0,512"]);
  assert.deepEqual(events, ["open"]);
});

const FAILURES: [string, string][] = [
  ["552", "bad host"],
  ["556", "modem error 556"],
  ["561", "no PDP context: check apn"],
  ["565", "DNS failed: check host"],
  ["566", "refused: check host, port"],
  ["569", "no reply: check host, port"],
];
for (const [code, reason] of FAILURES) {
  test(`a failed open is closed, too, and has a reason: ${code} ${reason}`, (t) => {
    const { clock, serial, events, open } = setup(t);
    const socket = open();
    clock.tick(50);
    serial.commands = [];
    serial.say(`\r\n+QIOPEN: 0,${code}\r\n`);
    clock.tick(50);
    assert.deepEqual(events, [`close ${reason}`]);
    assert.deepEqual(serial.commands, ["AT+QICLOSE=0"]);
    assert.equal(socket.write("x"), -1);
  });
}

test("the report of AT+QIOPEN that comes before its OK counts", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.answers[OPEN] = "\r\n+QIOPEN: 0,566\r\n\r\nOK\r\n";
  open();
  clock.tick(50);
  assert.deepEqual(events, ["close refused: check host, port"]);
});

test("wiolte.js: 563 is no connection: the id is closed, and again before it is opened anew", (t) => {
  const { clock, serial, events, open } = setup(t);
  open();
  clock.tick(50);
  serial.say("\r\n+QIOPEN: 0,563\r\n");
  clock.tick(50);
  assert.deepEqual(events.splice(0), ["close modem error 563"]);
  serial.commands = [];
  open();
  clock.tick(50);
  assert.deepEqual(serial.commands, ["AT+QICLOSE=0", OPEN]);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(50);
  assert.deepEqual(events, ["open"]);
});

for (const [answer, reason] of [
  [ERROR, "no PDP context: check apn"],
  ["\r\n+CME ERROR: 30\r\n", "no network: check antenna"],
] as const) {
  test(`AT+QIOPEN itself fails: ${reason}`, (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = answer;
    open();
    clock.tick(100);
    assert.deepEqual(events, [`close ${reason}`]);
    assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
  });
}

test("QuectelBG96.js: an open that is never reported blocks nothing, and ends after the manual's 150 s and some", (t) => {
  const { clock, serial, parts, events, open } = setup(t);
  open();
  clock.tick(100);
  const seen: unknown[] = [];
  serial.answers["AT+CSQ"] = OK;
  parts.command("AT+CSQ", (reason) => seen.push(reason));
  clock.tick(150000);
  assert.deepEqual(seen, [0]);
  assert.deepEqual(events, []);
  clock.tick(10000);
  assert.deepEqual(events.splice(0), ["close no reply: check host, port"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
  assert.equal(clock.countTimers(), 0);
  clock.tick(50);
  open("again ");
  clock.tick(50);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  assert.deepEqual(events, ["again open"]);
});

test("a second connection is refused, with a reason, and does not disturb the first", (t) => {
  const { serial, events, opened, open } = setup(t);
  const first = opened();
  assert.throws(() => open("second "), { message: "modem in use" });
  assert.deepEqual(serial.commands, []);
  assert.equal(first.write("hi"), 2);
  assert.deepEqual(serial.commands, ["AT+QISEND=0,2"]);
  assert.deepEqual(events, []);
});

for (const urc of ['+QIURC: "recv",0', '+QIURC: "recv",0,1030']) {
  test(`buffer mode: ${urc} leads to reads until nothing is left`, (t) => {
    const { clock, serial, events, opened } = setup(t);
    opened();
    serial.answers["AT+QIRD=0,512"] = [data("a".repeat(512)), data("b".repeat(512)), data("c"), EMPTY];
    serial.say(`\r\n${urc}\r\n`);
    clock.tick(100);
    assert.deepEqual(events, [`data ${"a".repeat(512)}`, `data ${"b".repeat(512)}`, "data c"]);
    assert.deepEqual(serial.commands, Array(4).fill("AT+QIRD=0,512"));
  });
}

test("QuectelBG96.js: a second recv URC in one chunk is not lost", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = [data("test\r\n"), data("DATA"), EMPTY];
  serial.say('\r\n+QIURC: "recv",0,6\r\n\r\n+QIURC: "recv",0,4\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["data test\r\n", "data DATA"]);
});

test("a recv URC that comes while the last read runs leads to another read", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = [`\r\n+QIURC: "recv",0\r\n${EMPTY}`, data("late"), EMPTY];
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["data late"]);
});

test("quirk 8: a lost recv URC: after a send the socket looks by itself", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  write(socket, "hi");
  clock.tick(100);
  assert.deepEqual(serial.commands.splice(0), ["AT+QISEND=0,2", "AT+QIRD=0,512"]);
  serial.answers["AT+QIRD=0,512"] = [data("answer"), EMPTY];
  clock.tick(5100);
  assert.deepEqual(events, ["writable", "data answer"]);
  clock.tick(600000);
  assert.deepEqual(serial.commands, ["AT+QIRD=0,512", "AT+QIRD=0,512"]);
});

test("once is enough: the socket looks 5 s after the first of many sends", (t) => {
  const { clock, serial, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  for (let i = 0; i < 4; i++) {
    write(socket, "hi");
    clock.tick(1000);
  }
  serial.commands = [];
  clock.tick(60000);
  assert.deepEqual(serial.commands, ["AT+QIRD=0,512"]);
});

test("sending: at most 1,460 bytes in one segment, the next only after SEND OK", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,1460"] = "\r\n>";
  serial.answers.payload = "\r\nSEND OK\r\n";
  const bytes = "\0\x1a\r\nOK\r\n> \xff".repeat(200);
  assert.equal(write(socket, bytes), 1460);
  assert.equal(write(socket, "more"), 0);
  clock.tick(100);
  assert.deepEqual(serial.payloads, [bytes.slice(0, 1460)]);
  assert.deepEqual(events, ["writable"]);
});

test("what a handler writes goes out; reading and writing take turns", (t) => {
  const { clock, serial, events, open } = setup(t);
  let left = 3;
  const socket: Socket = open("", {
    onOpen: () => assert.equal(socket.write("hi"), 2),
    onWritable: () => {
      if (left-- > 0) assert.equal(socket.write("hi"), 2);
    },
  });
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  clock.tick(50);
  serial.commands = [];
  serial.answers["AT+QIRD=0,512"] = [data("a"), data("b"), data("c"), data("d"), EMPTY];
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(1000);
  const turn = ["AT+QISEND=0,2", "AT+QIRD=0,512"];
  assert.deepEqual(serial.commands.slice(0, 8), [...turn, ...turn, ...turn, ...turn]);
  assert.deepEqual(events, ["data a", "data b", "data c", "data d"]);
});

test("quirk 13: SEND FAIL: the same bytes again, later, until its user has waited enough", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = ["\r\nSEND FAIL\r\n", "\r\nSEND FAIL\r\n", "\r\nSEND OK\r\n"];
  write(socket, "hi");
  clock.tick(4900);
  assert.deepEqual(serial.payloads, ["hi"]);
  clock.tick(6000);
  assert.deepEqual(serial.payloads, ["hi", "hi", "hi"]);
  assert.deepEqual(events.splice(0), ["writable"]);

  serial.answers.payload = "\r\nSEND FAIL\r\n";
  write(socket, "hi");
  clock.tick(60000);
  assert.ok(serial.payloads.length <= 3 + 13, `${serial.payloads.length} tries`);
  socket.close();
  serial.commands = [];
  clock.tick(60000);
  assert.deepEqual(serial.commands, []);
  assert.deepEqual(events, []);
});

test("quirk 13: ERROR to a send is no success; what the server said last is still read", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = ERROR;
  serial.answers["AT+QIRD=0,512"] = [data("bye"), EMPTY];
  write(socket, "hi");
  clock.tick(100);
  assert.deepEqual(events, ["data bye", "close link lost"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

for (const urc of ['+QIURC: "recv",0', '+QIURC: "closed",0', "+QIOPEN: 0,0"])
  test(`${urc} is seen at once, wherever the line is split`, (t) => {
    const { clock, serial, events, open, opened } = setup(t);
    for (let at = 1; at < urc.length; at++) {
      const socket = urc.startsWith("+QIOPEN") ? open() : opened();
      clock.tick(50);
      serial.commands = [];
      serial.say(`\r\n${urc.slice(0, at)}`);
      serial.say(`${urc.slice(at)}\r\n`);
      assert.equal(serial.commands[0], READ, `split at ${at}`);
      clock.tick(100);
      assert.deepEqual(
        events.splice(0),
        urc.includes("closed") ? ["close closed by server"] : urc.includes("recv") ? [] : ["open"],
      );
      socket.close();
      clock.tick(100);
    }
  });

test("bytes that come one by one open, send, read and close as whole lines do", (t) => {
  const { clock, serial, events, opened, write, takes } = setup(t);
  serial.bytewise = true;
  const socket = opened();
  takes(2);
  serial.answers[READ] = [data('\r\nOK\r\n+QIURC: "closed",0\r\n> '), EMPTY];
  write(socket, "hi");
  clock.tick(100);
  serial.say('\r\n+QIURC: "closed",0\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["writable", 'data \r\nOK\r\n+QIURC: "closed",0\r\n> ', "close closed by server"]);
});

test("what its user cannot take stays in the modem until it can; what it writes leaves meanwhile", (t) => {
  const { clock, serial, events, user, opened, write, takes } = setup(t);
  const socket = opened();
  takes(2);
  serial.answers[READ] = [data("a"), data("b"), EMPTY];
  user.takes = false;
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(60000);
  assert.deepEqual(serial.commands, []);
  write(socket, "hi");
  clock.tick(1000);
  assert.deepEqual(events.splice(0), ["writable"]);
  user.takes = true;
  write(socket, "hi");
  clock.tick(1000);
  assert.deepEqual(events, ["writable", "data a", "data b"]);
});

test("a closed connection whose user takes nothing any more ends all the same", (t) => {
  const { clock, serial, events, user, opened } = setup(t);
  opened();
  user.takes = false;
  serial.say('\r\n+QIURC: "closed",0\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["close closed by server"]);
});

/** Each command that a socket sends, and how long it may take: from its sending to the AT that looks for the modem. */
const LIMITS: [
  name: string,
  limit_s: number,
  command: string,
  act: (rig: ReturnType<typeof setup>) => void,
][] = [
  [
    "AT+QICLOSE: 10 s for the peer's FIN-ACK (TCP 2.1.5)",
    15,
    "AT+QICLOSE=0",
    ({ opened }) => opened().close(),
  ],
  ["AT+QIOPEN: its OK comes at once", 8, OPEN, ({ open }) => void open()],
  [
    "AT+QIRD",
    10,
    READ,
    ({ opened, serial }) => {
      opened();
      serial.say('\r\n+QIURC: "recv",0\r\n');
    },
  ],
  ["AT+QISEND: the prompt", 6, "AT+QISEND=0,2", ({ opened, write }) => void write(opened(), "hi")],
  [
    "AT+QISEND: 120 s from the payload to SEND OK (TCP 2.1.7)",
    120,
    "AT+QISEND=0,2",
    ({ opened, write, serial }) => {
      write(opened(), "hi");
      serial.say("\r\n> ");
    },
  ],
];
for (const [name, limit_s, text, act] of LIMITS)
  test(`each command has its own time: ${name}`, (t) => {
    const rig = setup(t);
    const { clock, serial } = rig;
    const { opened } = rig;
    // Silent to that one, once the connection is open.
    const mute = () => {
      serial.answers = { ...serial.answers, [text]: undefined };
      serial.commands = [];
    };
    if (text === OPEN) mute();
    act({
      ...rig,
      opened: (handlers) => {
        const socket = opened(handlers);
        mute();
        return socket;
      },
    });
    if (text === OPEN) clock.tick(20);
    assert.equal(serial.commands.at(-1), text);
    clock.tick(limit_s * 1000 - 30);
    assert.equal(serial.commands.at(-1), text);
    clock.tick(40);
    assert.equal(serial.commands.at(-1), "AT");
  });
