import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createWorld, TOKEN, type WorldChanges } from "./world.ts";

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function start(changes?: WorldChanges) {
  world = createWorld(changes);
  return world;
}

describe("the tracker", () => {
  test("reports each fix with its time and is acknowledged", async () => {
    const { run, thingsboard, board, status } = start();
    await run(120);
    const latitudes = thingsboard.telemetry("tracker", "Latitude");
    assert.ok(latitudes.length >= 10, `${latitudes.length} fixes`);
    assert.ok(latitudes.every(({ received }) => received === 1));
    assert.ok(latitudes.every(({ value }) => Math.abs(Number(value) - 52.52) < 0.05));
    // The first one waited for the receiver's start.
    const steps = latitudes.slice(2).map(({ ts }, i) => ts - (latitudes[i + 1]?.ts ?? 0));
    assert.ok(
      steps.every((ms) => Math.abs(ms - 10000) <= 1000),
      `steps of ${steps}`,
    );
    const { state, sent, waiting, dropped } = status();
    assert.deepEqual({ state, waiting, dropped }, { state: "online", waiting: 0, dropped: 0 });
    // And one report of how it came online.
    assert.equal(sent, latitudes.length + 1);
    assert.equal(thingsboard.telemetry("tracker", "reboots").length, 1);
    assert.deepEqual(board.errorFlags, []);
  });

  test("uses no more memory after an hour than after a minute", async () => {
    const { run, board } = start();
    await run(65);
    const before = board.memory().usage;
    await run(3600);
    assert.ok(board.memory().usage <= before + 5, `${before} to ${board.memory().usage}`);
  });

  test("answers its RPC methods", async () => {
    const { run, thingsboard } = start();
    await run(60);
    const call = async (method: string, params?: unknown) => {
      const reply = thingsboard.rpc("tracker", method, params);
      await run(2);
      return (await reply) as Record<string, unknown>;
    };
    assert.ok(Math.abs(Number((await call("getPosition")).latitude) - 52.52) < 0.05);
    assert.equal((await call("getStatus")).state, "online");
    assert.deepEqual(await call("setInterval", { interval_s: 3 }), { interval_s: 3 });
    assert.deepEqual(await call("setInterval", 4), { interval_s: 4 });
    assert.deepEqual(await call("setInterval", 0), { error: "interval_s: must be whole, 1 to 86400" });
    assert.deepEqual(await call("setInterval", "soon"), { error: "interval_s: must be whole, 1 to 86400" });
    assert.deepEqual(await call("selfDestruct"), { error: "unknown method selfDestruct" });
    const before = thingsboard.telemetry("tracker", "Latitude").length;
    await run(40);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= before + 9, "every 4 s");
  });

  test("a burst of calls is answered, every one", async () => {
    const { run, thingsboard } = start();
    await run(60);
    const replies = Promise.all(Array.from({ length: 8 }, () => thingsboard.rpc("tracker", "getPosition")));
    await run(10);
    assert.equal((await replies).length, 8);
  });

  test("reboots when told to, after the answer left", async () => {
    const { run, thingsboard, lines } = start();
    await run(60);
    const reply = thingsboard.rpc("tracker", "reboot");
    await run(2);
    assert.deepEqual(await reply, { reboot: 1 });
    lines.length = 0;
    await run(60);
    assert.ok(lines.some((line) => line.startsWith("espruino-thingsboard ")));
    assert.ok(lines.includes("tracker: connected"));
  });

  test("five starts that do not last: safe mode, which connects and answers RPC; once it has lasted, a normal start", async () => {
    const { run, board, thingsboard, status } = start();
    for (let starts = 1; starts < 5; starts++) {
      await run(40);
      board.powerCut();
      board.boot();
    }
    await run(60);
    assert.equal(status().safe_mode, undefined, "the fifth is a normal one");
    board.powerCut();
    board.boot();
    await run(60);
    const before = thingsboard.telemetry("tracker", "Latitude").length;
    await run(90);
    const { safe_mode, state } = status();
    assert.deepEqual({ safe_mode, state }, { safe_mode: 1, state: "online" });
    assert.equal(thingsboard.telemetry("tracker", "Latitude").length, before, "no fixes are taken");
    const answer = thingsboard.rpc("tracker", "getStatus") as Promise<{ safe_mode: number }>;
    await run(5);
    assert.equal((await answer).safe_mode, 1);
    board.powerCut();
    board.boot();
    await run(60);
    assert.equal(status().safe_mode, undefined);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length > before);
  });

  test("an error nobody caught restarts the board, and is reported after it", async () => {
    const { run, board, thingsboard, lines, status } = start();
    await run(60);
    board.evaluate('server.send_telemetry=function(){throw Error("boom")}');
    await run(60);
    const [crash] = thingsboard.telemetry("tracker", "crash");
    assert.match(String(crash?.value), /^Error: boom\n/);
    assert.equal(status().reboots, 1);
    assert.ok(lines.some((line) => /^Uncaught Error: boom/.test(line)));
    assert.equal(status().state, "online");
  });

  test("out of memory restarts the board, and is reported after it", async () => {
    const { run, board, thingsboard, status } = start();
    await run(60);
    board.outOfMemory();
    await run(60);
    assert.deepEqual(
      thingsboard.telemetry("tracker", "crash").map(({ value, received }) => [value, received]),
      [["out of memory", 1]],
    );
    assert.equal(status().reboots, 1);
    assert.equal(status().state, "online");
  });

  test("short topics and QoS 0", async () => {
    const { run, thingsboard } = start({
      config: { server: { host: "h", username: TOKEN, qos: 0, topics: 2 } },
    });
    const topics = new Set<string>();
    thingsboard.on("telemetry", ({ topic, qos }) => topics.add(`${topic} ${qos}`));
    await run(60);
    assert.deepEqual([...topics], ["v2/t 0"]);
    const reply = thingsboard.rpc("tracker", "getStatus");
    await run(2);
    assert.equal(((await reply) as { state: string }).state, "online");
  });
});

