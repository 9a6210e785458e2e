/** Each fault in the simulated world, and what the doctor says to it. */
import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { afterEach, describe, test } from "node:test";
import { reportLines } from "../../scripts/doctor/report.ts";
import { eraseAll, eraseFile, writeFile } from "../../scripts/simulator/espruino/storage.ts";
import type { WorldChanges } from "../blob/world.ts";
import { builtBlob } from "../device/rig.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createDoctorsWorld, type DoctorsWorld } from "./world-device.ts";

let world: DoctorsWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function start(changes?: WorldChanges): DoctorsWorld {
  world = createDoctorsWorld(changes);
  return world;
}

/** A server that the modem does not reach. */
const failing = (code: string) => (): Duplex => {
  const [near] = duplexPair();
  queueMicrotask(() => near.emit("error", Object.assign(new Error(code), { code })));
  return Object.assign(near, { connecting: true });
};

describe("a board where all is well", () => {
  test("has no fault, and a line for everything that works", async () => {
    const verdicts = await start().visit();
    const lines = reportLines(verdicts);
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      Array(12).fill("ok"),
      lines.join("\n"),
    );
    assert.match(lines.join("\n"), /Espruino 2v29 on a LINUX[\s\S]*IMEI 8664[\s\S]*-65 dBm[\s\S]*52\.5/);
  });

  test("is not changed by the visit", async () => {
    const { visit, run, status, thingsboard } = start();
    await run(60);
    const before = { ...status(), memory: 0, sent: 0, fix: 0 };
    await visit();
    assert.deepEqual({ ...status(), memory: 0, sent: 0, fix: 0 }, before);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length > 3);
  });
});

