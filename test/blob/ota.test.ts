/** Firmware over the air: assigned in ThingsBoard, loaded, checked, started, confirmed, or taken back. */
import assert from "node:assert/strict";
import { afterEach, before, describe, test } from "node:test";
import { SOURCES } from "../../scripts/build/boards.ts";
import { buildLoader, type Loader } from "../../scripts/build/loader.ts";
import { firmware, NAME, statesOf, VERSION } from "../ota/firmware.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const TITLE = `${NAME} LINUX`;

let loader: Loader;
before(async () => {
  loader = await buildLoader("linux", SOURCES);
});

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** A tracker that is online, and what it tells of its firmware. */
async function online(changes: WorldChanges = {}) {
  world = createWorld({ loader, ...changes, config: { interval_s: 60, ...changes.config } });
  const { thingsboard, runUntil, lines } = world;
  await runUntil(/^tracker: connected/, 60);
  return {
    ...world,
    states: () => statesOf(thingsboard),
    /** What the firmware says it is. */
    running: () =>
      lines
        .filter((line) => line.startsWith("espruino-thingsboard "))
        .at(-1)
        ?.split(" ")[1],
    latest: (key: string) => thingsboard.latest("tracker").find((point) => point.key === key)?.value,
  };
}

const DONE = ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING", "UPDATED"];

/** So that a download takes half a minute. */
const SLOW: WorldChanges = { modem: { faults: { downlink_ms: 300 } } };

