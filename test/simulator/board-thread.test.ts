/** The board in a thread of its own, as `npm start` has it: here a loop really keeps a thread busy. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { startBoardThread } from "../../scripts/simulator/board-thread/board-thread.ts";
import { serveConsole } from "../../scripts/simulator/console-server.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";

async function start(t: TestContext, blob = "print('started')") {
  const server = await serveConsole();
  const modem: SerialPeer & { received: string } = {
    received: "",
    write(bytes) {
      this.received += bytes;
    },
  };
  const lines: string[] = [];
  const board = await startBoardThread({
    blob,
    modem,
    console: server.peer,
    print: (line) => lines.push(line),
  });
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  t.after(async () => {
    socket.destroy();
    await board.stop();
    await server.close();
  });
  let received = "";
  let look = (): void => {};
  socket.on("data", (data) => {
    received += data.toString("latin1");
    look();
  });
  return {
    board,
    lines,
    modem,
    type: (bytes: string) => socket.write(bytes, "latin1"),
    /** Resolves when the console said this, to all it said before. */
    async said(text: string): Promise<string> {
      await new Promise<void>((resolve) => {
        look = () => {
          if (received.includes(text)) resolve();
        };
        look();
      });
      const end = received.indexOf(text);
      const before = received.slice(0, end);
      received = received.slice(end + text.length);
      return before;
    },
  };
}

for (const loop of [
  "print('begun');while(true){}",
  "setTimeout(function(){print('begun');while(true){}},1)",
  "print('begun');while(true)print('x')",
])
  test(`${loop}: Ctrl-C gives the console back, and the board has not started again`, async (t) => {
    const { type, said, lines } = await start(t);
    type(`\x10var kept=42;print("ready")\n`);
    await said("ready");
    type(`\x10${loop}\n`);
    await said("begun");
    type("\x03");
    await said("Execution Interrupted");
    type("kept\n");
    await said("=42");
    assert.equal(lines.filter((line) => line === "started").length, 1);
  });

test("without Ctrl-C the watchdog bites, and the code in Storage runs again", async (t) => {
  const { type, said, lines } = await start(t);
  type("\x10E.enableWatchdog(0.3,true);print('ready')\n");
  await said("ready");
  type("while(true){}\n");
  await said("started");
  type("6*7\n");
  await said("=42");
  assert.equal(lines.filter((line) => line === "started").length, 2);
});

test("a board in a loop can be stopped", async (t) => {
  const { board, type, said } = await start(t);
  type("while(true){}\n");
  await said("\n");
  await board.stop();
});

test("the modem's line goes both ways", async (t) => {
  const { modem, type, said } = await start(t);
  type(
    "Serial1.setup(115200,{path:'/dev/ttyUSB2'});Serial1.on('data',function(d){print('got '+d)});Serial1.write('AT\\r\\xff')\n",
  );
  await said("=undefined");
  type("print('sent')\n");
  await said("sent\r\n");
  assert.equal(modem.received, "AT\r\xff");
  modem.onData?.("OK\xff");
  await said("got OK\xff");
});

test("any board, and what it does with its pins and UARTs is told", async (t) => {
  const modem: SerialPeer = { write() {} };
  const told: unknown[] = [];
  let done = (): void => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const board = await startBoardThread({
    board: "rak5010",
    blob: "D39.write(1);Serial1.setup(115200);setTimeout(function(){Serial1.unsetup();D39.write(0)},1)",
    modem,
    onPin: (pin, level) => told.push(`${pin} ${level}`),
    meter: {
      pin: (name, level) => told.push({ name, level }),
      uart: (device, open) => told.push(`${device} ${open ? "open" : "closed"}`),
      deepSleep() {},
      advertising() {},
      // What ran has the last word.
      ran(bytes) {
        told.push(bytes);
        done();
      },
    },
  });
  t.after(() => board.stop());
  await all;
  assert.deepEqual(told, [
    { name: "D39", level: true },
    "D39 true",
    "Serial1 open",
    "Serial1 closed",
    { name: "D39", level: false },
    "D39 false",
    0,
  ]);
});

test("what the board measures is played with from outside", async (t) => {
  const lines: string[] = [];
  let saw = (): void => {};
  const board = await startBoardThread({
    board: "rak5010",
    blob: "setInterval(function(){print(E.getTemperature()+' '+(analogRead(D4)*E.getAnalogVRef()*2.5).toFixed(2))},5)",
    modem: { write() {} },
    print(line) {
      lines.push(line);
      saw();
    },
  });
  t.after(() => board.stop());
  const said = (line: string): Promise<void> =>
    new Promise((resolve) => {
      saw = () => {
        if (lines.includes(line)) resolve();
      };
      saw();
    });
  await said("21.25 3.90");
  board.play({ battery_v: 3.4 });
  board.play({ temperature_c: -12.5 });
  await said("-12.5 3.40");
});

test("a board whose thread is ended in the middle of a write starts again from its flash", async (t) => {
  const flash = new SharedArrayBuffer(flashOf(boardSpecs.linux).length);
  new Uint8Array(flash).fill(0xff);
  const lines: string[] = [];
  let saw = (): void => {};
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      saw = () => {
        if (lines.some((line) => line.startsWith(text))) resolve();
      };
      saw();
    });
  const boot = (blob?: string) =>
    startBoardThread({
      ...(blob !== undefined && { blob }),
      flash,
      modem: { write() {} },
      print(line) {
        lines.push(line);
        saw();
      },
    });
  // Each file is written whole, or its write was the last thing that happened.
  const first = await boot(
    `var S=require("Storage"),n=(S.readJSON("n",1)||{}).n;print("found "+n);
     global.tracker={status:function(){return {n:n}}};
     setInterval(function(){n=(n|0)+1;S.write("n",JSON.stringify({n:n}));if(n%20==0)print("wrote "+n)},2)`,
  );
  await said("found undefined");
  await said("wrote 20");
  assert.ok((JSON.parse((await first.status()) ?? "") as { n: number }).n >= 20);
  await first.stop();
  assert.equal(await first.status(), undefined);
  lines.length = 0;
  const second = await boot();
  t.after(() => second.stop());
  await said("found ");
  assert.match(lines[0] ?? "", /^found (\d\d+|undefined)$/);
});
