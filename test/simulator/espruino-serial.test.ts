import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventQueue } from "../../scripts/simulator/espruino/event-queue.ts";
import { peer, rig } from "./espruino-rig.ts";

test("the event queue: two bytes an event, 64 bytes of data, merged into the last event but never into the first", () => {
  const queue = createEventQueue();
  for (const byte of "abc") assert.equal(queue.push("Serial1", byte), 0);
  assert.equal(queue.used, 3 + 4);
  assert.equal(queue.pop()?.bytes, "a");
  assert.equal(queue.pop()?.bytes, "bc");
  queue.push("Serial1", "x".repeat(150));
  assert.deepEqual([queue.length, queue.used], [3, 156]);
  queue.clear();
  queue.push("Serial1", "1");
  queue.push("Serial1", "2");
  queue.push("Serial2", "3");
  queue.push("Serial1", "4");
  assert.equal(queue.length, 4);
});

test("a full queue drops bytes of every device, and says how many", () => {
  const queue = createEventQueue();
  let lost = 0;
  for (let i = 0; i < 1100; i++) lost += queue.push("Serial1", "x");
  assert.equal(1100 - lost, queue.used - 2 * queue.length);
  assert.ok(queue.used <= 1020 && queue.used > 1015, String(queue.used));
  assert.equal(queue.push("Serial2", "y"), 1);
});

test("data comes in chunks to the listener, bytes as they are", () => {
  const modem = peer();
  const { run, tick, lines, board } = rig("rak8212", { serials: { Serial1: modem, Bluetooth: peer() } });
  run("E.setConsole(Bluetooth,{force:true});Serial1.setup(115200,{tx:D9,rx:D7})");
  run("n=0;got='';Serial1.on('data',function(d){n++;got+=d})");
  modem.send(`${"A".repeat(100)}\0\xff\r\n`);
  tick(5);
  assert.equal(run("[n,got.length]"), "[ 3, 104 ]");
  assert.equal(run("got.substr(100)"), '"\\0\\xFF\\r\\n"');
  run('Serial1.write("AT\\r\\n",[1,255],{data:"z",count:2})');
  assert.equal(modem.received.endsWith("AT\r\n\x01\xffzz"), true);
  assert.deepEqual(modem.bauds, [115200]);
  assert.deepEqual(lines, []);
  board.dispose();
});

test("while a callback is busy data piles up: past a kilobyte it is lost, with FIFO_FULL", () => {
  const modem = peer();
  const busy_ms = (work: { kind: string }) => (work.kind === "timer" ? 200 : 0);
  const { run, tick, lines, board } = rig("rak5010", {
    serials: { Serial1: modem, Bluetooth: peer() },
    busy_ms,
  });
  run("Serial1.setup(115200,{});got=0;Serial1.on('data',function(d){got+=d.length})");
  run("E.on('errorFlag',function(f){print('flag',f.join())});setTimeout(function(){},10)");
  tick(11);
  // 85 ms fill the queue at 115,200 baud; the callback takes 200.
  for (let ms = 0; ms < 180; ms++) {
    modem.send("x".repeat(11));
    tick(1);
  }
  assert.equal(run("got"), "0");
  tick(100);
  assert.ok(Number(run("got")) > 950 && Number(run("got")) < 1020, run("got"));
  assert.deepEqual(lines, ["flag FIFO_FULL", "New interpreter error: FIFO_FULL"]);
  assert.equal(run("E.getErrorFlags()"), '[ \n  "FIFO_FULL"\n ]');
  assert.equal(run("E.getErrorFlags()"), "[  ]");
  board.dispose();
});

test("CTS holds the modem back from three eighths on, until the queue is short again", () => {
  const modem = peer();
  const { run, tick, board } = rig("rak5010", {
    serials: { Serial1: modem },
    busy_ms: (work) => (work.kind === "timer" ? 50 : 0),
  });
  run("Serial1.setup(115200,{cts:D7});Serial1.on('data',function(){});setTimeout(function(){},1)");
  tick(2);
  modem.send("x".repeat(350));
  assert.deepEqual(modem.held, []);
  modem.send("x".repeat(50));
  assert.deepEqual(modem.held, [true]);
  tick(100);
  assert.deepEqual(modem.held, [true, false]);
  board.dispose();
});

