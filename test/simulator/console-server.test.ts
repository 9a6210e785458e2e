import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { type ConsoleOptions, startSimulatedConsole } from "../device/rig.ts";

/** A terminal on the simulated board's console. */
async function terminal(t: TestContext, options: ConsoleOptions = {}) {
  const rig = await startSimulatedConsole(options);
  t.after(() => rig.close());
  const plug = async () => {
    const socket = connect(rig.port, "127.0.0.1");
    t.after(() => socket.destroy());
    await once(socket, "connect");
    return { socket, ...reader(socket) };
  };
  return {
    ...rig,
    plug,
    /** Plugged in, and past the prompt of the start, which comes sooner or later. */
    async attach() {
      const plugged = await plug();
      await plugged.type("\x10print('\\x021')\n", "\x021\r\n>");
      return plugged;
    },
  };
}

function reader(socket: Socket) {
  let received = "";
  let look = (): void => {};
  socket.on("data", (data) => {
    received += data.toString("latin1");
    look();
  });
  return {
    /** Types bytes; gives what comes back, up to and with `end`. */
    type(bytes: string, end = ">"): Promise<string> {
      received = "";
      socket.write(bytes, "latin1");
      return new Promise((resolve) => {
        look = () => {
          if (received.endsWith(end)) resolve(received);
        };
      });
    },
  };
}

test("the console answers as the interpreter's", async (t) => {
  const { attach } = await terminal(t);
  const { type } = await attach();
  assert.equal(await type("\n"), "\r\n>");
  assert.equal(await type("1+1\n"), "1+1\r\n=2\r\n>");
  assert.equal(await type("\x10print(2)\n"), "2\r\n>");
  assert.equal(await type("\x10[1,\x1b\n2].length;\x1b\nprint(3)\n"), "3\r\n>");
});

test("every byte goes through as it is, both ways", async (t) => {
  const { attach, board } = await terminal(t);
  const { type } = await attach();
  const text = String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 127 + i)).replace(
    /[\x7f\xff]/g,
    "",
  );
  assert.equal(await type(`\x10var t="${text}";print(t)\n`), `${text}\r\n>`);
  assert.equal(board.global.t, text);
});

for (const spec of ["rak8212", "rak5010", "wio-lte"] as const)
  test(`a long line reaches the ${spec} in full`, async (t) => {
    const { attach } = await terminal(t, { spec, modem: {} });
    const { type } = await attach();
    await type(`\x10print("${"x".repeat(5000)}".length)\n`, "5000\r\n>");
  });

test("reset() greets, load() and E.reboot() start the code in Storage again", async (t) => {
  const { attach, lines } = await terminal(t, { files: { ".bootcde": "print('started')" } });
  const { type } = await attach();
  assert.match(await type("\x10reset();\n", "\n\r\n>"), /espruino\.com\r\n 2v29 /);
  assert.deepEqual(lines, ["started"]);
  await type("\x10load();\n", "started\r\n>");
  await type("\x10E.reboot();\n", "started\r\n\r\n>");
  assert.deepEqual(lines, ["started", "started", "started"]);
});

test("binary packets write a file to Storage, and are acknowledged", async (t) => {
  const { attach, file } = await terminal(t);
  const { type } = await attach();
  const packet = (type: number, data: string): string =>
    `\x10\x01${String.fromCharCode((type << 5) | (data.length >> 8), data.length & 255)}${data}`;
  await type(packet(3, '{"fn":"f","s":6}'), "\x06");
  await type(packet(4, "\0\x03\n"), "\x06");
  await type(packet(4, "\x10\x80\xff"), "\x06");
  assert.equal(file("f"), "\0\x03\n\x10\x80\xff");
  await type(packet(4, "more"), "\x15");
  assert.equal(await type(packet(1, "6*7"), "42"), "\x06\x10\x01\0\x0242");
});

test("one terminal at a time; one that leaves makes room", async (t) => {
  const { attach, plug } = await terminal(t);
  const first = await attach();
  const second = await plug();
  await once(second.socket, "close");
  assert.equal(await first.type("1\n"), "1\r\n=1\r\n>");
  first.socket.destroy();
  // The server sees the end a moment later.
  for (;;) {
    const third = await plug();
    const closed = once(third.socket, "close").then(() => "");
    if ((await Promise.race([third.type("2\n"), closed])) === "2\r\n=2\r\n>") break;
  }
});

test("a power cut ends the connection; the board boots again from what is in Storage", async (t) => {
  const rig = await terminal(t, { files: { ".bootcde": "print('started')" } });
  const { socket } = await rig.attach();
  rig.powerCut();
  await once(socket, "close");
  rig.boot();
  assert.deepEqual(rig.lines, ["started", "started"]);
});