describe("an update", () => {
  for (const algorithm of ["CRC32", "SHA256"] as const)
    test(`from A to B, by ${algorithm}: each step is told, and fixes go on`, async () => {
      const { thingsboard, run, runUntil, states, running, latest, board } = await online({
        ...SLOW,
        config: { interval_s: 5 },
      });
      const fixes = () => thingsboard.telemetry("tracker", "Latitude").length;
      thingsboard.assign("tracker", { ...firmware("9.0.0"), algorithm });
      await runUntil(/^ota: DOWNLOADING/, 10);
      const before = fixes();
      await runUntil(/^ota: DOWNLOADED/, 300);
      assert.ok(fixes() > before + 3, `${before} ${fixes()}`);
      assert.equal(latest("current_fw_version"), VERSION);
      await runUntil(/^ota: 9.0.0 confirmed/, 120);
      await run(20);
      assert.deepEqual(states(), DONE);
      assert.deepEqual([running(), latest("current_fw_version")], ["9.0.0", "9.0.0"]);
      assert.equal(latest("current_fw_title"), TITLE);
      assert.equal(latest("reboot"), "update to 9.0.0");
      assert.deepEqual(board.errorFlags, []);
    });

  test("is gone on with after a lost link, and after a power cut", async () => {
    const { thingsboard, run, runUntil, states, board } = await online(SLOW);
    const wanted = firmware("9.0.0");
    thingsboard.assign("tracker", wanted);
    await run(10);
    thingsboard.faults.drop();
    await run(25);
    board.powerCut();
    board.boot();
    await runUntil(/^ota: DOWNLOADED/, 120);
    // Of the third connection alone.
    const { bytes_sent } = thingsboard.connections[0] as { bytes_sent: number };
    assert.ok(bytes_sent < 0.6 * wanted.bytes.length, `${bytes_sent}`);
    await runUntil(/^ota: 9.0.0 confirmed/, 120);
    await run(20);
    assert.deepEqual(states(), ["DOWNLOADING", ...DONE]);
  });

  test("whose chunks get lost goes on; a wrong byte begins it anew a minute later", async () => {
    const { thingsboard, run, runUntil, states, clock } = await online(SLOW);
    thingsboard.assign("tracker", firmware("9.0.0"));
    await runUntil(/^ota: DOWNLOADING/, 10);
    thingsboard.faults.lose_responses = 2;
    await run(61);
    thingsboard.faults.spoil_chunks = 1;
    await runUntil(/^ota: FAILED, fw_checksum: does not fit what came$/, 300);
    const failed_ms = clock.now();
    await runUntil(/^ota: DOWNLOADING/, 100);
    assert.ok(
      clock.now() - failed_ms >= 59_000 && clock.now() - failed_ms <= 76_000,
      `${clock.now() - failed_ms}`,
    );
    await runUntil(/^ota: 9.0.0 confirmed/, 200);
    await run(20);
    assert.deepEqual(states(), [
      "DOWNLOADING",
      "DOWNLOADED",
      "FAILED: fw_checksum: does not fit what came",
      ...DONE,
    ]);
  });

  test("that the server does not have is tried later and later, up to a day", async () => {
    const { thingsboard, runUntil, clock, run, lines } = await online();
    thingsboard.share("tracker", {
      fw_title: TITLE,
      fw_version: "9.0.0",
      fw_size: 1000,
      fw_checksum_algorithm: "CRC32",
      fw_checksum: "00000000",
    });
    const waits: number[] = [];
    await runUntil(/^ota: FAILED, server says: NOT_FOUND$/, 60);
    for (let i = 0; i < 4; i++) {
      const from_ms = clock.now();
      await runUntil(/^ota: DOWNLOADING/, 1200);
      waits.push(Math.round((clock.now() - from_ms) / 1000));
      await run(5);
    }
    for (const [i, wait] of waits.entries())
      assert.ok(wait >= 55 * 2 ** i && wait <= 77 * 2 ** i, `${waits}`);
    // What the server hung up on is no reason to stay away.
    assert.equal(lines.filter((line) => line === "ota: DOWNLOADING").length, 5);
  });

  test("ends when another is assigned, or none", async () => {
    const { thingsboard, run, runUntil, states } = await online(SLOW);
    thingsboard.assign("tracker", firmware("9.0.0"));
    await run(8);
    thingsboard.assign("tracker", firmware("9.1.0"));
    await run(8);
    thingsboard.assign("tracker", undefined);
    await run(60);
    assert.deepEqual(states(), ["DOWNLOADING", "DOWNLOADING"]);
    thingsboard.assign("tracker", firmware("9.2.0"));
    await runUntil(/^ota: 9.2.0 confirmed/, 200);
    await run(20);
    assert.deepEqual(states(), ["DOWNLOADING", "DOWNLOADING", ...DONE]);
  });

  test("comes even to one that crashes again and again", async () => {
    const { thingsboard, run, runUntil, states } = await online(SLOW);
    thingsboard.assign(
      "tracker",
      firmware("9.0.0", (code) => `setTimeout(function(){nothing()},30000);${code}`),
    );
    await runUntil(/^ota: 9.0.0 confirmed/, 200);
    await runUntil(/^Uncaught ReferenceError: nothing/, 60);
    thingsboard.assign("tracker", firmware("9.1.0"));
    await runUntil(/^ota: 9.1.0 confirmed/, 600);
    await run(400);
    assert.deepEqual(states().at(-1), "UPDATED");
    assert.ok(states().filter((state) => state === "DOWNLOADING").length > 2);
  });

  test("is not taken by code that is on trial: that is confirmed first", async () => {
    const { thingsboard, run, runUntil, states, lines } = await online();
    thingsboard.assign("tracker", firmware("9.0.0"));
    await runUntil(/^espruino-thingsboard 9.0.0/, 200);
    thingsboard.assign("tracker", firmware("9.1.0"));
    await runUntil(/^ota: 9.1.0 confirmed/, 300);
    await run(20);
    assert.ok(lines.indexOf("ota: 9.0.0 confirmed") < lines.lastIndexOf("ota: DOWNLOADING"));
    assert.deepEqual(states(), [...DONE.slice(0, -1), ...DONE]);
  });
});