describe("what goes wrong ends in one line, and the tracker goes on", () => {
  /** A reason, then how long until the next try. */
  const again = (reason: string) => new RegExp(`^tracker: ${reason}; again in \\d+ s$`);

  test("wrong token", async () => {
    const { runUntil } = start({ config: { server: { host: "h", username: "WRONG" } } });
    await runUntil(again(".*check login.*"), 120);
    await runUntil(again(".*check login.*"), 600);
  });

  const refusing: WorldChanges = {
    connect: () => {
      const [near] = duplexPair();
      queueMicrotask(() => near.destroy(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })));
      return Object.assign(near, { connecting: true });
    },
  };

  test("the server refuses the connection", async () => {
    const { runUntil } = start(refusing);
    await runUntil(again(".*refused.*"), 120);
    await runUntil(again(".*refused.*"), 600);
  });

  /** What each try sent the modem to set it right, and how often the board started. */
  async function tries(changes: WorldChanges, reason: string, count: number) {
    const { runUntil, modem, lines } = start(changes);
    const tried: string[] = [];
    for (let i = 0; i < count; i++) {
      const from = modem.transcript.entries.length;
      await runUntil(again(reason), 7200);
      const sent = JSON.stringify(modem.transcript.entries.slice(from));
      tried.push(
        [
          [/AT\+CFUN=1,1/, "restart"],
          [/AT\+CFUN=4;\+CFUN=1/, "radio"],
          [/AT\+CFUN=1\\/, "on"],
        ]
          .flatMap(([pattern, name]) => ((pattern as RegExp).test(sent) ? [name] : []))
          .join() || "nothing",
      );
    }
    const starts = lines.filter((line) => line.startsWith("espruino-thingsboard")).length;
    return { tried, starts };
  }

  test("a modem that does not come up: its radio off and on, then a restart, its power, and at last the board's", async () => {
    const { tried, starts } = await tries({ modem: { faults: { coverageHole: true } } }, "no network.*", 12);
    assert.deepEqual(tried, [
      // The first; after it the same again, for the modem is not up.
      ...["on", "on", "on"],
      // A new context needs the same.
      ...["on", "on"],
      ...["radio", "radio"],
      ...["restart,on", "restart,on"],
      // The power, which this board cannot cut.
      ...["on", "on", "on"],
    ]);
    assert.equal(starts, 1);
    const { status, run, lines } = world as NonNullable<typeof world>;
    const { contexts, radio_resets, modem_resets, power_cycles, reboots } = status();
    assert.deepEqual(
      { contexts, radio_resets, modem_resets, power_cycles, reboots },
      { contexts: 3, radio_resets: 2, modem_resets: 2, power_cycles: 3, reboots: 0 },
    );
    await run(700);
    assert.equal(lines.filter((line) => line.startsWith("espruino-thingsboard")).length, 2);
    assert.equal(status().reboots, 1);
  });

  test("after the reboot the tries are ever further apart; once online, how it got there is reported", async () => {
    const { run, runUntil, modem, thingsboard, lines } = start({ modem: { faults: { coverageHole: true } } });
    const starts = () => lines.filter((line) => line.startsWith("espruino-thingsboard")).length;
    for (let s = 0; s < 8 * 3600 && starts() < 2; s += 10) await run(10);
    const waits: number[] = [];
    for (let i = 0; i < 3; i++)
      waits.push(Number(/again in (\d+) s/.exec(await runUntil(again("no network.*"), 7200))?.[1]));
    // Half of 30 and of 60 minutes, as Math.random() is here.
    assert.deepEqual(waits, [901, 1801, 1801]);
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 7200);
    await run(10);
    const values = (key: string) => thingsboard.telemetry("tracker", key).map(({ value }) => String(value));
    assert.deepEqual(values("reboots"), ["1"]);
    assert.deepEqual(values("reboot"), ["no network: check antenna"]);
    assert.deepEqual(values("lost"), ["no network: check antenna"]);
  });

  test("the board is restarted at each twelfth failure in a row, not more often", async () => {
    const { run, lines } = start({ modem: { faults: { coverageHole: true } } });
    const failures: number[] = [];
    let count = 0;
    for (let s = 0; s < 40 * 3600 && failures.length < 4; s += 60) {
      await run(60);
      for (const line of lines.splice(0)) {
        if (again("no network.*").test(line)) count++;
        else if (line.startsWith("espruino-thingsboard")) failures.push(count);
      }
    }
    assert.deepEqual(failures, [0, 12, 24, 36]);
  });

  for (const [name, changes, reason] of [
    ["a login", { config: { server: { host: "h", username: "WRONG" } } }, ".*check login.*"],
    ["a connection", refusing, ".*refused.*"],
  ] as const)
    test(`a server that refuses ${name} costs the modem nothing, however often`, async () => {
      const { tried, starts } = await tries(changes, reason, 14);
      assert.deepEqual(tried, ["on", ...Array(13).fill("nothing")]);
      assert.equal(starts, 1);
      const { contexts, radio_resets, modem_resets, power_cycles } = world?.status() ?? {};
      assert.deepEqual(
        { contexts, radio_resets, modem_resets, power_cycles },
        { contexts: 1, radio_resets: undefined, modem_resets: undefined, power_cycles: undefined },
      );
    });

  test("the server answers with something else than MQTT", async () => {
    const { runUntil } = start({
      connect: () => {
        const [near, far] = duplexPair();
        far.on("data", () => far.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
        return near;
      },
    });
    await runUntil(again("MQTT: .*"), 120);
  });

  test("the server never answers", async () => {
    const { runUntil } = start({ connect: () => duplexPair()[0] });
    await runUntil(again("no answer: check host, port.*"), 300);
  });

  test("no SIM", async () => {
    const { runUntil } = start({ modem: { sim: "absent" } });
    await runUntil(again(".*SIM.*"), 300);
    await runUntil(again(".*SIM.*"), 900);
  });

  test("the SIM wants a PIN, and gets the right one", async () => {
    const { runUntil, modem } = start({ modem: { sim: { pin: "1234" } }, config: { pin: "1234" } });
    modem.inject.reset();
    await runUntil(/^tracker: connected$/, 300);
    assert.match(modem.transcript.toString(), /AT\+CPIN=\\?"1234/);
  });

  test("a wrong PIN is tried once", async () => {
    const { runUntil, run, modem } = start({ modem: { sim: { pin: "1234" } }, config: { pin: "9999" } });
    modem.inject.reset();
    await runUntil(again(".*PIN.*"), 300);
    await run(7200);
    const tries = modem.transcript.toString().match(/AT\+CPIN=\\?"/g);
    assert.equal(tries?.length, 1);
  });

  test("no coverage, then coverage", async () => {
    const { runUntil, modem } = start({ modem: { faults: { coverageHole: true } } });
    await runUntil(again("no network.*"), 600);
    await runUntil(again("no network.*"), 600);
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 3600);
  });

  test("no fix", async () => {
    const { runUntil, status } = start({ modem: { gnss: {} }, config: { fix_timeout_s: 30 } });
    await runUntil(/^gnss: .*open sky/, 120);
    assert.equal(status().state, "online");
  });

  for (const mistake of ["nope()", "server.send_telemetry([])", "server.send_rpc_reply({})"])
    test(`a mistake at the console restarts nothing: ${mistake}`, async () => {
      const { board, run, lines, status } = start();
      await run(60);
      board.evaluate(mistake);
      await run(20);
      assert.deepEqual(
        lines.filter((line) => line.startsWith("espruino-thingsboard")),
        lines.slice(0, 1),
      );
      assert.equal(status().state, "online");
    });

  test("garbage on the serial line", async () => {
    const { run, modem, thingsboard, status } = start();
    await run(60);
    for (let i = 0; i < 20; i++) {
      modem.inject.garbage(50);
      await run(3);
    }
    await run(60);
    assert.equal(status().state, "online");
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 14);
  });

  for (const [settings, line] of [
    ["", /^tb.json: missing or not JSON$/],
    ["{", /^tb.json: missing or not JSON$/],
    ["null", /^tb.json: missing or not JSON$/],
    ['{"server":{"host":"h"}}', /^tb.json: server: username: .*1 to 255$/],
    ['{"server":{"username":"t"}}', /^tb.json: .*host: .*1 to/],
    ['{"interval_s":5}', /^tb.json: server: host: /],
    ['{"server":"mqtt.thingsboard.cloud"}', /^tb.json: server: host: /],
    ['{"server":{"host":"h","username":"t","hots":1}}', /^tb.json: .*hots/],
    ['{"server":{"host":"h","username":"t","port":70000}}', /^tb.json: .*port: .* 65535/],
    ['{"server":{"host":"h","username":"t"},"interval_s":0}', /^tb.json: interval_s: .*1 to 86400$/],
    [
      '{"server":{"host":"h","username":"t"},"intervall_s":5}',
      /^tb.json: intervall_s: unknown, use .*interval_s/,
    ],
  ] as const)
    test(`settings ${settings || "missing"}`, async () => {
      const { runUntil, run, lines } = start({ settings: settings || " " });
      await runUntil(line, 10);
      await run(60);
      assert.equal(
        lines.filter((text) => !text.startsWith("espruino-thingsboard")).length,
        1,
        lines.join("\n"),
      );
    });
});

