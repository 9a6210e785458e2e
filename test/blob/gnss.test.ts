/** Where fixes come from: the firmware built for a receiver with a UART of its own, and without GNSS. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, describe, test } from "node:test";
import type { Fix } from "../../firmware/gnss/fix.ts";
import type { BoardName } from "../../scripts/boards.ts";
import { buildBoards } from "../../scripts/build/boards.ts";
import { readFixes } from "../../scripts/simulator/gnss-log.ts";
import { createReceiver } from "../../scripts/simulator/receiver.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { createBoardWorld, START_MS } from "./board-world.ts";
import { TRACK } from "./peers.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const LOG = readFileSync(TRACK, "latin1");
const PLACES = readFixes(LOG);
/** More than what rounding to six decimals takes. */
const NEAR = 1.1e-6;

const built = new Map<string, Promise<string>>();
/** A board's blob with another source of fixes than its own. */
function blobWith(gnss: string, name: BoardName = "linux"): Promise<string> {
  const key = `${name} ${gnss}`;
  const blob =
    built.get(key) ?? buildBoards([name], undefined, { gnss }).then((all) => all.get(name)?.code ?? "");
  built.set(key, blob);
  return blob;
}

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function start(gnss: string, changes: WorldChanges = {}) {
  const world = createWorld({ blob: await blobWith(gnss), ...changes });
  stop = world.stop;
  return world;
}

/** What the server has of the tracker: each fix is one of the log's, and is from when it was taken. */
function fixesOn(thingsboard: ThingsBoard, now_ms: number): number[] {
  const latitudes = thingsboard.telemetry("tracker", "Latitude");
  const longitudes = thingsboard.telemetry("tracker", "Longitude");
  latitudes.forEach(({ ts, value }, i) => {
    const here = (fix: Fix) =>
      Math.abs(fix.latitude - Number(value)) < NEAR &&
      Math.abs(fix.longitude - Number(longitudes[i]?.value)) < NEAR;
    assert.ok(PLACES.some(here), `never at ${value}, ${longitudes[i]?.value}`);
    assert.equal(ts % 1000, 0, "a receiver's time is whole seconds");
    assert.ok(ts <= now_ms && ts > now_ms - 3_601_000);
  });
  return latitudes.map(({ ts }) => ts);
}

describe("a receiver with a UART of its own", () => {
  test("linux: its fixes arrive, and the modem is not asked for any", async () => {
    const { run, modem, clock, thingsboard, lines } = await start("nmea", { receiver_log: LOG });
    await run(120);
    const times = fixesOn(thingsboard, clock.now());
    assert.ok(times.length >= 10, `${times.length} fixes; ${lines.join("\n")}`);
    assert.deepEqual([...new Set(times)], times, "each once");
    assert.doesNotMatch(modem.transcript.toString(), /QGPS/);
    assert.match(modem.transcript.toString(), /CSQ/);
  });

  test("linux: a second between two fixes, as the receiver has it", async () => {
    const { run, clock, thingsboard } = await start("nmea", { receiver_log: LOG, config: { interval_s: 1 } });
    await run(60);
    const before = fixesOn(thingsboard, clock.now()).length;
    await run(60);
    const after = fixesOn(thingsboard, clock.now()).length;
    assert.ok(after - before >= 50, `${after - before} in a minute`);
  });

  test("rak5010: on its second UART", async () => {
    let receiver: ReturnType<typeof createReceiver> | undefined;
    const world = createBoardWorld(
      "rak5010",
      {},
      (clock) => {
        receiver = createReceiver({ clock, log: LOG });
        return { Serial2: receiver.peer };
      },
      await blobWith("nmea", "rak5010"),
    );
    stop = async () => {
      receiver?.dispose();
      await world.stop();
    };
    const { board, thingsboard, run, lines } = world;
    board.boot();
    await run(120);
    const times = fixesOn(thingsboard, START_MS + 120_000);
    assert.ok(times.length >= 9, `${times.length} fixes; ${lines.join("\n")}`);
    assert.deepEqual(board.errorFlags, []);
  });

  test("an hour passes, and no watchdog bites: what comes each second stops no timer of another", async () => {
    const reboots: string[] = [];
    const { run, clock, thingsboard } = await start("nmea", {
      receiver_log: LOG,
      onReboot: (reason) => reboots.push(reason),
    });
    await run(3600);
    assert.deepEqual(reboots, []);
    const count = fixesOn(thingsboard, clock.now()).length;
    assert.ok(count >= 350, `${count} fixes`);
  });

  test("without sky and without a wire it says so, and goes on when that is mended", async () => {
    const world = await start("nmea", { receiver_log: LOG, config: { fix_timeout_s: 5 } });
    const { run, runUntil, receiver, thingsboard } = world;
    assert.ok(receiver);
    await run(60);
    receiver.sees = false;
    await runUntil(/^gnss: no fix: needs open sky$/, 60);
    receiver.on = false;
    await runUntil(/^gnss: GNSS receiver silent: check power, wiring$/, 60);
    assert.equal(world.status().state, "online");
    const count = thingsboard.telemetry("tracker", "Latitude").length;
    receiver.sees = true;
    receiver.on = true;
    await run(60);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length > count + 3);
  });

  test("at another speed than the settings say", async () => {
    const config = { fix_timeout_s: 5, gnss_baud: 38_400 };
    const { runUntil, run, thingsboard } = await start("nmea", { receiver_log: LOG, config });
    await runUntil(/^gnss: GNSS receiver garbled: check gnss_baud, wiring$/, 60);
    await run(60);
    assert.equal(thingsboard.telemetry("tracker", "Latitude").length, 0);
  });

  test("at the speed that the settings say", async () => {
    const changes = { receiver_log: LOG, receiver_baud: 115_200, config: { gnss_baud: 115_200 } };
    const { run, thingsboard, clock } = await start("nmea", changes);
    await run(60);
    assert.ok(fixesOn(thingsboard, clock.now()).length >= 4);
  });

  test("no receiver at all", async () => {
    const { runUntil, status } = await start("nmea", { config: { fix_timeout_s: 5 } });
    await runUntil(/^gnss: GNSS receiver silent: check power, wiring$/, 60);
    assert.equal(status().state, "online");
    assert.equal(status().gnss, "GNSS receiver silent: check power, wiring");
  });

  for (const [config, line] of [
    [{ gnss_port: "" }, "gnss_port: must be plain text of 1 to 64"],
    [{ gnss_port: 'a"b' }, "gnss_port: must be plain text of 1 to 64"],
    [{ gnss_port: 2 }, "gnss_port: must be plain text of 1 to 64"],
    [{ gnss_baud: 0 }, "gnss_baud: must be whole, 1200 to 921600"],
    [{ gnss_baud: "9600" }, "gnss_baud: must be whole, 1200 to 921600"],
  ] as const)
    test(`settings ${JSON.stringify(config)} are refused in a line`, async () => {
      const { runUntil } = await start("nmea", { config });
      assert.equal(await runUntil(/^tb\.json/, 10), `tb.json: ${line}`);
    });
});

