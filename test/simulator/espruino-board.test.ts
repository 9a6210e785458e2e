import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPowerAfter } from "../../scripts/simulator/espruino/flash.ts";
import { readFile, writeFile } from "../../scripts/simulator/espruino/storage.ts";
import { peer, rig } from "./espruino-rig.ts";

test("boot runs .boot0 to .boot3, then .bootcde, E's init, onInit; an exception stops only its file", () => {
  const { board, store, lines } = rig();
  store(".boot1", "print('boot1');nosuch();print('not reached')");
  store(".boot0", "print('boot0')");
  store(
    ".bootcde",
    "print('code');E.on('init',function(){print('init')});function onInit(){print('onInit')}",
  );
  board.boot();
  assert.deepEqual(lines, [
    "boot0",
    "boot1",
    "Uncaught ReferenceError: nosuch is not defined",
    "    at boot code (.boot1:1:16)",
    "print('boot1');nosuch();print('not reached')",
    "               ^",
    "code",
    "init",
    "onInit",
  ]);
  board.dispose();
});

test(".bootrst takes the place of .bootcde, and runs after reset() too", () => {
  const { board, store, lines, run, tick } = rig();
  store(".bootcde", "print('code')");
  run("reset()");
  tick(1);
  assert.deepEqual(lines, []);
  run("load()");
  tick(1);
  assert.deepEqual(lines, ["code"]);
  store(".bootrst", "print('always')");
  store(".boot2", "print('boot2')");
  lines.length = 0;
  run("reset()");
  tick(1);
  board.boot();
  assert.deepEqual(lines, ["boot2", "always", "boot2", "always"]);
  board.dispose();
});

test("load(file) runs only that file after .boot0 to .boot3; a reset waits for the callback's end", () => {
  const { board, store, lines, run, tick } = rig();
  store(".bootcde", "print('code')");
  store("app", "print(__FILE__)");
  run("E.on('kill',function(){print('kill')});load('app');a=1;print('still here')");
  tick(1);
  assert.deepEqual(lines, ["still here", "kill", "app"]);
  assert.equal(run("typeof a"), '"undefined"');
  board.dispose();
});

test("reset(true) deletes the boot code and nothing else", () => {
  const { board, store, run, tick } = rig();
  store(".bootcde", "1");
  store("data", "1");
  run("reset(true)");
  tick(1);
  assert.equal(run('require("Storage").list()'), '[ \n  "data"\n ]');
  board.dispose();
});

test("a program and its timers end with the reset; it can do nothing any more", () => {
  const { board, lines, run, tick } = rig();
  run("setInterval(function(){print('old')},5)");
  const old = board.global.setTimeout as (callback: () => void, ms: number) => void;
  run("reset()");
  tick(50);
  assert.deepEqual(lines, []);
  assert.throws(() => old(() => {}, 1), /after the board stopped/);
  board.dispose();
});

test("E.reboot() is immediate and boots again; nothing after it runs, even in a catch", () => {
  const reasons: string[] = [];
  const { board, store, lines, run, tick } = rig("rak5010", { onReboot: (reason) => reasons.push(reason) });
  store(".bootcde", "print('booted')");
  run("E.on('kill',function(){print('kill')});try{E.reboot()}catch(e){print('caught')}");
  assert.equal(board.running, false);
  tick(20);
  assert.deepEqual(lines, ["kill", "booted"]);
  assert.deepEqual(reasons, ["E.reboot()"]);
  board.dispose();
});

test("the watchdog bites when it is not kicked, over a reset() too", () => {
  const reasons: string[] = [];
  const { board, run, tick } = rig("wio-lte", { onReboot: (reason) => reasons.push(reason) });
  assert.match(run("E.enableWatchdog(60,false)"), /Watchdog timeout/);
  run("E.enableWatchdog(10,false);setInterval(function(){E.kickWatchdog()},5000)");
  tick(60_000);
  assert.deepEqual(reasons, []);
  run("reset()");
  tick(12_000);
  assert.deepEqual(reasons, ["watchdog"]);
  assert.equal(board.running, true);
  tick(60_000);
  assert.deepEqual(reasons, ["watchdog"]);
  board.dispose();
});

