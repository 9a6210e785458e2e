import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createWorld, type WorldChanges } from "./world.ts";

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function start(changes?: WorldChanges) {
  world = createWorld(changes);
  return world;
}

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
    ["5", /^tb.json: must be an object$/],
    ['"x"', /^tb.json: must be an object$/],
    ["[]", /^tb.json: must be an object$/],
    ["true", /^tb.json: must be an object$/],
    ["0", /^tb.json: missing or not JSON$/],
    ['{"constructor":1}', /^tb.json: constructor: unknown, use server,/],
    ['{"toString":"x"}', /^tb.json: toString: unknown, use server,/],
    ['{"hasOwnProperty":0}', /^tb.json: hasOwnProperty: unknown, use server,/],
    ['{"__proto__":5}', /^tb.json: __proto__: unknown, use server,/],
    ['{"__proto__":{"server":{"host":"h","username":"t"}}}', /^tb.json: __proto__: unknown, use server,/],
    ['{"apn":{"toString":5}}', /^tb.json: apn: must be plain text of 0 to 64$/],
    ['{"interval_s":1e400}', /^tb.json: interval_s: must be whole, 1 to 86400$/],
    ['{"interval_s":"60"}', /^tb.json: interval_s: must be whole, 1 to 86400$/],
    ['{"server":5}', /^tb.json: server: must be an object$/],
    ['{"server":[]}', /^tb.json: server: must be an object$/],
    ['{"server":{"host":"h","username":"t","valueOf":1}}', /^tb.json: server: valueOf: unknown, use host,/],
    ['{"server":{"host":"h"}}', /^tb.json: server: username: .*1 to 255$/],
    ['{"server":{"username":"t"}}', /^tb.json: .*host: .*1 to/],
    ['{"interval_s":5}', /^tb.json: server: host: /],
    ['{"server":"mqtt.thingsboard.cloud"}', /^tb.json: server: must be an object$/],
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