describe("the doctor finds", () => {
  /** What a fault is called, how the world gets it, and what the findings must be. */
  const cases: [id: string, changes: WorldChanges, after?: (world: DoctorsWorld) => unknown][] = [
    ["modem-silent", { modem: { faults: { mute: 1 } } }],
    ["modem-silent", { modem: { faults: { baudMismatch: true } } }],
    ["no-sim", { modem: { sim: "absent" } }],
    ["pin-wanted", { modem: { sim: { pin: "1234" } } }, ({ modem }) => modem.inject.reset()],
    [
      "wrong-pin",
      { modem: { sim: { pin: "1234" } }, config: { pin: "9999" } },
      ({ modem }) => modem.inject.reset(),
    ],
    [
      "last-pin-try",
      { modem: { sim: { pin: "1234", tries: 1 } }, config: { pin: "9999" } },
      ({ modem }) => modem.inject.reset(),
    ],
    ["sim-blocked", { modem: { sim: "puk" } }, ({ modem }) => modem.inject.reset()],
    ["network-denied", { modem: { coverage: { stat: 3 } } }],
    ["no-signal", { modem: { coverage: { stat: 2 } } }],
    ["no-signal", { modem: { coverage: { stat: 0 } } }],
    ["no-signal", { modem: { faults: { coverageHole: true } } }],
    ["no-context", { modem: { apn: "another" } }],
    ["host-unknown", { connect: failing("ENOTFOUND") }],
    ["server-refuses", { connect: failing("ECONNREFUSED") }],
    ["server-silent", { connect: failing("ETIMEDOUT") }],
    ["server-silent", { connect: () => duplexPair()[0] }],
    ["token-refused", { config: { server: { host: "h", username: "WRONG" } } }],
    ["provision-keys", { config: { server: { host: "h", provision_key: "WRONG", provision_secret: "S" } } }],
    ["client-id-refused", {}, ({ thingsboard }) => Object.assign(thingsboard.faults, { refuse: 2 })],
    ["server-busy", {}, ({ thingsboard }) => Object.assign(thingsboard.faults, { refuse: 3 })],
    [
      "not-mqtt",
      {
        connect: () => {
          const [near, far] = duplexPair();
          far.on("data", () => far.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
          return near;
        },
      },
    ],
    ["no-fix", { modem: { gnss: {} }, config: { fix_timeout_s: 30 } }],
    ["no-receiver", { modem: { gnss: { receiver: false } }, config: { fix_timeout_s: 30 } }],
  ];
  for (const [id, changes, after] of cases)
    test(`${id}: ${JSON.stringify(changes)}`, async () => {
      const doctors = start(changes);
      after?.(doctors);
      assert.deepEqual(await doctors.faults(), [id]);
    });
});

describe("the doctor finds on the board itself", () => {
  const write = (file: string, text: string) => (doctors: DoctorsWorld) =>
    writeFile(doctors.board.storage, file, Buffer.from(text, "latin1"));
  const erase = (file: string) => (doctors: DoctorsWorld) => void eraseFile(doctors.board.storage, file);
  const config = (server: unknown, rest = {}) => JSON.stringify({ server, ...rest });

  const cases: [ids: string[], change: (doctors: DoctorsWorld) => void][] = [
    [["no-firmware"], erase(".bootcde")],
    [["no-firmware", "no-settings"], (doctors) => eraseAll(doctors.board.storage)],
    // As flash leaves it when it is interrupted, early and late.
    [["cut-short"], write(".bootcde", `(\xff\xff\xff${builtBlob().slice(4, 8000)}${"\xff".repeat(20_000)}`)],
    [["cut-short"], write(".bootcde", `(\xff\xff\xff${builtBlob().slice(4)}`)],
    [["other-program"], write(".bootcde", "print('hello')")],
    [["other-board"], write(".bootcde", 'print("espruino-thingsboard 0.1.0 for RAK8212")')],
    [["firmware-stopped"], write(".bootcde", 'nope();print("espruino-thingsboard 0.1.0 for LINUX")')],
    [["no-settings"], erase("tb.json")],
    [["broken-settings"], write("tb.json", '{"server":')],
    [["broken-settings"], write("tb.json", "5")],
    [["wrong-settings"], write("tb.json", config({ host: "h" }))],
    [["wrong-settings"], write("tb.json", config({ host: "h", username: "t" }, { interval_s: 0 }))],
    // The tracker refuses to start without the outbox.
    [["refused-settings"], erase("tb.box")],
  ];
  const fill = (doctors: DoctorsWorld): void => {
    const free = Number(doctors.board.evaluate('require("Storage").getFree()'));
    write("filler", "-".repeat(free - 400))(doctors);
  };

  for (const [ids, change] of cases)
    test(ids.join(" and "), async () => {
      const doctors = start();
      change(doctors);
      doctors.board.boot();
      assert.deepEqual(await doctors.faults(), ids);
    });

  test("low-flash, when the outbox has its part", async () => {
    const doctors = start();
    await doctors.run(30);
    fill(doctors);
    assert.deepEqual(await doctors.faults(), ["low-flash"]);
  });

  test("firmware-stopped, after reset()", async () => {
    const doctors = start();
    await doctors.run(30);
    doctors.board.reset();
    assert.deepEqual(await doctors.faults(), ["firmware-stopped"]);
  });

  test("firmware-stopped, held at its start", async () => {
    const doctors = start();
    await doctors.run(1);
    doctors.board.evaluate("clearTimeout()");
    assert.deepEqual(await doctors.faults(), ["firmware-stopped"]);
  });

  test("low-memory", async () => {
    const doctors = start();
    await doctors.run(30);
    doctors.board.evaluate(
      `var hog=new Uint8Array(${(doctors.board.memory().total - doctors.board.memory().usage - 200) * 13})`,
    );
    assert.deepEqual(await doctors.faults(), ["low-memory"]);
  });

  test("secrets of the settings are not shown", async () => {
    const doctors = start({
      config: {
        server: { host: "h", username: "SECRET-TOKEN", password: 'SECRET "PASSWORD"' },
        apn_password: "SECRET",
        pin: "SECRET-PIN",
      },
    });
    const lines = reportLines(await doctors.visit()).join("\n");
    assert.match(lines, /the settings are wrong/);
    assert.doesNotMatch(lines, /SECRET/);
  });
});
