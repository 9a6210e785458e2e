/** Programs that do not return, on a clock that goes on while they run: Ctrl-C ends them, or the watchdog bites. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createBoard } from "../../scripts/simulator/espruino/board.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { withGuards, withoutGuards } from "../../scripts/simulator/espruino/guards.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { peer } from "./espruino-rig.ts";

/** Each look at the clock finds it later by this: a program that runs for ever gets somewhere. */
const LOOK_MS = 10;

/** A board whose user presses Ctrl-C `ctrlC_after_ms` after the program began, again and again. */
function board(t: TestContext, ctrlC_after_ms = Number.POSITIVE_INFINITY, guarded = true) {
  const timers = createClock(Date.UTC(2026, 0, 1));
  const real = fromFakeTimers(timers);
  let passed_ms = 0;
  const now = () => {
    passed_ms += LOOK_MS;
    return timers.now + passed_ms;
  };
  let from_ms = now();
  const console = { ...peer(), watched: true };
  const lines: string[] = [];
  const reboots: string[] = [];
  const made = createBoard({
    board: { ...boardSpecs.linux },
    flash: createFlash(flashOf(boardSpecs.linux)),
    clock: { ...real, now },
    serials: { USB: console },
    print: (line) => lines.push(line),
    onReboot: (reason) => reboots.push(reason),
    ...(guarded && { ctrlC: { pending: () => now() - from_ms > ctrlC_after_ms, taken: () => {} } }),
  });
  t.after(() => made.dispose());
  made.boot();
  timers.tick(1);
  return {
    board: made,
    lines,
    reboots,
    tick: (ms: number) => timers.tick(ms),
    /** Gives what the console shows from there on. */
    type(bytes: string): string {
      console.received = "";
      from_ms = now();
      console.send(bytes);
      timers.tick(1000);
      return console.received;
    },
  };
}

const ENDLESS = [
  "while(true){}",
  "while(1);",
  "do;while(1)",
  "for(;;);",
  "for(var i=0;;i++){}",
  "for(var i=0; /*;*/ ;){}",
  "for(var i=0;i>=0;)i=1",
  "var a=[1];for(var x of a){a.push(x)}",
  "while(true)try{while(true);}catch(e){}finally{}",
  "try{while(1);}catch(e){while(1);}",
  "(function f(n){if(n)f(n-1),f(n-1)})(99)",
  "var f=n=>n?f(n-1)+f(n-1):1;f(99)",
  "var f=n=>{if(n)f(n-1),f(n-1)};f(99)",
  "eval('while(1);')",
  "while(1)eval('1')",
  "while(1)Math.sin(1)",
  "new Promise(function(){while(1);})",
];

for (const source of ENDLESS) {
  test(`${source} is ended by Ctrl-C`, (t) => {
    const { type, lines, reboots } = board(t, 500);
    assert.equal(type(`${source}\n`), `${source}\r\nExecution Interrupted\r\n>`);
    assert.equal(type("1+1\n"), "1+1\r\n=2\r\n>");
    assert.deepEqual(lines, ["Execution Interrupted"]);
    assert.deepEqual(reboots, []);
  });

  test(`${source} is ended by the watchdog`, (t) => {
    const { type, board: made, reboots } = board(t);
    type("E.enableWatchdog(25,true)\n");
    type(`${source}\n`);
    assert.deepEqual(reboots, ["watchdog"]);
    assert.equal(made.running, true);
    assert.equal(type("1+1\n"), "1+1\r\n=2\r\n>");
  });
}

test("nothing of a program that was ended goes on", (t) => {
  const { type, lines } = board(t, 500);
  type("try{while(1);}catch(e){print('caught')}finally{print('at last')};print('after')\n");
  type("new Promise(function(){while(1);}).catch(function(){print('rejected')})\n");
  assert.deepEqual(lines, ["Execution Interrupted", "Execution Interrupted"]);
});

test("Ctrl-C ends a timer's callback; an interval is removed, as the interpreter does", (t) => {
  const { type } = board(t, 500);
  assert.match(
    type("setTimeout(function(){while(1);},100);1\n"),
    /=1\r\n>\r.\[JExecution Interrupted during event processing\.\r\n>$/,
  );
  assert.match(
    type("setInterval(function(){while(1);},100);1\n"),
    /ERROR: Ctrl-C while processing interval - removing it\.\r\nExecution Interrupted during event processing\.\r\nNew interpreter error: CALLBACK\r\n>$/,
  );
  assert.equal(type("1+1\n"), "1+1\r\n=2\r\n>");
});

test("the watchdog bites in a timer's callback", (t) => {
  const { type, tick, reboots } = board(t);
  type("E.enableWatchdog(25,true);setTimeout(function(){while(1);},100)\n");
  tick(1000);
  assert.deepEqual(reboots, ["watchdog"]);
});

test("a program that kicks the watchdog in its loop, or has none, goes on until Ctrl-C", (t) => {
  const { type, reboots } = board(t, 100_000);
  type("E.enableWatchdog(25,false);while(1)E.kickWatchdog()\n");
  assert.deepEqual(reboots, []);
});

test("a Ctrl-C that comes while a short callback runs does not end it", (t) => {
  const { type, lines } = board(t, 0);
  type("for(var i=0;i<64*5;i++);print(i)\n");
  assert.deepEqual(lines, [String(64 * 5)]);
});

test("a program is not seen to be looked into: not in its text, its stack traces, its values", (t) => {
  const guarded = board(t);
  const plain = board(t, undefined, false);
  const source =
    "function f(a){for(;;){while(a)a--;try{return(x=>nope(x))(a)}catch(e){throw e}finally{a=1}}}";
  assert.notEqual(withGuards(source), source);
  for (const line of [source, "print(f)", "f(3)", "for(var i=0;i<3;i++)i", "Object.keys(global)"])
    assert.equal(guarded.type(`${line}\n`), plain.type(`${line}\n`));
  assert.match(guarded.type("f(3)\n"), /nope is not defined/);
});

test("source with guards is the source again without them", () => {
  for (const source of [...ENDLESS, "for (;;) {}", "no javascript {", "x = a => b => a(b)", "while(!x){}"])
    assert.equal(withoutGuards(withGuards(source)), source);
});
