import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { openHolding } from "../../scripts/flash/hold.ts";
import { stopApp } from "../../scripts/flash/restart.ts";
import { board, run, smallBlob } from "./rig.ts";

/** A board that answers does so in `answer_ms` on a machine that has much to do, too. */
const TIMES = { answer_ms: 500, patience_ms: 5000, every_ms: 20, version_ms: 2000 };
/** As board/rak8212.ts does. */
const AWAY = "Bluetooth.setConsole(1)";
/** Gives the UART away, as the tracker does, a while after the start. */
const TRACKER = `(function(){setTimeout(function(){started=1;${AWAY}},400)})()`;

describe("a RAK8212, whose UART is the modem's", () => {
  test("is held when it is switched off and on, and flashed", async (t) => {
    const rig = await board(t, { spec: "rak8212", blob: TRACKER });
    rig.board.evaluate(AWAY);
    const blob = smallBlob("RAK8212", AWAY);
    const { code, said, complained } = await run(["--tcp", rig.tcp], {
      blob,
      times: TIMES,
      say(line) {
        if (/switch the board off and on now$/.test(line)) rig.boot();
      },
    });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
    assert.match(
      said.join("\n"),
      /^\S+: nothing answers.*\nIf the tracker .*\nIt answers: the tracker is held$/m,
    );
    assert.equal(rig.file(".bootcde"), pretokenise(blob, "2v29"));
    assert.match(said.at(-1) ?? "", /^Its UART is the modem's from three seconds after each start on/);
  });

  test("is held by the way itself: what it would start does not start", async (t) => {
    const rig = await board(t, { spec: "rak8212", blob: TRACKER });
    rig.board.evaluate(AWAY);
    const device = await openHolding(
      { tcp: rig.tcp },
      { output: process.stderr, say: (line) => line.includes("off and on") && rig.boot() },
      TIMES,
    );
    t.after(() => device.close());
    await device.evaluate('setTimeout(function(){print("later")},450)');
    await rig.line(/^later$/);
    assert.equal(await device.evaluate("typeof started"), "undefined");
    assert.equal(device.env.BOARD, "RAK8212");
  });

  test("is not bitten by its watchdog while it is held, nor when it was stopped then", async (t) => {
    // As the firmware: the interpreter kicks until the tracker starts. Long enough for a board that is not held yet.
    const blob = `E.enableWatchdog(2,true);print("boot");setTimeout(function(){E.enableWatchdog(2,false);${AWAY}},400)`;
    const rig = await board(t, { spec: "rak8212", blob });
    rig.board.evaluate(AWAY);
    const device = await openHolding(
      { tcp: rig.tcp },
      { output: process.stderr, say: (line) => line.includes("off and on") && rig.boot() },
      TIMES,
    );
    t.after(() => device.close());
    rig.lines.length = 0;
    const later = () => new Promise((resolve) => setTimeout(resolve, 2500));
    await later();
    await stopApp(device);
    await later();
    assert.equal(await device.evaluate("1+1"), 2);
    assert.ok(!rig.lines.includes("boot"));
  });

  test("that nobody switches off and on is told in a line when time is up", async (t) => {
    const rig = await board(t, { spec: "rak8212", blob: TRACKER });
    rig.board.evaluate(AWAY);
    const { code, complained } = await run(["--tcp", rig.tcp], { times: { ...TIMES, patience_ms: 100 } });
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /^\S+: nothing answers; is the board on.*$/);
  });
});

test("a board that answers is not held: its timers stay", async (t) => {
  const rig = await board(t, { blob: 'setInterval(function(){print("tick")},5)' });
  const said: string[] = [];
  const device = await openHolding(
    { tcp: rig.tcp },
    { output: process.stderr, say: (line) => said.push(line) },
    TIMES,
  );
  t.after(() => device.close());
  await rig.line(/^tick$/);
  assert.deepEqual(said, []);
});

test("what answers but is not Espruino is not waited for", async (t) => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write("login: \r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const said: string[] = [];
  await assert.rejects(
    openHolding(
      { tcp: `127.0.0.1:${(server.address() as { port: number }).port}` },
      { output: process.stderr, say: (line) => said.push(line) },
      TIMES,
    ),
    /is not Espruino/,
  );
  assert.deepEqual(said, []);
});
