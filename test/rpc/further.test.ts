/** The calls of `calls=all`. What needs the way to the server, `flush` and `modemReset`, is tested with the whole blob. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Modem } from "../../firmware/modem/modem.ts";
import type { Actions } from "../../firmware/rpc/request.ts";
import { Word } from "../../firmware/tracker/kept.ts";
import { Kind } from "../../firmware/tracker/slot.ts";
import { createCalls } from "./call-rig.ts";

/** A modem that answers so; undefined: it takes no more commands. */
function answering(answer: [error: string, lines: string[]] | undefined): Partial<Actions> {
  const modem: Pick<Modem, "at"> = {
    at(_text, done) {
      if (answer) done?.(answer[0], answer[1], 0);
      return answer !== undefined;
    },
  };
  return { modem_: modem as Modem };
}

test("rpcMethods: the names of all there are, each of which is one", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  const { methods } = (await rig.call(0, "rpcMethods")) as { methods: string[] };
  assert.equal(methods.length, 14);
  const readme = readFileSync(new URL("../../firmware/README.md", import.meta.url), "utf8");
  for (const method of methods) assert.ok(readme.includes(`\n| \`${method}\` `), method);
  assert.equal(new Set(methods).size, methods.length);
  for (const [i, method] of methods.entries()) {
    // Those three change what this rig does not have; what `claim` does first is no answer.
    if (["flush", "modemReset", "reboot", "claim"].includes(method)) continue;
    const answer = (await rig.call(i + 1, method, {}, 1)) as { error?: string } | undefined;
    assert.doesNotMatch(answer?.error ?? "", /unknown method/, method);
  }
});

test("claim: goes to the server, and is answered when that has it", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "claim", { secret_key: 5 }), {
    error: "secret_key: must be plain text of 0 to 255",
  });
  assert.deepEqual(await rig.call(1, "claim", { duration_ms: 0 }), {
    error: "duration_ms: must be whole, 1 to 2147483647",
  });
  assert.deepEqual(rig.far.published().length, 2);
  for (const [id, params, sent] of [
    [2, { secret_key: "s3", duration_ms: 60_000 }, { secretKey: "s3", durationMs: 60_000 }],
    [3, null, { durationMs: 86_400_000 }],
  ] as const) {
    const before = rig.far.published().length;
    rig.far.publish(`v1/devices/me/rpc/request/${id}`, JSON.stringify({ method: "claim", params }));
    for (let turn = 0; turn < 5; turn++) await rig.settled();
    const [claim, answer] = rig.far.published().slice(before);
    assert.deepEqual([claim?.[0], JSON.parse(claim?.[1] ?? "")], ["v1/devices/me/claim", sent]);
    assert.deepEqual(
      [answer?.[0], JSON.parse(answer?.[1] ?? "")],
      [`v1/devices/me/rpc/response/${id}`, { duration_ms: sent.durationMs }],
    );
  }
});

test("getLog: the last lines, with their times", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "getLog"), { log: [] });
  rig.parts.log.log("tracker: connected");
  const { log } = (await rig.call(1, "getLog", null)) as { log: [number, string][] };
  assert.deepEqual(
    log.map(([, line]) => line),
    ["tracker: connected"],
  );
  assert.equal(typeof log[0]?.[0], "number");
});

test("updateFirmware: looks for it, or says why not", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "updateFirmware"), { updateFirmware: 1 });
  rig.actions = { updateFirmware_: () => "by cable" };
  assert.deepEqual(await rig.call(1, "updateFirmware"), { error: "by cable" });
});

test("at: one command, as text or in an object; its lines, or what went wrong with them", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.deepEqual(await rig.call(0, "at", "AT+CSQ", 1), { lines: ["answer to AT+CSQ"] });
  assert.deepEqual(await rig.call(1, "at", { command: 'AT+QCFG="band"' }, 1), {
    lines: ['answer to AT+QCFG="band"'],
  });
  rig.actions = answering(["modem error", ["+X: 1"]]);
  assert.deepEqual(await rig.call(2, "at", "AT+X"), { lines: ["+X: 1"], error: "modem error" });
  rig.actions = answering(undefined);
  assert.deepEqual(await rig.call(3, "at", "AT"), { error: "busy" });
});

test("at: an answer is one packet, however much the modem says", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  const lines = Array.from({ length: 32 }, (_, i) => `${i}`.padEnd(100, "x"));
  rig.actions = answering(["", lines]);
  assert.deepEqual(await rig.call(0, "at", "AT"), { lines: lines.slice(0, 10) });
  rig.actions = answering(["", ["x".repeat(1600)]]);
  assert.deepEqual(await rig.call(1, "at", "AT"), { lines: [] });
});

test("at: not where the settings do not allow it", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  for (const remote_at_ of [0, undefined]) {
    rig.actions = { remote_at_ };
    assert.deepEqual(await rig.call(0, "at", "AT"), { error: "at: not allowed, set remote_at" });
  }
  assert.deepEqual(rig.done, []);
});

for (const params of [
  undefined,
  null,
  0,
  true,
  "",
  "A",
  "at",
  "+CSQ",
  " AT",
  "AT\rAT+CFUN=0",
  "AT\n",
  "AT\x1b",
  "ATé",
  "AT".padEnd(257, "x"),
  [],
  ["AT"],
  {},
  { command: 5 },
  { command: ["AT"] },
  { cmd: "AT" },
])
  test(`at of ${JSON.stringify(params)}: an error that names the field`, async (t) => {
    const rig = createCalls(t);
    await rig.start();
    const error = "command: must be plain text of 2 to 256, with AT first";
    assert.deepEqual(await rig.call(0, "at", params, 1), { error });
    assert.deepEqual(rig.done, []);
  });