test("the modem's engine knows no port of a receiver", async () => {
  const world = createWorld({ config: { gnss_port: "/dev/ttyACM0" } });
  stop = world.stop;
  assert.match(await world.runUntil(/^tb\.json/, 10), /^tb\.json: gnss_port: unknown, use server,/);
});

describe("without GNSS", () => {
  test("it connects, reports what is its own, and answers that it has no fix", async () => {
    const { run, runUntil, board, thingsboard, modem, status, lines } = await start("none");
    await runUntil(/^tracker: connected$/, 60);
    await run(30);
    assert.deepEqual(thingsboard.telemetry("tracker", "Latitude"), []);
    assert.equal(thingsboard.telemetry("tracker", "reboots").at(-1)?.value, 0);
    assert.equal(status().gnss, "built without GNSS");
    assert.equal(lines.filter((line) => line.startsWith("gnss: ")).length, 1, "said once");
    assert.equal(board.evaluate("tracker.report({doors:2})"), '""');
    for (const method of ["getPosition", "locate"]) {
      const answer = thingsboard.rpc("tracker", method);
      await run(5);
      assert.deepEqual(await answer, { error: "built without GNSS" });
    }
    const answer = thingsboard.rpc("tracker", "getStatus") as Promise<{ state: string }>;
    await run(5);
    assert.equal((await answer).state, "online");
    assert.equal(thingsboard.telemetry("tracker", "doors").at(-1)?.value, 2);
    assert.doesNotMatch(modem.transcript.toString(), /QGPS/);
  });

  test("a day passes, and no watchdog bites", async () => {
    const reboots: string[] = [];
    const { run, board, thingsboard, status } = await start("none", {
      config: { interval_s: 3600 },
      onReboot: (reason) => reboots.push(reason),
    });
    for (let hour = 0; hour < 24; hour++) {
      await run(3600, 5000);
      board.evaluate(`tracker.report({hour:${hour}})`);
    }
    await run(60);
    assert.deepEqual(reboots, []);
    assert.equal(status().state, "online");
    assert.equal(status().safe_mode, undefined);
    assert.deepEqual(
      thingsboard.telemetry("tracker", "hour").map(({ value }) => value),
      Array.from({ length: 24 }, (_, hour) => hour),
    );
  });

  test("settings of a receiver are none of its", async () => {
    const { runUntil } = await start("none", { config: { gnss_baud: 9600 } });
    assert.match(await runUntil(/^tb\.json/, 10), /^tb\.json: gnss_baud: unknown, use server,/);
  });
});
