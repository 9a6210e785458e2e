import assert from "node:assert/strict";
import { test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { CLOSE, data, EMPTY, OPEN, READ, setup } from "./socket-rig.ts";

test("quirk 11: closed by server: what is left is read, then AT+QICLOSE, then onClose", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QIRD=0,512"] = [data("last"), data("words"), EMPTY];
  serial.say('\r\n+QIURC: "closed",0\r\n');
  assert.equal(write(socket, "x"), -1);
  clock.tick(100);
  assert.deepEqual(events, ["data last", "data words", "close closed by server"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("quirk 11: closed in the middle of a send: the payload is still delivered, nobody hangs", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  write(socket, "hello");
  serial.say('\r\n+QIURC: "closed",0\r\n\r\n> ');
  assert.deepEqual(serial.payloads, ["hello"]);
  serial.say("\r\nSEND FAIL\r\n");
  clock.tick(6000);
  assert.deepEqual(events, ["close closed by server"]);
});

test("a reading that fails ends the connection: bytes may be missing", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = "\r\n+QIRD: 20\r\nonly ten b\r\n\r\nOK\r\n";
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(30000);
  assert.deepEqual(events, ["close link lost"]);
});

test("close: no onClose, no more data, and the id is free at once", (t) => {
  const { clock, serial, events, opened, open } = setup(t);
  const socket = opened();
  serial.answers["AT+QIRD=0,512"] = data("late");
  serial.say('\r\n+QIURC: "recv",0\r\n');
  socket.close();
  socket.close();
  open("second ");
  clock.tick(100);
  // The old reading, the close, then the new connection: the old one cannot close it, nor does it get its data.
  assert.deepEqual(serial.commands, ["AT+QIRD=0,512", "AT+QICLOSE=0", OPEN]);
  serial.answers["AT+QIRD=0,512"] = EMPTY;
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(100);
  assert.deepEqual(events, ["second open"]);
  assert.equal(socket.write("x"), -1);
  socket.close();
  clock.tick(100);
  assert.notEqual(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("close while opening: the late +QIOPEN opens nothing", (t) => {
  const { clock, serial, events, open } = setup(t);
  const socket = open();
  clock.tick(15);
  socket.close();
  clock.tick(100);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(200000);
  assert.deepEqual(events, []);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("a handler that closes is not called again", (t) => {
  const { clock, serial, events, opened } = setup(t);
  const socket = opened({
    onData: () => {
      events.push("data");
      socket.close();
    },
  });
  serial.answers[READ] = data("x");
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(10000);
  assert.deepEqual(events, ["data"]);
  assert.equal(serial.commands.at(-1), CLOSE);
});

test("another connection's URCs change nothing", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  for (const urc of ['+QIURC: "recv",1', '+QIURC: "closed",1', "+QIOPEN: 1,0", "+QIOPEN: 0,0"])
    serial.say(`\r\n${urc}\r\n`);
  clock.tick(1000);
  assert.deepEqual(events, []);
  assert.deepEqual(serial.commands, []);
});

test("a context that is lost ends the connection with its reason; the id is freed", (t) => {
  const { clock, serial, parts, events, opened } = setup(t);
  opened();
  parts.endSocket(Reason.ContextLost);
  assert.deepEqual(events, ["close PDP context lost"]);
  clock.tick(1000);
  assert.deepEqual(serial.commands, [CLOSE]);
});

test("a modem that restarts takes sockets and waiting commands along", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  write(socket, "hello");
  serial.say("\r\nRDY\r\n");
  clock.tick(200000);
  assert.deepEqual(events, ["close modem restarted: check power"]);
  assert.equal(socket.write("x"), -1);
  assert.deepEqual(serial.commands, ["AT+QISEND=0,5"]);
  assert.equal(clock.countTimers(), 0);
});

test("a modem that falls silent in a send: the reason, after its time", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers = {};
  write(socket, "hello");
  clock.tick(40000);
  assert.deepEqual(events, ["close modem silent: check power, UART"]);
  assert.equal(clock.countTimers(), 0);
});

test("a connection left over from before is closed without a word", (t) => {
  const { clock, serial, events, open } = setup(t);
  open();
  serial.say('\r\n+QIURC: "recv",0\r\n\r\n+QIURC: "closed",0\r\n');
  clock.tick(100);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(100);
  assert.deepEqual(events, ["open"]);
});

test("close: what write took before still leaves, be it while a read is in flight or from a handler", (t) => {
  const { clock, serial, events, opened, write, takes } = setup(t);
  takes(3);
  const socket = opened();
  serial.say('\r\n+QIURC: "recv",0\r\n');
  assert.equal(write(socket, "bye"), 3);
  socket.close();
  clock.tick(100);
  assert.deepEqual(serial.commands, [READ, "AT+QISEND=0,3", CLOSE]);
  assert.deepEqual(serial.payloads, ["bye"]);

  const second = opened({
    onData: () => {
      second.write("bye");
      second.close();
    },
  });
  serial.answers[READ] = data("go");
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(100);
  assert.deepEqual(serial.commands, [READ, "AT+QISEND=0,3", CLOSE]);
  assert.deepEqual(serial.payloads, ["bye", "bye"]);
  assert.deepEqual(events, []);
});

test("closed while the modem's buffer is full: told at once, and the bytes are not sent again", (t) => {
  const { clock, serial, events, opened, write, takes } = setup(t);
  takes(2);
  serial.answers.payload = "\r\nSEND FAIL\r\n";
  write(opened(), "hi");
  clock.tick(100);
  serial.commands = [];
  serial.say('\r\n+QIURC: "closed",0\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["close closed by server"]);
  assert.deepEqual(serial.commands, [READ, CLOSE]);
});

/** Brings a socket into each of its states. */
const STATES: Record<string, (rig: ReturnType<typeof setup>) => void> = {
  "closing before it opens": ({ open }) => void open(),
  opening: ({ open, clock, serial }) => {
    serial.answers[OPEN] = undefined;
    open();
    clock.tick(15);
  },
  connecting: ({ open, clock }) => {
    open();
    clock.tick(50);
  },
  idle: ({ opened }) => void opened(),
  reading: ({ opened, serial }) => {
    opened();
    serial.answers[READ] = undefined;
    serial.say('\r\n+QIURC: "recv",0\r\n');
  },
  "sending, before the prompt": ({ opened, write }) => void write(opened(), "hi"),
  "sending, after it": ({ opened, write, serial }) => {
    write(opened(), "hi");
    serial.say("\r\n> ");
  },
  holding: ({ opened, write, serial, clock, takes }) => {
    takes(2);
    serial.answers.payload = "\r\nSEND FAIL\r\n";
    write(opened(), "hi");
    clock.tick(100);
  },
};
for (const [name, reach] of Object.entries(STATES))
  for (const ending of ["restarts", "falls silent", "loses the context", "says closed"])
    test(`a modem that ${ending} while the socket is ${name}: told once, no timer is left, and the next one opens`, (t) => {
      const rig = setup(t);
      const { clock, serial, parts, events, opened } = rig;
      const answers = { ...serial.answers };
      reach(rig);
      serial.commands = [];
      events.length = 0;
      if (ending === "restarts") serial.say("\r\nRDY\r\n");
      else if (ending === "loses the context") parts.endSocket(Reason.ContextLost);
      else if (ending === "says closed") serial.say('\r\n+QIURC: "closed",0\r\n');
      serial.answers = ending === "falls silent" ? {} : answers;
      // A modem that is silent is found out by the next command, if the socket has none.
      if (ending === "falls silent") parts.command("AT+CSQ", 0, 1000);
      clock.tick(400_000);
      const told = events.filter((event) => event.startsWith("close"));
      const expected = {
        restarts: "close modem restarted: check power",
        "falls silent": "close modem silent: check power, UART",
        "loses the context": "close PDP context lost",
        "says closed": "close",
      }[ending] as string;
      assert.equal(told.length, 1, `${events}`);
      assert.ok((told[0] as string).startsWith(expected), `${told}`);
      if (ending === "restarts" || ending === "falls silent")
        assert.deepEqual(
          serial.commands.filter((text) => text.includes("QICLOSE") || text.includes("QIRD")),
          [],
          "nothing is asked of it",
        );
      assert.equal(clock.countTimers(), 0);
      serial.answers = answers;
      events.length = 0;
      opened();
    });