describe("the tracker comes back", () => {
  const LATER_S = 1200;

  async function reports(change: (w: ReturnType<typeof createWorld>) => void | Promise<void>) {
    const w = start();
    await w.run(60);
    await change(w);
    await w.run(LATER_S);
    const { state, dropped } = w.status();
    assert.deepEqual({ state, dropped }, { state: "online", dropped: 0 });
    const times = w.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
    const gaps = times.slice(1).map((ts, i) => ts - (times[i] ?? 0));
    return { w, longest_s: Math.max(...gaps) / 1000 };
  }

  test("after the server restarted", async () => {
    const { longest_s } = await reports((w) => w.thingsboard.faults.restart());
    assert.ok(longest_s <= 20, `${longest_s} s without a fix on the server`);
  });

  test("a server that restarted costs no new PDP context, a lost context does", async () => {
    const { run, thingsboard, modem } = start();
    const commands = async (change: () => void) => {
      const from = modem.transcript.entries.length;
      change();
      await run(60);
      return JSON.stringify(modem.transcript.entries.slice(from));
    };
    await run(60);
    const restarted = await commands(() => thingsboard.faults.restart());
    assert.match(restarted, /AT\+QIOPEN/);
    assert.doesNotMatch(restarted, /AT\+QIACT/);
    const lost = await commands(() => modem.inject.pdpdeact());
    assert.match(lost, /AT\+QIDEACT.*;\+QIACT.*AT\+QIOPEN/);
  });

  test("after server.disconnect() by hand", async () => {
    await reports((w) => void w.board.evaluate("server.disconnect()"));
  });

  test("after a session that was connected by hand while the tracker waited", async () => {
    const { board, run, runUntil, status, thingsboard, lines } = start();
    await runUntil(/^tracker: connected$/, 60);
    thingsboard.faults.restart();
    await runUntil(/again in/, 60);
    board.evaluate("server.connect()");
    await runUntil(/^tracker: connected$/, 60);
    const from = lines.length;
    await run(600);
    assert.equal(status().state, "online");
    assert.deepEqual(
      lines.slice(from).filter((line) => /again in/.test(line)),
      [],
    );
  });

  test("after a modem that restarts right after the PIN was entered", async () => {
    const { runUntil, run, modem } = start({ modem: { sim: { pin: "1234" } }, config: { pin: "1234" } });
    modem.inject.reset();
    for (let i = 0; i < 600 && !/CPIN=\\?"/.test(modem.transcript.toString()); i++) await run(0.05);
    modem.inject.reset();
    await runUntil(/^tracker: connected$/, 1200);
  });

  test("after PUBACKs got lost: sent again, stored once per ts", async () => {
    const { longest_s } = await reports((w) => {
      w.thingsboard.faults.drop_pubacks = 2;
    });
    assert.ok(longest_s <= 20, `${longest_s} s`);
  });

  test("after samples under way were given up while the modem looked for a network", async () => {
    const { run, runUntil, thingsboard, modem, lines, status } = start();
    await run(60);
    thingsboard.faults.drop_pubacks = 1;
    modem.faults.coverageHole = true;
    await run(15);
    modem.inject.pdpdeact();
    thingsboard.faults.drop_pubacks = 0;
    for (let s = 0; s < 300 && status().server !== "no answer: check host, port"; s++) await run(1);
    assert.equal(status().state, "modem");
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 1200);
    lines.length = 0;
    await run(1200);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("tracker")),
      [],
    );
    assert.equal(status().state, "online");
  });

  test("after the PDP context was lost", async () => {
    await reports((w) => w.modem.inject.pdpdeact());
  });

  test("after the modem restarted by itself", async () => {
    await reports((w) => w.modem.inject.reset());
  });

  test("after the modem's radio was left off by whoever had it before: it was never registered", async () => {
    const { modem, runUntil } = start();
    modem.receive("AT+CFUN=4\r");
    await runUntil(/^tracker: connected$/, 60);
    assert.equal(modem.state.functionality, 1);
  });

  test("after a power cut without coverage: the fixes of before it arrive, too, in order", async () => {
    const { board, modem, run, runUntil, status, thingsboard } = start();
    await runUntil(/^tracker: connected$/, 60);
    modem.faults.coverageHole = true;
    modem.inject.pdpdeact();
    await run(600);
    const waiting = Number(status().waiting);
    // More than the 24 that RAM had room for.
    assert.ok(waiting > 50, `${waiting} wait`);
    board.powerCut();
    await run(5);
    board.boot();
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 1200);
    await run(60);
    const { dropped, waiting: left } = status();
    assert.deepEqual({ dropped, left }, { dropped: 0, left: 0 });
    const latitudes = thingsboard.telemetry("tracker", "Latitude");
    const gaps = latitudes.slice(1).map(({ ts }, i) => Math.abs(ts - (latitudes[i]?.ts ?? 0)));
    assert.ok(latitudes.length > waiting, `${latitudes.length} of ${waiting}`);
    // The receiver starts anew with the board.
    assert.ok(Math.max(...gaps) <= 30_000, `${gaps}`);
    assert.ok(latitudes.every(({ received }) => received === 1));
  });

  test("after a modem that came up, but whose sockets failed for ever: it was never restarted", async () => {
    const { run, modem, thingsboard, status } = start();
    await run(60);
    modem.faults.deadSockets = true;
    thingsboard.faults.drop();
    await run(3600);
    const { state, waiting, modem_resets } = status() as Record<string, unknown>;
    assert.deepEqual({ state, waiting, modem_resets }, { state: "online", waiting: 0, modem_resets: 1 });
  });

  test("after a PDP context on which nothing passed", async () => {
    const { run, modem, thingsboard, status } = start();
    await run(60);
    modem.faults.deadData = true;
    thingsboard.faults.drop();
    await run(1200);
    const { state, waiting, contexts, modem_resets } = status() as Record<string, unknown>;
    assert.deepEqual(
      { state, waiting, modem_resets },
      { state: "online", waiting: 0, modem_resets: undefined },
    );
    assert.ok(Number(contexts) >= 2);
  });

  test("after a modem that never said whether it is registered: the board was rebooted each half hour, no round begun", async () => {
    const { run, modem, lines, status, board } = start({ config: { interval_s: 60 } });
    modem.faults.muted = new Set(["+CEREG"]);
    await run(1900);
    const { waiting, reboots } = status() as { waiting: number; reboots: number };
    assert.equal(reboots, 0);
    // Rounds begin when the first bringing up has come to nothing.
    assert.ok(waiting >= 20, `${waiting} fixes taken`);
    assert.ok(
      lines.some((line) => /no network/.test(line)),
      lines.join("\n"),
    );
    modem.faults.muted = new Set();
    await run(1300);
    assert.equal(status().state, "online");
    assert.equal(status().waiting, 0);
    assert.deepEqual(board.errorFlags, []);
  });

  test("after the modem stopped answering", async () => {
    await reports(async (w) => {
      w.modem.faults.mute = 1;
      await w.run(300);
      w.modem.faults.mute = 0;
    });
  });
});