test("in automatic mode the watchdog lets an idle board be, over reset() and load() too, but not one that hangs", () => {
  const reasons: string[] = [];
  const { run, tick, board } = rig("rak8212", {
    onReboot: (reason) => reasons.push(reason),
    busy_ms: ({ kind }) => (kind === "timer" ? 30_000 : 0),
  });
  run("E.enableWatchdog(25,true)");
  tick(600_000);
  run("reset()");
  tick(600_000);
  run("load()");
  tick(600_000);
  assert.deepEqual(reasons, []);
  run("setTimeout(function(){},1000)");
  tick(27_000);
  assert.deepEqual(reasons, ["watchdog"]);
  tick(600_000);
  assert.deepEqual(reasons, ["watchdog"], "a bite stops it");
  board.dispose();
});

test("an nRF's watchdog keeps its first time, and outlives E.reboot(); the mode changes", () => {
  const reasons: string[] = [];
  const { run, tick, board } = rig("rak5010", { onReboot: (reason) => reasons.push(reason) });
  run("E.enableWatchdog(10,true)");
  tick(7000);
  // Neither the time nor a kick.
  run("E.enableWatchdog(1000,false)");
  tick(11_000);
  assert.deepEqual(reasons, ["watchdog"]);
  run("E.enableWatchdog(10,false)");
  tick(7000);
  run("E.enableWatchdog(10,true)");
  tick(60_000);
  assert.deepEqual(reasons, ["watchdog"]);
  run("E.reboot()");
  tick(20_000);
  assert.deepEqual(reasons, ["watchdog", "E.reboot()", "watchdog"]);
  board.dispose();
});

test("an STM32's watchdog takes another time, which begins anew, and ends with E.reboot()", () => {
  const reasons: string[] = [];
  const { run, tick, board } = rig("wio-lte", { onReboot: (reason) => reasons.push(reason) });
  run("E.enableWatchdog(10,false)");
  tick(9000);
  run("E.enableWatchdog(20,false)");
  tick(19_000);
  assert.deepEqual(reasons, []);
  run("E.reboot()");
  tick(60_000);
  assert.deepEqual(reasons, ["E.reboot()"]);
  board.dispose();
});

test("a power cut in a flash write ends the program there; what is in flash is there at the next boot", () => {
  const { board, flash, lines, run, tick } = rig("rak8212");
  run('require("Storage").write("kept","safe")');
  run(
    "setTimeout(function(){try{require('Storage').write('f','0123456789ab')}catch(e){print('caught')}print('on')},1)",
  );
  cutPowerAfter(flash, 9);
  tick(1);
  assert.equal(board.running, false);
  assert.deepEqual(lines, []);
  flash.beforeOperation = undefined;
  board.boot();
  assert.equal(run('require("Storage").read("kept")'), '"safe"');
  assert.equal(run('require("Storage").read("f")'), '"0123\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF"');
  board.dispose();
});

test("a power cut in a compaction: the next boot erases everything, the code too", () => {
  const { board, flash, run, store, lines } = rig("rak8212", { serials: { Serial1: peer() } });
  store(".bootcde", "print('the code')");
  store("trash", "t".repeat(3000));
  store("data", "d".repeat(3500));
  run('require("Storage").erase("trash")');
  cutPowerAfter(flash, 500);
  run('require("Storage").compact()');
  assert.equal(board.running, false);
  flash.beforeOperation = undefined;
  lines.length = 0;
  board.boot();
  assert.deepEqual(lines, ["Storage is corrupt.", "Erasing Storage Area...", "Erase complete."]);
  assert.equal(run('require("Storage").list().length'), "0");
  board.dispose();
});

test("powerCut() at any moment: silent until the next boot, levels and clock start anew", () => {
  const modem = peer();
  const { board, run, tick } = rig("rak5010", { serials: { Serial1: modem } });
  run("Serial1.setup(115200,{});D2.write(1);setInterval(function(){Serial1.write('x')},1)");
  tick(3);
  assert.equal(board.pin("D2"), true);
  board.powerCut();
  modem.received = "";
  modem.send("nobody hears");
  tick(10);
  assert.equal(modem.received, "");
  board.boot();
  assert.equal(board.pin("D2"), false);
  assert.equal(run("Math.round(Date.now())"), "0");
  board.dispose();
});

