import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { Fix } from "../../firmware/gnss/fix.ts";
import type * as connections from "../../firmware/mqtt/connection.ts";
import { Reason } from "../../firmware/reason.ts";
import type * as clients from "../../firmware/thingsboard/client.ts";
import type * as commandsOf from "../../firmware/tracker/commands.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import { words } from "../../firmware/words.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { bootable } from "../modem/fresh.ts";
import { type Server, server } from "../thingsboard/server.ts";
import { Reboot, switchOn } from "./espruino.ts";

const boot = bootable<typeof commandsOf & typeof journals & typeof connections & typeof clients>(
  "tracker/commands.ts",
  "tracker/journal.ts",
  "mqtt/connection.ts",
  "thingsboard/client.ts",
);
const FIX: Fix = { time_ms: 1780000000000, latitude: 52.5, longitude: 13.4 };
const HOUR_S = 3600;

/** A tracker that answers commands, and does what they ask only in name. */
function setup(t: TestContext) {
  const chip = createFlash({ start: 0, length: 0x4000, pageSize: 4096 });
  const clock: Clock = install({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  t.after(() => clock.uninstall());
  const rig = {
    clock,
    far: undefined as unknown as Server,
    parts: undefined as unknown as ReturnType<typeof boot>,
    fix: undefined as Fix | undefined,
    age_s: 0,
    why: Reason.NoRound as Reason,
    /** What was done: `interval 60`, `locate`, `reboot`. */
    done: [] as string[],

    /** The board starts, and connects. */
    async start() {
      switchOn();
      rig.parts = boot();
      rig.far = server({ keep_alive: 0 }, rig.parts);
      rig.parts.openJournal(rawFlash(chip), 0, chip.length);
      rig.parts.startCommands(rig.far.client, {
        status_: () => ({ state: "online" }),
        position_: () => ({ fix_: rig.fix, age_s_: rig.age_s, why_: words(rig.why) }),
        locate_: () => void rig.done.push("locate"),
        setInterval_: (seconds) => void rig.done.push(`interval ${seconds}`),
      });
      rig.far.client.set_callback((_topic, request) => rig.parts.command(request));
      await rig.connect();
    },
    async connect() {
      assert.equal(await rig.far.client.connect(), true);
      rig.parts.connected();
      await rig.settled();
      rig.far.received.length = 0;
    },
    async settled() {
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    /** The server calls; its answer, if one came at once. */
    async call(id: number, method: string, params?: unknown): Promise<unknown> {
      const before = rig.far.published().length;
      rig.far.publish(`v1/devices/me/rpc/request/${id}`, JSON.stringify({ method, params }));
      await rig.settled();
      const [topic, payload] = rig.far.published()[before] ?? [];
      if (topic === undefined) return undefined;
      assert.equal(topic, `v1/devices/me/rpc/response/${id}`);
      return JSON.parse(payload as string);
    },
    /** Time passes; a board that reboots starts again. */
    async run(seconds: number) {
      try {
        clock.tick(seconds * 1000);
      } catch (error) {
        if (!(error instanceof Reboot)) throw error;
        rig.done.push("reboot");
        await rig.start();
      }
    },
    async lose() {
      rig.far.network.down(Reason.LinkLost);
      await rig.settled();
    },
  };
  return rig;
}

test("getPosition: the last fix with its age, or why there is none", async (t) => {
  const rig = setup(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "getPosition"), { error: "no fix yet" });
  rig.fix = FIX;
  rig.age_s = 4000;
  rig.why = Reason.NoFix;
  assert.deepEqual(await rig.call(1, "getPosition"), { ...FIX, age_s: 4000 });
});

test("locate: answered when the fix is there", async (t) => {
  const rig = setup(t);
  await rig.start();
  assert.equal(await rig.call(0, "locate"), undefined);
  assert.equal(await rig.call(1, "locate"), undefined);
  assert.deepEqual(rig.done, ["locate", "locate"]);
  rig.fix = FIX;
  rig.why = Reason.None;
  rig.parts.located();
  const answer = JSON.stringify({ ...FIX, age_s: 0 });
  assert.deepEqual(rig.far.published(), [
    ["v1/devices/me/rpc/response/0", answer],
    ["v1/devices/me/rpc/response/1", answer],
  ]);
  rig.parts.located();
  assert.equal(rig.far.published().length, 2, "once");
});

test("locate without a fix: the last one with its age and why; without any, why", async (t) => {
  const rig = setup(t);
  await rig.start();
  rig.why = Reason.NoFix;
  await rig.call(0, "locate");
  rig.parts.located();
  rig.fix = FIX;
  rig.age_s = 300;
  await rig.call(1, "locate");
  rig.parts.located();
  assert.deepEqual(
    rig.far.published().map(([, payload]) => JSON.parse(payload)),
    [{ error: "no fix: needs open sky" }, { ...FIX, age_s: 300, reason: "no fix: needs open sky" }],
  );
});

test("locate: of a hundred at once twenty wait, the others are told so", async (t) => {
  const rig = setup(t);
  await rig.start();
  for (let id = 0; id < 100; id++) rig.far.publish(`v1/devices/me/rpc/request/${id}`, '{"method":"locate"}');
  await rig.settled();
  rig.fix = FIX;
  rig.parts.located();
  const payloads = rig.far.published().map(([, payload]) => payload);
  assert.equal(payloads.filter((it) => it === '{"error":"busy"}').length, 80);
  assert.equal(payloads.length, 100);
});

test("an unknown method gets an error, whatever its name", async (t) => {
  const rig = setup(t);
  await rig.start();
  for (const method of ["fly", "toString", "__proto__", ""])
    assert.deepEqual(await rig.call(0, method), { error: `unknown method ${method}` });
  assert.deepEqual(await rig.call(0, "y".repeat(1400)), { error: `unknown method ${"y".repeat(64)}` });
});

test("setInterval: seconds, or an object with them", async (t) => {
  const rig = setup(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "setInterval", 60), { interval_s: 60 });
  assert.deepEqual(await rig.call(1, "setInterval", { interval_s: 86400 }), { interval_s: 86400 });
  assert.deepEqual(rig.done, ["interval 60", "interval 86400"]);
});

for (const params of [
  undefined,
  null,
  0,
  -1,
  1.5,
  86401,
  "60",
  true,
  [],
  {},
  { interval_s: 0 },
  { interval: 5 },
])
  test(`setInterval of ${JSON.stringify(params)}: an error that names the field`, async (t) => {
    const rig = setup(t);
    await rig.start();
    const error = "interval_s: must be whole, 1 to 86400";
    assert.deepEqual(await rig.call(0, "setInterval", params), { error });
    assert.deepEqual(rig.done, []);
  });

test("a call that comes again is answered again and not done again: in one connection, after it, after a restart", async (t) => {
  const rig = setup(t);
  await rig.start();
  for (let i = 0; i < 2; i++) {
    for (const id of [5, 6]) await rig.call(id, "setInterval", id * 10);
    assert.deepEqual(await rig.call(5, "setInterval", 50), { interval_s: 50 });
    await rig.lose();
    await rig.connect();
    assert.deepEqual(await rig.call(6, "setInterval", 60), { interval_s: 60 });
    await rig.start();
  }
  assert.deepEqual(rig.done, ["interval 50", "interval 60"]);
  await rig.call(6, "setInterval", 61);
  await rig.call(7, "setInterval", 61);
  assert.deepEqual(rig.done.slice(2), ["interval 61", "interval 61"], "another one is");
});

test("reboot: once the server has the answer, and its request is acknowledged", async (t) => {
  const rig = setup(t);
  await rig.start();
  rig.far.answers = false;
  assert.deepEqual(await rig.call(0, "reboot"), { reboot: 1 });
  await rig.run(30);
  assert.deepEqual(rig.done, []);
  rig.far.network.respond("\x40\x02\0\x01");
  assert.equal(rig.far.received.filter(({ cmd }) => cmd === "puback").length, 1);
  await rig.run(2.9);
  assert.deepEqual(rig.done, []);
  await rig.run(0.1);
  assert.deepEqual(rig.done, ["reboot"]);
});

test("reboot: a connection that ends before does nothing; the call comes again", async (t) => {
  const rig = setup(t);
  await rig.start();
  rig.far.answers = false;
  await rig.call(0, "reboot");
  await rig.lose();
  await rig.run(60);
  assert.deepEqual(rig.done, []);
  rig.far.answers = true;
  await rig.connect();
  await rig.call(0, "reboot");
  await rig.run(3);
  assert.deepEqual(rig.done, ["reboot"]);
});

test("reboot: an answer that is lost behind its PUBACK gives one reboot, however often the call comes again", async (t) => {
  const rig = setup(t);
  await rig.start();
  await rig.call(0, "setInterval", 60);
  await rig.call(1, "setInterval", 70);
  await rig.call(2, "reboot");
  await rig.call(2, "reboot");
  for (let i = 0; i < 6; i++) {
    await rig.run(10);
    await rig.lose();
    await rig.connect();
    // The server's order is any.
    assert.deepEqual(await rig.call(2, "reboot"), { reboot: 1 });
    assert.deepEqual(await rig.call(0, "setInterval", 60), { interval_s: 60 });
    assert.deepEqual(await rig.call(1, "setInterval", 70), { interval_s: 70 });
  }
  await rig.run(10);
  assert.deepEqual(rig.done, ["interval 60", "interval 70", "reboot"]);
});

test("the same call is done again after an hour in one connection: a server that was restarted counts from 0", async (t) => {
  const rig = setup(t);
  await rig.start();
  await rig.call(0, "reboot");
  await rig.run(3);
  // Restarted, and connected anew.
  await rig.run(HOUR_S - 1);
  await rig.call(0, "reboot");
  await rig.run(10);
  await rig.call(0, "reboot");
  await rig.run(3);
  assert.deepEqual(rig.done, ["reboot", "reboot"]);
});

test("hours without a connection do not count: the server could not ask again", async (t) => {
  const rig = setup(t);
  await rig.start();
  await rig.call(0, "reboot");
  await rig.run(3);
  await rig.lose();
  await rig.run(5 * HOUR_S);
  await rig.connect();
  await rig.call(0, "reboot");
  await rig.run(10);
  assert.deepEqual(rig.done, ["reboot"]);
});
