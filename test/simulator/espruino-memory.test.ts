/** What happens on OUT OF MEMORY; the order of lines is the real interpreter's, 2v29 with 2,500 variables. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Rig, rig } from "./espruino-rig.ts";

function listening(): Rig {
  const made = rig();
  made.run(
    "E.on('errorFlag',function(f){print('flags',f.join(),E.getErrorFlags().join())});process.on('uncaughtException',print)",
  );
  return made;
}

test("the next callback does not run; the flags are told right after, once an error", () => {
  const { board, run, tick, lines } = listening();
  run("setTimeout(function(){print('lost')},10);setTimeout(function(){print('next')},20)");
  board.outOfMemory();
  tick(10);
  assert.deepEqual(lines, [
    "OUT OF MEMORY",
    "Execution Interrupted during event processing.",
    "flags LOW_MEMORY,MEMORY LOW_MEMORY,MEMORY",
    "New interpreter error: LOW_MEMORY,MEMORY",
  ]);
  assert.deepEqual(board.errorFlags, [], "the listener took them");
  lines.length = 0;
  tick(10);
  assert.deepEqual(lines, ["next"]);
  run("setTimeout(function(){},10)");
  board.outOfMemory();
  tick(10);
  assert.equal(lines.includes("flags LOW_MEMORY,MEMORY LOW_MEMORY,MEMORY"), true, "told again");
  board.dispose();
});

test("flags that nobody took are told once", () => {
  const { board, run, tick, lines } = rig();
  run(
    "E.on('errorFlag',function(f){print('flags',f.join())});setTimeout(function(){},10);setTimeout(function(){},20)",
  );
  for (let i = 0; i < 2; i++) {
    board.outOfMemory();
    tick(10);
  }
  assert.equal(lines.filter((line) => line.startsWith("flags")).length, 1);
  assert.equal(lines.filter((line) => line === "OUT OF MEMORY").length, 1);
  assert.deepEqual(board.errorFlags, ["LOW_MEMORY", "MEMORY"]);
  assert.equal(run("E.getErrorFlags().join()"), '"LOW_MEMORY,MEMORY"');
  board.dispose();
});

test("what else is due in the pass runs, but its intervals are removed; events wait for the next pass", () => {
  const { board, run, tick, lines } = listening();
  run(`setTimeout(function(){print('lost')},10);setTimeout(function(){print('same time');E.emit('x')},10);
    E.on('x',function(){print('event')});setInterval(function(){print('interval')},10)`);
  board.outOfMemory({ kind: "timer" });
  tick(100);
  assert.deepEqual(lines, [
    "OUT OF MEMORY",
    "same time",
    "interval",
    "ERROR: Ctrl-C while processing interval - removing it.",
    "Execution Interrupted during event processing.",
    "flags CALLBACK,LOW_MEMORY,MEMORY CALLBACK,LOW_MEMORY,MEMORY",
    "New interpreter error: CALLBACK,LOW_MEMORY,MEMORY",
    "event",
  ]);
  board.dispose();
});

test("an event's other listeners and the other events still run", () => {
  const { board, run, tick, lines } = listening();
  run("E.on('x',function(n){print('first',n)});E.on('x',function(n){print('second',n)})");
  run("E.emit('x',1);E.emit('x',2)");
  board.outOfMemory({ kind: "event" });
  tick(1);
  assert.deepEqual(lines.slice(0, 4), ["OUT OF MEMORY", "second 1", "first 2", "second 2"]);
  board.dispose();
});

test("a listener for serial data is removed; what comes then is buffered", () => {
  const { board, run, tick, lines } = listening();
  run("Serial1.on('data',function(d){print('data',d)});Serial1.inject('a')");
  board.outOfMemory({ kind: "data" });
  tick(1);
  assert.equal(lines[1], "ERROR: Error processing Serial data handler - removing it.");
  assert.equal(lines.includes("New interpreter error: CALLBACK,LOW_MEMORY,MEMORY"), true);
  run("Serial1.inject('b')");
  tick(1);
  assert.equal(run("Serial1.available()"), "1");
  board.dispose();
});

test("in the middle of a callback: no function of the interpreter works any more, in catch and finally neither", () => {
  const { board, run, tick, lines } = listening();
  run(`setTimeout(function(){print('one');
    try{print('two')}catch(e){print('caught');after=1}finally{print('finally')}},10)`);
  board.outOfMemory({ calls: 1 });
  tick(10);
  assert.deepEqual(lines.slice(0, 2), ["one", "OUT OF MEMORY"]);
  run("setTimeout(function(){print('short')},10);setTimeout(function(){print('a');print('b')},20)");
  lines.length = 0;
  board.outOfMemory({ calls: 1 });
  tick(10);
  assert.deepEqual(lines, ["short"], "it did not get that far");
  tick(10);
  assert.deepEqual(lines.slice(1, 3), ["a", "OUT OF MEMORY"]);
  board.dispose();
});

test("E.reboot() from the listener boots anew", () => {
  const reboots: string[] = [];
  const { board, run, tick } = rig("linux", { onReboot: (reason) => reboots.push(reason) });
  run("E.on('errorFlag',function(){E.reboot()});setTimeout(function(){},10)");
  board.outOfMemory();
  tick(30);
  assert.deepEqual(reboots, ["E.reboot()"]);
  assert.deepEqual(board.errorFlags, []);
  board.dispose();
});
