import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
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
          [/AT\+CFUN=4/, "radio"],
          [/AT\+CFUN=1\\/, "on"],
        ]
          .flatMap(([pattern, name]) => ((pattern as RegExp).test(sent) ? [name] : []))
          .join() || "nothing",
      );
    }
    const starts = lines.filter((line) => line.startsWith("espruino-thingsboard")).length;
    return { tried, starts };
  }

  test("no network: the radio off and on, now and then a restart of the modem; the board has no part in it", async () => {
    const { tried, starts } = await tries({ modem: { faults: { coverageHole: true } } }, "no network.*", 12);
    assert.deepEqual(tried, [
      // The first; a modem that is not up needs a new context in any case.
      ...["on", "on", "radio,on", "on", "radio,on", "on"],
      ...["restart,on", "on", "radio,on", "on", "radio,on", "on"],
    ]);
    assert.equal(starts, 1);
    const { contexts, radio_resets, modem_resets, power_cycles, reboots } = world?.status() ?? {};
    assert.deepEqual(
      { contexts, radio_resets, modem_resets, power_cycles, reboots },
      { contexts: 7, radio_resets: 4, modem_resets: 1, power_cycles: undefined, reboots: 0 },
    );
  });

  test("a silent modem: the board is restarted at each twelfth failure in a row, the tries ever further apart", async () => {
    const { run, lines } = start({ modem: { faults: { mute: 1 } }, random: seededRandom(1) });
    const failures: number[] = [];
    const waits: number[] = [];
    for (let s = 0; s < 60 * 3600 && failures.length < 4; s += 60) {
      await run(60);
      for (const line of lines.splice(0)) {
        const wait = /^tracker: modem silent.*; again in (\d+) s$/.exec(line);
        if (wait) waits.push(Number(wait[1]));
        else if (line.startsWith("espruino-thingsboard")) failures.push(waits.length);
      }
    }
    assert.deepEqual(failures, [0, 12, 24, 36]);
    assert.ok(Math.max(...waits.slice(0, 12)) <= 600, `${waits}`);
    assert.ok(Math.max(...waits.slice(12)) > 1800 && Math.max(...waits) <= 3600, `${waits}`);
  });

  test("once online, how it got there is reported", async () => {
    const { run, runUntil, modem, thingsboard, lines } = start({ modem: { faults: { mute: 1 } } });
    const starts = () => lines.filter((line) => line.startsWith("espruino-thingsboard")).length;
    for (let s = 0; s < 8 * 3600 && starts() < 2; s += 10) await run(10);
    modem.faults.mute = 0;
    await runUntil(/^tracker: connected$/, 7200);
    await run(10);
    const values = (key: string) => thingsboard.telemetry("tracker", key).map(({ value }) => String(value));
    assert.deepEqual(values("reboots"), ["1"]);
    assert.deepEqual(values("reboot"), ["modem silent: check power, UART"]);
  });

  test("a server that refuses a login costs the modem nothing, however often", async () => {
    const { tried, starts } = await tries(
      { config: { server: { host: "h", username: "WRONG" } } },
      ".*check login.*",
      14,
    );
    assert.deepEqual(tried, ["on", ...Array(13).fill("nothing")]);
    assert.equal(starts, 1);
  });

  test("a server that refuses the connection: a new PDP context at each third, no more", async () => {
    const { tried, starts } = await tries(refusing, ".*refused.*", 14);
    assert.deepEqual(
      tried,
      Array.from({ length: 14 }, (_, i) => (i % 3 ? "nothing" : "on")),
    );
    assert.equal(starts, 1);
    const { radio_resets, modem_resets, power_cycles } = world?.status() ?? {};
    assert.deepEqual([radio_resets, modem_resets, power_cycles], [undefined, undefined, undefined]);
  });

  test("the server answers with something else than MQTT", async () => {
    const { runUntil } = start({
      connect: () => {
        const [near, far] = duplexPair();
        far.on("data", () => far.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
        return near;
      },
    });
    await runUntil(again("MQTT error.*"), 120);
  });

  test("the server never answers", async () => {
    const { runUntil } = start({ connect: () => duplexPair()[0] });
    await runUntil(again("no answer to CONNECT: check host, port"), 300);
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
    ['{"no_time":"wait"}', /^tb.json: no_time: must be hold or server or drop$/],
    ['{"no_time":["hold"]}', /^tb.json: no_time: must be hold or server or drop$/],
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
