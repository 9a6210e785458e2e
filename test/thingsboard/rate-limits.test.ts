import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { askLimits, Question } from "../../firmware/thingsboard/rate-limits.ts";
import { Limit, requests } from "../../firmware/thingsboard/requests.ts";
import { server } from "./server.ts";

const TOPICS = "v1/devices/me/rpc/";
const QUESTION = '{"method":"getSessionLimits"}';
const LIMITS = { messages: "200:1,6000:60", telemetryMessages: null, telemetryDataPoints: "20:60" };

async function connected(topics: 1 | 2 = 1) {
  const far = server({ topics });
  const told: unknown[] = [];
  const heard: string[] = [];
  far.client.set_callback((topic) => heard.push(topic));
  const connect = async () => {
    assert.equal(await far.client.connect(), true);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    far.received.length = 0;
  };
  /** Asks; gives the question's number, "" if there was none. */
  const ask = (): string => {
    far.received.length = 0;
    askLimits(far.client, (answer) => told.push(answer));
    const [topic, payload] = far.published()[0] ?? ["", QUESTION];
    assert.equal(payload, QUESTION);
    assert.ok(!topic || topic.startsWith(`${TOPICS}request/`), topic);
    return topic.replace(`${TOPICS}request/`, "");
  };
  const answer = (id: string, payload: string) => far.publish(`${TOPICS}response/${id}`, payload);
  await connect();
  return { ...far, far, told, heard, connect, ask, answer };
}

describe("the server's limits", () => {
  for (const topics of [1, 2] as const)
    it(`are asked for at QoS 0 on the one topic there is for it, once a connection, topics ${topics}`, async () => {
      const { far, client, told, heard, ask, answer } = await connected(topics);
      const id = ask();
      assert.ok(id);
      assert.equal((far.received[0] as { qos: number }).qos, 0);
      answer(id, JSON.stringify({ maxPayloadSize: 65536, rateLimits: LIMITS }));
      assert.deepEqual(told, [{ maxPayloadSize: 65536, rateLimits: LIMITS }]);
      assert.deepEqual(heard, [], "which is no message to the callback");
      assert.equal(ask(), "");
      await client.disconnect();
    });

  it("are asked for again in the next connection", async () => {
    const { client, network, connect, ask, answer } = await connected();
    for (let i = 0; i < 3; i++) {
      const id = ask();
      assert.ok(id);
      answer(id, '{"rateLimits":{}}');
      network.down(Reason.LinkLost);
      await connect();
    }
    await client.disconnect();
  });

  it("are never asked for again when the connection ended before the answer", async () => {
    const { far, client, network, connect, ask } = await connected();
    assert.ok(ask());
    for (let i = 0; i < 3; i++) {
      network.down(Reason.ClosedByServer);
      await connect();
      assert.equal(ask(), "");
      assert.deepEqual(far.received, [], "nor is the question sent again");
    }
    await client.disconnect();
  });

  it("nor where the server knows no such method", async () => {
    const { client, told, network, connect, ask, answer } = await connected();
    answer(ask(), '{"error":"timeout"}');
    network.down(Reason.LinkLost);
    await connect();
    assert.deepEqual([told, ask()], [[], ""]);
    await client.disconnect();
  });

  it("wait until there is room for the question", async () => {
    const { client, ask } = await connected();
    while (requests.length < Limit.Requests) client.send_rpc_call("m", {}, () => {});
    assert.equal(ask(), "");
    assert.equal(client.question_, Question.Due);
    await client.disconnect();
  });

  const others: [name: string, topic: (id: string) => string][] = [
    ["on a request's topic", (id) => `v1/devices/me/rpc/request/${id}`],
    ["on another answer's", (id) => `v1/devices/me/rpc/response/${Number(id) - 1}`],
    ["on the attributes'", () => "v1/devices/me/attributes"],
  ];
  for (const [name, topic] of others)
    it(`are not what says something else: ${name}`, async () => {
      const { far, client, told, ask } = await connected();
      far.publish(topic(ask()), '{"rateLimits":{"messages":"1:1"}}');
      assert.deepEqual(told, []);
      await client.disconnect();
    });

  it("nobody asked for are a message like any other", async () => {
    const { client, told, heard, answer } = await connected();
    answer("99999", JSON.stringify({ rateLimits: LIMITS }));
    assert.deepEqual([told, heard], [[], [`${TOPICS}response/99999`]]);
    await client.disconnect();
  });

  it("the question that a broker gives back is no request", async () => {
    const { far, client, heard, ask } = await connected();
    const topic = `${TOPICS}request/${ask()}`;
    far.publish(topic, QUESTION);
    assert.deepEqual([heard, far.published()], [[], [[topic, QUESTION]]]);
    // A server may have come as far as that with its own.
    far.publish(topic, '{"method":"getPosition"}');
    assert.deepEqual(heard, [topic]);
    await client.disconnect();
  });
});