test("on Linux the driver waits, nothing overflows, chunks have 32 bytes and more", () => {
  const modem = peer();
  const { run, tick, board } = rig("linux", {
    serials: { "/dev/ttyUSB2": modem },
    busy_ms: (work) => (work.kind === "timer" ? 200 : 0),
  });
  run('Serial1.setup(115200,{path:"/dev/ttyUSB2"});got=0;Serial1.on("data",function(d){got+=d.length})');
  run("setTimeout(function(){},1)");
  tick(2);
  modem.send("x".repeat(5000));
  tick(300);
  assert.equal(run("got"), "5000");
  assert.equal(run("E.getErrorFlags().length"), "0");
  board.dispose();
});

test("without a listener 512 bytes wait, then BUFFER_FULL; the listener gets them first", () => {
  const modem = peer();
  const { run, tick, lines, board } = rig("linux", { serials: { Serial1: modem } });
  run("Serial1.setup(9600)");
  modem.send("early");
  tick(1);
  assert.equal(run("[Serial1.available(),Serial1.read(2)]"), '[ 5, \n  "ea"\n ]');
  for (let i = 0; i < 60; i++) modem.send("0123456789");
  tick(5);
  assert.equal(run("Serial1.available()"), "512");
  assert.equal(lines.at(-1), "New interpreter error: BUFFER_FULL");
  run("Serial1.on('data',function(d){print('got',d.length)})");
  tick(1);
  modem.send("more");
  tick(1);
  assert.deepEqual(lines.slice(-2), ["got 512", "got 4"]);
  board.dispose();
});

test("a peer that answers inside write() is heard after the callback", () => {
  const modem = peer();
  modem.write = () => modem.send("OK");
  const { run, tick, lines, board } = rig("linux", { serials: { Serial1: modem } });
  run("Serial1.setup(9600);Serial1.on('data',function(d){print(d)})");
  run("setTimeout(function(){Serial1.write('AT');print('written')},1)");
  tick(5);
  assert.deepEqual(lines, ["written", "OK"]);
  board.dispose();
});

test("on a board unsetup lets go of the peer", () => {
  const modem = peer();
  const { run, tick, board } = rig("rak5010", { serials: { Serial1: modem } });
  run("Serial1.setup(9600);n=0;Serial1.on('data',function(){n++});Serial1.unsetup();Serial1.write('x')");
  modem.send("lost");
  tick(5);
  assert.equal(run("n"), "0");
  assert.deepEqual([modem.received, modem.bauds], ["", [9600, 0]]);
  board.dispose();
});

// The real one: test/espruino/sleep.test.ts.
test("on Linux the port stays open in spite of unsetup, until another is set up; one that is not there swallows what is written", () => {
  const modem = peer();
  const { run, tick, board } = rig("linux", { serials: { "/dev/ttyUSB2": modem } });
  run('n=0;Serial1.on("data",function(){n++});Serial1.setup(9600,{path:"/dev/ttyUSB2"})');
  run("Serial1.unsetup();Serial1.write('x')");
  modem.send("heard");
  tick(5);
  assert.deepEqual([run("n"), modem.received, modem.bauds], ["1", "x", [9600]]);
  run('Serial1.setup(9600,{path:"/dev/null"});Serial1.write("y")');
  modem.send("lost");
  tick(5);
  assert.deepEqual([run("n"), modem.received, modem.bauds], ["1", "x", [9600, 0]]);
  board.dispose();
});

test("the RAK8212's console is its only UART: what is printed goes to the modem, what it says is run, until moved", () => {
  const modem = peer();
  const { run, tick, board } = rig("rak8212", { serials: { Serial1: modem } });
  run("print('to the modem')");
  assert.equal(modem.received, "to the modem\r\n");
  modem.send("x=5\r\n");
  tick(1);
  assert.equal(board.global.x, 5);
  run("E.setConsole(null,{force:true});Serial1.setup(115200,{});Serial1.on('data',function(d){y=d});modem=1");
  modem.received = "";
  run("print('nowhere')");
  modem.send("OK");
  tick(1);
  assert.equal(modem.received, "");
  assert.equal(run("y"), '"K"');
  board.dispose();
});