test("pins: outputs are seen from outside, inputs are driven from there and watched", () => {
  const seen: string[] = [];
  const { board, run, tick, lines } = rig("rak8212", {
    onPin: (pin, level) => seen.push(`${pin}=${Number(level)}`),
  });
  run("D6.write(0);D6.set();digitalWrite(D15,1);digitalPulse(D2,1,[10,20])");
  tick(100);
  assert.deepEqual(seen, ["D6=0", "D6=1", "D15=1", "D2=1", "D2=0", "D2=1"]);
  assert.equal(
    run("JSON.stringify([D6.read(),digitalRead(D15),D6.getMode(),D6])"),
    JSON.stringify('[true,1,"output","D6"]'),
  );
  run("setWatch(function(e){print(e.state)},D18,{repeat:true,edge:'rising'})");
  board.setInput("D18", true);
  board.setInput("D18", false);
  board.setInput("D18", true);
  tick(1);
  assert.deepEqual(lines, ["true", "true"]);
  board.dispose();
});

test("process.env names the board; memory is counted", () => {
  const { board, run } = rig("rak8212");
  assert.equal(run("process.env.BOARD"), '"RAK8212"');
  assert.equal(run("process.env.STORAGE"), "40960");
  assert.equal(run("process.memory().total"), "2500");
  board.dispose();
});

test("estimated memory follows what is held, in globals, timers and closures, and comes back", () => {
  const { board, run, tick } = rig();
  const usage = () => board.memory().usage;
  const empty = usage();
  run("a=[];for(var i=0;i<100;i++)a.push(1.5)");
  const withArray = usage();
  assert.ok(withArray - empty >= 200 && withArray - empty < 215, `${withArray - empty}`);
  run("a=undefined;i=0");
  // Two functions and an array that only they can see.
  run(
    "(function(){var hidden=[];function add(n){while(n--)hidden.push('0123456789abcdef')}function drop(){hidden=[]}global.add=add;global.drop=drop})()",
  );
  const closed = usage();
  run("add(50)");
  assert.ok(usage() - closed >= 150, `${usage() - closed}`);
  run("drop()");
  assert.equal(usage(), closed);
  run("for(var i=0;i<10;i++)setTimeout(drop,50)");
  assert.ok(usage() - closed >= 50);
  tick(60);
  assert.ok(Math.abs(usage() - closed) <= 2);
  board.dispose();
});

test("estimated memory stops at the simulator's own functions, which lead to all of Node", () => {
  const { board, run, tick } = rig();
  const before = board.memory().usage;
  run("ps=[];for(i=0;i<10;i++)ps.push(new Promise(function(resolve){setTimeout(resolve,1000)}))");
  const pending = board.memory().usage - before;
  // The real interpreter uses 169.
  assert.ok(pending > 150 && pending < 190, String(pending));
  run("ps[0].then(function(){})");
  assert.ok(board.memory().usage - before - pending >= 19);
  run("ps=0");
  tick(1001);
  assert.ok(board.memory().usage - before < 5);
  board.dispose();
});

test("two boards in one process are counted each for itself", () => {
  const [one, other] = [rig(), rig()];
  const grow = "(function(){var h=[];global.grow=function(){for(var i=0;i<50;i++)h.push(0.5)}})()";
  for (const { run } of [one, other]) run(grow);
  const [before, otherBefore] = [one.board.memory().usage, other.board.memory().usage];
  one.run("grow()");
  assert.equal(one.board.memory().usage, before + 100);
  assert.equal(other.board.memory().usage, otherBefore);
  one.board.dispose();
  other.board.dispose();
});

test("process.memory(false) may be a minute old, process.memory() is not", () => {
  const { board, run, tick } = rig();
  const before = run("process.memory(false).usage");
  run("big=new Uint8Array(5000)");
  assert.equal(run("process.memory(false).usage"), before);
  assert.ok(Number(run("process.memory().usage")) > Number(before) + 380);
  tick(60_001);
  assert.ok(Number(run("process.memory(false).usage")) > Number(before) + 380);
  board.dispose();
});

test("the REPL on a cable: echo, results, lines over brackets, silent lines, errors", () => {
  const cable = peer();
  const { board, tick } = rig("linux", { serials: { USB: cable } });
  const type = (text: string) => {
    cable.received = "";
    cable.send(text);
    tick(2);
    return cable.received;
  };
  assert.equal(type("1+2\n"), "1+2\r\n=3\r\n>");
  assert.equal(type('\x10print("<"+2+">")\n'), "<2>\r\n>");
  assert.equal(type("function f(){\n"), "function f(){\r\n:");
  assert.equal(type("return {a:'x'}}\n"), "return {a:'x'}}\r\n=undefined\r\n>");
  assert.equal(type("f().a\n"), 'f().a\r\n="x"\r\n>');
  assert.match(type("nosuch\n"), /^nosuch\r\nUncaught ReferenceError: nosuch is not defined\r\n/);
  assert.equal(type("\x05"), "Espruino 2v29 LINUX\r\n");
  assert.equal(type("ab\x7fc\x03"), "ab\b \bc\r\n>");
  const chunk = '\x10require("Storage").write(".bootcde","print(\\"hi\\")\\n",0,12);\n';
  type(`\x10reset();\n${chunk}`);
  assert.equal(type("\x10load()\n").includes("hi\r\n"), true);
  board.dispose();
});

