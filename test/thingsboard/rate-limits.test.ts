import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { askLimits, isAnswer, newConnection } from "../../firmware/thingsboard/rate-limits.ts";
import { server } from "./server.ts";

const QUESTION = ["v1/devices/me/rpc/request/99999", '{"method":"getSessionLimits"}'];
const ANSWER = "v1/devices/me/rpc/response/99999";
const LIMITS = { messages: "200:1,6000:60", telemetryMessages: null, telemetryDataPoints: "20:60" };

async function connected(topics: 1 | 2 = 1) {
  const far = server({ topics });
  const told: unknown[] = [];
  far.client.set_callback((topic) => told.push(isAnswer(far.client, topic)));
  const connect = async () => {
    assert.equal(await far.client.connect(), true);
    newConnection(far.client);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    far.received.length = 0;
  };
  await connect();
  return { ...far, far, told, connect };
}

describe("the server's limits", () => {
  for (const topics of [1, 2] as const)
    it(`are asked for at QoS 0 on the one topic there is for it, once a connection, topics ${topics}`, async () => {
      const { far, client, told } = await connected(topics);
      askLimits(client);
      assert.deepEqual(far.published(), [QUESTION]);
      assert.equal((far.received[0] as { qos: number }).qos, 0);
      far.publish(ANSWER, JSON.stringify({ maxPayloadSize: 65536, rateLimits: LIMITS }));
      assert.deepEqual(told, [true]);
      askLimits(client);
      assert.equal(far.published().length, 1);
      await client.disconnect();
    });

  it("are asked for again in the next connection", async () => {
    const { far, client, network, connect } = await connected();
    for (let i = 0; i < 3; i++) {
      askLimits(client);
      assert.deepEqual(far.published(), [QUESTION]);
      far.publish(ANSWER, '{"rateLimits":{}}');
      network.down(Reason.LinkLost);
      await connect();
    }
    await client.disconnect();
  });

  it("are never asked for again when the connection ended before the answer", async () => {
    const { far, client, network, connect } = await connected();
    askLimits(client);
    for (let i = 0; i < 3; i++) {
      network.down(Reason.ClosedByServer);
      await connect();
      askLimits(client);
      assert.deepEqual(far.received, [], "nor is the question sent again");
    }
    await client.disconnect();
  });

  const others: [name: string, topic: string, payload: string][] = [
    ["on a request's topic", "v1/devices/me/rpc/request/1", '{"rateLimits":{"messages":"1:1"}}'],
    ["on another answer's", "v1/devices/me/rpc/response/1", '{"rateLimits":{"messages":"1:1"}}'],
    ["on the attributes'", "v1/devices/me/attributes", '{"rateLimits":{"messages":"1:1"}}'],
  ];
  for (const [name, topic, payload] of others)
    it(`are not what says something else: ${name}`, async () => {
      const { far, client, told } = await connected();
      askLimits(client);
      far.publish(topic, payload);
      assert.ok(told.every((it) => it === false));
      await client.disconnect();
    });

  it("nobody asked for are none", async () => {
    const { far, client, told } = await connected();
    far.publish(ANSWER, JSON.stringify({ rateLimits: LIMITS }));
    assert.deepEqual(told, [false]);
    await client.disconnect();
  });

  it("the question that a broker gives back is no request", async () => {
    const { far, client, told } = await connected();
    askLimits(client);
    far.publish(QUESTION[0] as string, QUESTION[1] as string);
    assert.deepEqual([told, far.published()], [[], [QUESTION]]);
    // A server may have come as far as that with its own.
    far.publish(QUESTION[0] as string, '{"method":"getPosition"}');
    assert.deepEqual(told, [false]);
    await client.disconnect();
  });
});
