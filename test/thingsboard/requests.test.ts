/** What attributes and calls have in common: numbers, deadlines, bounds, the end of a connection. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { install } from "@sinonjs/fake-timers";
import { Reason } from "../../firmware/reason.ts";
import { Limit, requests } from "../../firmware/thingsboard/requests.ts";
import { server } from "./server.ts";

const clock = install({ toFake: ["setTimeout", "clearTimeout"] });

/** A client that is connected, and what became of what it asked for, by name. */
async function connected(topics: 1 | 2 = 1) {
  const far = server({ topics });
  const told: string[] = [];
  const connect = async () => {
    assert.equal(await far.client.connect(), true);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    far.received.length = 0;
  };
  await connect();
  assert.deepEqual(requests, []);
  return {
    far,
    client: far.client,
    told,
    connect,
    /** Calls a method; gives the call's number, "" if it was not sent. */
    call(method: string): string {
      const before = far.published().length;
      far.client.send_rpc_call(method, undefined, (ok, answer) =>
        told.push(`${method} ${ok ? JSON.stringify(answer) : far.client.last_error}`),
      );
      return far.published()[before]?.[0].replace(/.*\//, "") ?? "";
    },
    answer: (id: string, payload: string) => far.publish(`v1/devices/me/rpc/response/${id}`, payload),
  };
}

describe("requests", () => {
  it("get the answer with their number, in whatever order, on whatever of the topics", async () => {
    for (const topics of [1, 2] as const) {
      const { far, client, told, call } = await connected(topics);
      const [a, b, c] = [call("a"), call("b"), call("c")];
      far.publish(`v2/r/res/${c}`, '"C"');
      far.publish(`v1/devices/me/rpc/response/${a}`, '{"a":[1,null]}');
      far.publish(`v1/devices/me/rpc/response/${b}`, "");
      assert.deepEqual(told, ['c "C"', 'a {"a":[1,null]}', 'b ""']);
      assert.deepEqual(requests, []);
      await client.disconnect();
    }
  });

  it("have numbers far from those of the server's calls, and never the same one again", async () => {
    const { client, connect, call } = await connected();
    const first = Number(call("a"));
    assert.ok(first > 50_000 && first < 1 << 30);
    await client.disconnect();
    await connect();
    assert.equal(call("a"), `${first + 1}`);
    await client.disconnect();
  });

  it("go at QoS 0: the answer is the acknowledgement", async () => {
    const { far, client, call } = await connected();
    call("a");
    assert.equal((far.received[0] as { qos: number }).qos, 0);
    await client.disconnect();
  });

  it("that have no answer fail at their deadline, and the connection stays", async () => {
    const { far, client, told, call, answer } = await connected();
    const heard: string[] = [];
    client.set_callback((topic) => heard.push(topic));
    const id = call("a");
    await clock.tickAsync(Limit.Answer - 1);
    assert.deepEqual(told, []);
    await clock.tickAsync(1);
    assert.deepEqual(told, ["a no answer from the server"]);
    assert.equal(client.status, true);
    // Late, it is a message like any other.
    answer(id, "1");
    assert.deepEqual([told.length, heard], [1, [`v1/devices/me/rpc/response/${id}`]]);
    assert.equal(far.network.closed, 0);
    await client.disconnect();
  });

  it("fail once, and at once, when the connection is lost; none is sent again", async () => {
    const { far, client, told, connect, call } = await connected();
    const [a] = [call("a"), call("b")];
    far.network.down(Reason.ClosedByServer);
    assert.deepEqual(told, ["a closed by server", "b closed by server"]);
    await connect();
    assert.deepEqual(far.published(), []);
    far.publish(`v1/devices/me/rpc/response/${a}`, "1");
    await clock.tickAsync(2 * Limit.Answer);
    assert.equal(told.length, 2);
    await client.disconnect();
  });

  it("fail when it is left, too", async () => {
    const { client, told, call } = await connected();
    call("a");
    await client.disconnect();
    assert.deepEqual(told, ["a disconnected"]);
    assert.equal(call("b"), "");
    assert.deepEqual(told, ["a disconnected", "b not connected"]);
    assert.deepEqual(requests, []);
  });

  it("that the socket does not take fail with the connection", async () => {
    const { far, client, told, call } = await connected();
    far.network.room = 0;
    call("a");
    far.network.down(Reason.LinkLost);
    assert.deepEqual(told, ["a link lost"]);
    assert.deepEqual(requests, []);
    await client.disconnect();
  });

  it("are bounded in number", async () => {
    const { client, told, call, answer } = await connected();
    const ids = Array.from({ length: Limit.Requests }, (_, i) => call(`${i}`));
    assert.equal(call("more"), "");
    assert.deepEqual(told.splice(0), ["more busy"]);
    answer(ids[1] as string, "1");
    assert.ok(call("more"));
    await client.disconnect();
  });

  it("fail when the answer is too large, or has too many values", async () => {
    const { client, told, call, answer } = await connected();
    answer(call("a"), JSON.stringify("x".repeat(4000)));
    answer(call("b"), JSON.stringify(Array(300).fill(1)));
    assert.deepEqual(told, ["a too large", "b too large"]);
    assert.equal(client.status, true);
    await client.disconnect();
  });

  it("that are too large themselves are not sent", async () => {
    const { client, told, call } = await connected();
    assert.equal(call("m".repeat(5000)), "");
    assert.match(told[0] as string, / too large$/);
    assert.deepEqual(requests, []);
    await client.disconnect();
  });

  it("whose done throws disturb nobody", async () => {
    const { far, client, told, call } = await connected();
    const throws = () => {
      throw Error("mine");
    };
    client.send_rpc_call("a", {}, throws);
    client.send_rpc_call("b", {}, throws);
    far.publish(`v1/devices/me/rpc/response/${requests[0]?.id_}`, "1");
    assert.equal(client.last_error, "callback: Error: mine");
    await clock.tickAsync(Limit.Answer);
    client.send_rpc_call("c", {}, throws);
    call("d");
    far.network.down(Reason.LinkLost);
    assert.equal(told.length, 1);
    assert.match(told[0] as string, /^d /);
    await client.disconnect();
  });

  it("may be made when others fail: who connects again at once is not told of the end", async () => {
    const { far, client } = await connected();
    const ends: unknown[] = [];
    client.onClose_ = (reason) => ends.push(reason);
    client.send_rpc_call("a", {}, (ok) => {
      if (!ok) client.send_rpc_call("b", {}, (its) => ends.push(its));
    });
    far.network.down(Reason.LinkLost);
    assert.deepEqual(ends, [false, Reason.LinkLost]);
    assert.deepEqual(requests, []);
    await client.disconnect();
  });

  it("that a broker gives back are no calls of the server", async () => {
    const { far, client, told, call, answer } = await connected();
    const heard: string[] = [];
    client.set_callback((topic) => heard.push(topic));
    const id = call("a");
    const [topic, payload] = far.published()[0] as [string, string];
    far.publish(topic, payload);
    assert.deepEqual([heard, told, far.published().length], [[], [], 1]);
    answer(id, "1");
    assert.deepEqual(told, ["a 1"]);
    await client.disconnect();
  });

  it("without done give a Promise of the answer, undefined where there is none", async () => {
    const { far, client } = await connected();
    const answers = [client.send_rpc_call("a"), client.request_attributes(null, ["k"])] as const;
    const ids = far.published().map(([topic]) => topic.replace(/.*\//, ""));
    far.publish(`v1/devices/me/rpc/response/${ids[0]}`, "false");
    far.publish(`v1/devices/me/attributes/response/${ids[1]}`, '{"shared":{"k":1}}');
    assert.deepEqual(await Promise.all(answers), [false, { shared: { k: 1 } }]);
    const lost = client.send_rpc_call("a");
    far.network.down(Reason.LinkLost);
    assert.equal(await lost, undefined);
    assert.equal(client.last_error, "link lost");
    await client.disconnect();
  });
});