test("at: a command that is asked again is not given again, and has the same answer, as long as that is known", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(await rig.call(7, "at", "AT+CMGS", 1), { lines: ["answer to AT+CMGS"] });
    await rig.lose();
    await rig.connect();
  }
  assert.deepEqual(rig.done, ["AT+CMGS"]);
  await rig.call(8, "at", "AT+CSQ", 1);
  const error = "done before, answer lost";
  assert.deepEqual(await rig.call(7, "at", "AT+CMGS", 1), { error }, "of an earlier one nothing is kept");
  await rig.start();
  assert.deepEqual(await rig.call(8, "at", "AT+CSQ", 1), { error }, "nor over a restart");
  assert.deepEqual(rig.done, ["AT+CMGS", "AT+CSQ"]);
});

test("at: a connection that is lost before the modem answers gets the answer in the next one", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  assert.equal(await rig.call(0, "at", "AT+COPS=?"), undefined);
  await rig.lose();
  await rig.connect();
  assert.deepEqual(await rig.call(0, "at", "AT+COPS=?", 1), { lines: ["answer to AT+COPS=?"] });
  assert.deepEqual(rig.done, ["AT+COPS=?"]);
});

/** Fixes that wait. */
function append(rig: ReturnType<typeof createCalls>, count: number): void {
  for (let i = 0; i < count; i++)
    assert.ok(rig.parts.queue.appendRecord(Uint8Array.of(Kind.Fix, ...Array(23).fill(1))));
}

function countWaiting(rig: ReturnType<typeof createCalls>): number {
  let count = 0;
  rig.parts.queue.takeRecords(() => ++count);
  rig.parts.queue.settleRecords(false);
  return count;
}

test("dropOutbox: all that waits, which is counted; what comes later stays", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  append(rig, 300);
  assert.deepEqual(await rig.call(0, "dropOutbox", {}, 1), { dropped: 300 });
  const { state, waiting } = rig.parts.journal;
  assert.equal(state[Word.Dropped], 300);
  assert.equal(waiting(), 0);
  append(rig, 5);
  await rig.start();
  assert.equal(rig.parts.journal.state[Word.Dropped], 300);
  assert.equal(rig.parts.journal.waiting(), 5);
  assert.deepEqual(await rig.call(0, "dropOutbox", {}, 1), { error: "done before, answer lost" });
  assert.equal(rig.parts.journal.waiting(), 5, "not twice");
  assert.deepEqual(await rig.call(1, "dropOutbox", {}, 1), { dropped: 5 });
  assert.deepEqual(await rig.call(1, "dropOutbox", {}, 1), { dropped: 5 });
  assert.deepEqual(await rig.call(2, "dropOutbox", {}, 1), { dropped: 0 });
});

test("dropOutbox: what is with the server, and what comes meanwhile, is not dropped", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  append(rig, 100);
  let room = 10;
  rig.parts.queue.takeRecords(() => room-- > 0);
  assert.equal(await rig.call(0, "dropOutbox"), undefined);
  append(rig, 3);
  await rig.run(1);
  await rig.settled();
  const [[, answer = ""] = []] = rig.far.published();
  assert.deepEqual(JSON.parse(answer), { dropped: 90 });
  assert.equal(rig.parts.queue.settleRecords(true), 10);
  assert.equal(rig.parts.journal.state[Word.Dropped], 90);
  assert.equal(countWaiting(rig), 3);
});

test("dropOutbox: a page that goes meanwhile is counted once", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  // Four blocks; the first of them goes when the ring comes round.
  append(rig, 4 * 167);
  const before = rig.parts.journal.state[Word.Dropped] as number;
  const kept = 4 * 167 - before;
  assert.equal(await rig.call(0, "dropOutbox"), undefined);
  append(rig, 167);
  await rig.run(1);
  await rig.settled();
  const [[, answer = ""] = []] = rig.far.published();
  const { dropped } = JSON.parse(answer) as { dropped: number };
  const lost = (rig.parts.journal.state[Word.Dropped] as number) - before;
  assert.ok(dropped < kept, `${dropped} of ${kept}`);
  assert.equal(countWaiting(rig), 167, "what came meanwhile");
  assert.equal(lost, kept, `${dropped} dropped`);
});

test("setSettings: an object of values; one that is refused is asked again, one that is taken is not", async (t) => {
  const rig = createCalls(t);
  await rig.start();
  const error = "interval_s: must be whole, 1 to 86400";
  assert.deepEqual(await rig.call(0, "setSettings", { interval_s: 0 }), { error });
  assert.deepEqual(await rig.call(0, "setSettings", { interval_s: 0 }), { error });
  for (let i = 0; i < 2; i++)
    assert.deepEqual(await rig.call(1, "setSettings", { interval_s: 5 }), { interval_s: 5 });
  for (const params of [undefined, null, 5, "interval_s", [], [5]])
    assert.deepEqual(await rig.call(2, "setSettings", params), { error: "params: use {name: value}" });
  assert.deepEqual(rig.done, ["interval 5"]);
});