describe("the way back", () => {
  const BAD: [what: string, spoil: (code: string) => string, why: RegExp, seconds: number][] = [
    ["throws at its start", (code) => `${code}throw Error("B")`, /^threw: Error: B$/, 60],
    [
      "throws before it has connected",
      (code) => `setTimeout(function(){nothing()},3500);${code}`,
      /^started three times/,
      900,
    ],
    [
      "cannot connect",
      (code) => code.replaceAll("AT+QIOPEN", "AT+QINOPE"),
      /^no acknowledgement of the server in ten minutes$/,
      900,
    ],
  ];
  for (const [what, spoil, why, seconds] of BAD)
    test(`of a B that ${what}: A tells why, does not try it again, and delivers what waited`, async () => {
      const { thingsboard, run, runUntil, states, running, latest, board } = await online();
      thingsboard.assign("tracker", firmware("9.0.0", spoil));
      await runUntil(/^ota: UPDATING/, 200);
      await runUntil(/^ota: FAILED/, seconds);
      await run(60);
      assert.equal(running(), VERSION);
      assert.deepEqual(states().slice(0, 4), DONE.slice(0, 4));
      assert.match(states().slice(4).join(), /^FAILED: /);
      assert.match(String(latest("fw_error")), why);
      assert.equal(latest("current_fw_version"), VERSION);
      const tracker = JSON.parse(
        board.evaluate("print(JSON.stringify(tracker.status()))") && (world?.lines.pop() as string),
      );
      assert.deepEqual([tracker.waiting, tracker.dropped], [0, 0]);
      // Another is, and then the same once more: somebody means it.
      thingsboard.assign("tracker", undefined);
      await run(5);
      thingsboard.assign("tracker", firmware("9.0.0", spoil));
      await runUntil(/^ota: UPDATING/, 200);
    });

  test("a restart does not make it try again", async () => {
    const { thingsboard, run, runUntil, states, board } = await online();
    thingsboard.assign(
      "tracker",
      firmware("9.0.0", (code) => `${code}throw Error("B")`),
    );
    await runUntil(/^ota: FAILED/, 300);
    board.powerCut();
    board.boot();
    await run(120);
    assert.deepEqual(states().slice(4), Array(2).fill("FAILED: threw: Error: B"));
  });
});

describe("what is assigned is", () => {
  test("told to be done where it runs already, once", async () => {
    const { thingsboard, run, states } = await online();
    thingsboard.assign("tracker", firmware(VERSION));
    await run(20);
    thingsboard.faults.drop();
    await run(60);
    assert.deepEqual(states(), ["UPDATED"]);
  });

  test("refused before a byte is loaded", async () => {
    const { thingsboard, run, states } = await online();
    const right = {
      fw_title: TITLE,
      fw_version: "9.0.0",
      fw_size: 1000,
      fw_checksum_algorithm: "CRC32",
      fw_checksum: "00000000",
    };
    const cases: [Record<string, unknown>, string][] = [
      [{ fw_title: `${NAME} RAK5010` }, `fw_title: must be ${TITLE}`],
      [{ fw_url: "http://x/y.js" }, "fw_url: upload the package itself"],
      [{ fw_size: 61313 }, "fw_size: must be whole, 1 to 61312"],
      [{ fw_size: "1" }, "fw_size: must be whole, 1 to 61312"],
      [{ fw_checksum_algorithm: "MD5" }, "fw_checksum_algorithm: must be CRC32 or SHA256"],
      [{ fw_tag: `${NAME} RAK5010 9.0.0 2v06` }, `fw_tag: must be for ${TITLE}`],
      [{ fw_tag: `${TITLE} 9.0.1 2v06` }, "fw_tag: must be of version 9.0.0"],
      [{ fw_tag: `${TITLE} 9.0.0 3v01` }, "fw_tag: needs Espruino 3v01"],
      [{ fw_tag: `${TITLE} 9.0.0 2v29.100000` }, "fw_tag: needs Espruino 2v29.100000"],
    ];
    for (const [change, why] of cases) {
      thingsboard.share("tracker", { fw_tag: undefined, fw_url: undefined, ...right, ...change });
      await run(3);
      assert.equal(states().at(-1), `FAILED: ${why}`);
    }
    assert.equal(states().includes("DOWNLOADING"), false);
  });

  test("refused for what its first line says, and not tried again", async () => {
    const { thingsboard, run, states, runUntil } = await online();
    const { tag, ...wanted } = firmware("9.0.0");
    const line = `//${tag}`;
    for (const [first, why] of [
      [line.replace("LINUX", "RAK5010"), `package: must be for ${TITLE}`],
      [line.replace("9.0.0", "9.0.1"), "package: must be of version 9.0.0"],
      [line.replace("2v20.48", "9v00"), "package: needs Espruino 9v00"],
      ["function a(){}", "package: not made by npm run package"],
    ] as const) {
      thingsboard.assign("tracker", { ...wanted, bytes: Buffer.from(`${first}\n${"a=1;".repeat(500)}`) });
      await runUntil(/^ota: FAILED/, 10);
      await run(200);
      assert.equal(states().at(-1), `FAILED: ${why}`);
    }
    assert.equal(states().length, 8);
  });
});
