import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalls } from "./call-rig.ts";

const HOUR_S = 3600;

test("getPosition and getStatus: as the tracker says", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "getPosition"), { fresh: false });
  assert.deepEqual(await rig.call(1, "getStatus"), { state: "online" });
});

test("locate: answered when the fix is there, or why there is none", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.equal(await rig.call(0, "locate"), undefined);
  assert.equal(await rig.call(1, "locate"), undefined);
  assert.deepEqual(rig.done, ["locate", "locate"]);
  rig.parts.locate.answerLocate(rig.far.client, (fresh) => ({ error: "no fix", fresh }));
  const answer = '{"error":"no fix","fresh":true}';
  assert.deepEqual(rig.far.published(), [
    ["v1/devices/me/rpc/response/0", answer],
    ["v1/devices/me/rpc/response/1", answer],
  ]);
  rig.parts.locate.answerLocate(rig.far.client, () => 0);
  assert.equal(rig.far.published().length, 2, "once");
});

test("locate: of a hundred at once twenty wait, the others are told so", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  for (let id = 0; id < 100; id++) rig.far.publish(`v1/devices/me/rpc/request/${id}`, '{"method":"locate"}');
  await rig.settled();
  rig.parts.locate.answerLocate(rig.far.client, () => 0);
  const payloads = rig.far.published().map(([, payload]) => payload);
  assert.equal(payloads.filter((it) => it === '{"error":"busy"}').length, 80);
  assert.equal(payloads.length, 100);
});

test("an unknown method gets an error, whatever its name", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  for (const method of ["fly", "toString", "__proto__", ""])
    assert.deepEqual(await rig.call(0, method), { error: `unknown method ${method}` });
  assert.deepEqual(await rig.call(0, "y".repeat(1400)), { error: `unknown method ${"y".repeat(64)}` });
});

test("setInterval: seconds, or an object with them", async (t) => {
  const rig = createCalls(t);
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
    const rig = createCalls(t);
    await rig.start();
    const error = "interval_s: must be whole, 1 to 86400";
    assert.deepEqual(await rig.call(0, "setInterval", params), { error });
    assert.deepEqual(rig.done, []);
  });

test("a call that comes again is answered again and not done again: in one connection, after it, after a restart", async (t) => {
  const rig = createCalls(t);
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
  const rig = createCalls(t);
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
  const rig = createCalls(t);
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
  const rig = createCalls(t);
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
  const rig = createCalls(t);
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
  const rig = createCalls(t);
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
