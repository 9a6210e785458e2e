/** A firmware package by MQTT, as a ThingsBoard 4.2.1 serves it, and when it does not. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { install } from "@sinonjs/fake-timers";
import { Reason } from "../../firmware/reason.ts";
import { Limit, loadChunks } from "../../firmware/thingsboard/chunks.ts";
import { type Server, server } from "./server.ts";

const clock = install({ toFake: ["setTimeout", "clearTimeout"] });
let last: Server | undefined;
afterEach(() => void last?.client.disconnect());

const SIZE = 1300;
/** Bytes of all values, which happen to be no JSON and no UTF-8. */
const BYTES = Buffer.from(Array.from({ length: SIZE }, (_, i) => (i * 7) % 256));

/** A client that loads a package from `from` on. */
async function loading({ from = 0, take = (_bytes: string, _at: number): string => "" } = {}) {
  const far = server();
  assert.equal(await far.client.connect(), true);
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  far.received.length = 0;
  const told: string[] = [];
  const got: Buffer[] = [];
  const heard: unknown[] = [];
  far.client.set_callback((topic, data) => heard.push([topic, data]));
  const chunks = loadChunks(
    far.client,
    7,
    from,
    SIZE,
    (bytes, at) => {
      assert.equal(at, from + Buffer.concat(got).length);
      got.push(Buffer.from(bytes, "latin1"));
      return take(bytes, at);
    },
    (fault) => told.push(fault),
  );
  last = far;
  return {
    far,
    chunks,
    told,
    heard,
    got: () => Buffer.concat(got),
    /** What it asked for since the last time. */
    asked: () =>
      far.received.splice(0).flatMap((it) => (it.cmd === "publish" ? [`${it.topic} ${it.payload}`] : [])),
    /** The server's answer to what is asked for: the chunk, or other bytes. */
    answer(number: number, bytes = BYTES.subarray(512 * number, 512 * (number + 1)), id = 7) {
      far.publish(`v2/fw/response/${id}/chunk/${number}`, Buffer.from(bytes));
    },
    /** The link is lost, and there again. */
    async reconnect() {
      far.network.down(Reason.LinkLost);
      assert.equal(await far.client.connect(), true);
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      chunks.resume_();
    },
  };
}

describe("chunks", () => {
  it("are asked for one after the other, at QoS 0, until all are there", async () => {
    const { far, told, asked, answer, got, heard } = await loading();
    assert.equal((far.received[0] as { qos: number }).qos, 0);
    assert.deepEqual(asked(), ["v2/fw/request/7/chunk/0 512"]);
    answer(0);
    assert.deepEqual(asked(), ["v2/fw/request/7/chunk/1 512"]);
    answer(1);
    assert.deepEqual([asked(), told], [["v2/fw/request/7/chunk/2 512"], []]);
    answer(2);
    assert.deepEqual([asked(), told], [[], [""]]);
    assert.deepEqual(got(), BYTES);
    assert.deepEqual([heard, clock.countTimers()], [[], 0]);
    // It is a message like any other again.
    answer(2, Buffer.from("5"));
    assert.deepEqual(heard, [["v2/fw/response/7/chunk/2", 5]]);
  });

  it("leave all else to the client meanwhile", async () => {
    const { far, heard, asked, answer } = await loading();
    far.publish("v1/devices/me/attributes", '{"interval_s":60}');
    answer(0);
    assert.deepEqual(heard, [["v1/devices/me/attributes", { interval_s: 60 }]]);
    assert.equal(asked().length, 2);
  });

  it("that are there already are not loaded again, be it in the midst of one", async () => {
    for (const from of [512, 516, 1020]) {
      const { asked, answer, got, told } = await loading({ from });
      assert.deepEqual(asked(), ["v2/fw/request/7/chunk/1 512"]);
      answer(1);
      answer(2);
      assert.deepEqual(got(), BYTES.subarray(from));
      assert.deepEqual(told, [""]);
    }
  });

  it("that come late, twice, or of another download count for nothing", async () => {
    const { asked, answer, got, told } = await loading();
    answer(1);
    answer(0, undefined, 8);
    answer(0);
    answer(0);
    assert.equal(got().length, 512);
    assert.deepEqual(asked(), ["v2/fw/request/7/chunk/0 512", "v2/fw/request/7/chunk/1 512"]);
    assert.deepEqual(told, []);
  });

  it("that are too short, or too long, are asked for by another number, five times at most", async () => {
    const { asked, answer, got, told } = await loading();
    answer(0);
    asked();
    answer(1, BYTES.subarray(0, 100));
    assert.deepEqual(asked(), ["v2/fw/request/8/chunk/1 512"]);
    // The server's cache has let go of it.
    answer(1, Buffer.alloc(0), 8);
    assert.deepEqual(asked(), ["v2/fw/request/9/chunk/1 512"]);
    answer(1, BYTES.subarray(0, 513), 9);
    answer(1, undefined, 10);
    assert.deepEqual(asked(), ["v2/fw/request/10/chunk/1 512", "v2/fw/request/10/chunk/2 512"]);
    assert.equal(got().length, 1024);
    for (let id = 10; id < 10 + Limit.Tries; id++) answer(2, Buffer.alloc(0), id);
    assert.deepEqual(told, ["a chunk of 0 bytes"]);
    assert.equal(asked().length, Limit.Tries - 1);
  });

  it("that do not come are asked for again at their deadline, five times in all", async () => {
    const { asked, told, answer } = await loading();
    answer(0);
    asked();
    for (let tries = 1; tries < Limit.Tries; tries++) {
      await clock.tickAsync(Limit.Answer_ms - 1);
      assert.deepEqual(asked(), []);
      await clock.tickAsync(1);
      assert.deepEqual([asked(), told], [["v2/fw/request/7/chunk/1 512"], []]);
    }
    await clock.tickAsync(Limit.Answer_ms);
    assert.deepEqual([told, clock.countTimers()], [["no answer from the server"], 0]);
  });

  it("go on where they were after a lost link, with no wait in between", async () => {
    const { asked, answer, reconnect, got, told } = await loading();
    answer(0);
    asked();
    await reconnect();
    assert.deepEqual(asked(), ["v2/fw/request/7/chunk/1 512"]);
    answer(1);
    answer(2);
    assert.deepEqual([got(), told], [BYTES, [""]]);
  });

  it("are not asked for without a link, however long that takes", async () => {
    const { far, asked, told } = await loading();
    asked();
    far.network.down(Reason.LinkLost);
    await clock.tickAsync(100 * Limit.Answer_ms);
    assert.deepEqual([asked(), told, clock.countTimers()], [[], [], 0]);
  });

  it("are given up when each time the link is lost in place of one", async () => {
    const { reconnect, told } = await loading();
    for (let tries = 1; tries < Limit.Tries; tries++) await reconnect();
    assert.deepEqual(told, []);
    await reconnect();
    assert.equal(told.length, 1);
  });

  it("end with the server's own word where it has none", async () => {
    const { far, told } = await loading();
    far.publish("v2/fw/error", "NOT_FOUND");
    assert.deepEqual(told, ["server says: NOT_FOUND"]);
  });

  it("end where they are not taken, and when they are stopped", async () => {
    const { asked, answer, told } = await loading({ take: (_, at) => (at ? "flash worn" : "") });
    answer(0);
    answer(1);
    assert.deepEqual([told, asked().length], [["flash worn"], 2]);
    const other = await loading();
    other.chunks.stop_();
    other.answer(0);
    assert.deepEqual([other.told, other.got().length, clock.countTimers()], [[], 0, 0]);
    assert.equal(other.heard.length, 1);
  });
});