test("an exception shows where in the stored code it was thrown", () => {
  const { board, store, lines, tick } = rig();
  store(
    ".bootcde",
    "(function(){function a(){b()}\nfunction b(){throw new Error('in b')}\nsetTimeout(a,10)})()",
  );
  board.boot();
  tick(10);
  assert.deepEqual(lines, [
    "Uncaught Error: in b",
    "    at b (.bootcde:2:20)",
    "function b(){throw new Error('in b')}",
    "                   ^",
    "    at a (.bootcde:1:26)",
    "(function(){function a(){b()}",
    "                         ^",
  ]);
  board.dispose();
});

test("an error's stack: frames without the error itself, typed code as REPL, long lines cut around the place", () => {
  const { board, store, run, tick } = rig();
  store(".bootcde", `function t(){throw new Error("x")}${"/**/".repeat(20)}setTimeout(function(){t()},10)`);
  board.boot();
  run("process.on('uncaughtException',function(e){S=e.stack})");
  tick(10);
  const inT = `    at t (.bootcde:1:20)\nfunction t(){throw new Error("x")}/**//**//**//**//**//**//*...\n                   ^\n`;
  const dots = `    at .bootcde:1:137\n...//**/setTimeout(function(){t()},10)\n                              ^\n`;
  assert.equal(board.global.S, inT + dots);
  assert.equal(run("t()"), "Uncaught Error: x");
  assert.equal(
    board.global.S,
    `${inT}    at REPL (:1:1)\nt()\n^\n`,
    "what is typed is told to the listener, too",
  );
  run("throw 5");
  assert.equal(board.global.S, undefined);
  board.dispose();
});

test("an uncaught exception typed on the console goes to the listeners, and is not shown", () => {
  const cable = peer();
  const { board, run, tick, lines } = rig("linux", { serials: { USB: cable } });
  run("process.on('uncaughtException',function(e){print('caught',e.message)})");
  cable.send("throw new Error('typed')\n");
  tick(2);
  assert.deepEqual(lines, ["caught typed"]);
  board.dispose();
});

test("a board in a boot loop of reset() lets time go on", () => {
  const { board, store, lines, tick } = rig();
  store(".bootcde", "print('boot');setTimeout(load,100)");
  board.boot();
  tick(1000);
  assert.equal(lines.length, 11);
  board.dispose();
});

test("what is written through the board is an image the storage functions read", () => {
  const { board, run } = rig("rak8212");
  run('require("Storage").write("from board","abc")');
  assert.equal(readFile(board.storage, "from board")?.toString(), "abc");
  writeFile(board.storage, "from host", Buffer.from("def"));
  assert.equal(run('require("Storage").read("from host")'), '"def"');
  board.dispose();
});

test("random numbers on Linux are the same at each start, as nothing seeds them; boards seed them with noise", () => {
  const drawn = "[Math.random(),Math.random(),E.hwRand()]";
  const linux = rig("linux");
  const given = linux.run(drawn);
  linux.board.boot();
  assert.equal(linux.run(drawn), given);
  // What the real interpreter gave.
  assert.match(given, /^\[ 0.93255273858, 0.70772355841, /);
  linux.board.reset();
  assert.notEqual(linux.run(drawn), given);
  linux.run("E.srand(5)");
  assert.equal(linux.run("Math.random()"), "0.00004191184");
  linux.board.dispose();
  const board = rig("rak8212");
  const one = board.run("Math.random()");
  board.board.boot();
  assert.notEqual(board.run("Math.random()"), one);
  board.board.dispose();
});

test("what is evaluated from a file has that file's name in stack traces, and its columns", () => {
  const { board, store, lines } = rig();
  const code = `function f(a){return a.b.c}/*${"x".repeat(100)}*/`;
  store("code", `....${code}`);
  store(
    ".bootcde",
    `eval(require("Storage").read("code",4,${code.length}));try{f({})}catch(e){print(e.stack)}`,
  );
  board.boot();
  assert.match(lines.join("\n"), /at f \(code:1:30\)/);
  board.dispose();
});
