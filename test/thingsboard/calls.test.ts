import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { server } from "./server.ts";

async function connected(topics: 1 | 2 = 1) {
  const far = server({ topics });
  assert.equal(await far.client.connect(), true);
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  far.received.length = 0;
  return far;
}

describe("send_rpc_call", () => {
  for (const [topics, request, response] of [
    [1, "v1/devices/me/rpc/request/", "v1/devices/me/rpc/response/"],
    [2, "v2/r/req/", "v2/r/res/"],
  ] as const)
    it(`gives what the server's rules answer, topics ${topics}`, async () => {
      const far = await connected(topics);
      const answer = far.client.send_rpc_call("getTime", { zone: "Europe/Zürich" });
      const [topic, payload] = far.published()[0] as [string, string];
      assert.ok(topic.startsWith(request));
      assert.deepEqual(JSON.parse(payload), { method: "getTime", params: { zone: "Europe/Zürich" } });
      far.publish(topic.replace(request, response), '{"time":1795963118087}');
      assert.deepEqual(await answer, { time: 1795963118087 });
      await far.client.disconnect();
    });

  it("without params sends none", async () => {
    const far = await connected();
    far.client.send_rpc_call("m", undefined, () => {});
    assert.deepEqual(far.published()[0]?.[1], '{"method":"m"}');
    await far.client.disconnect();
  });

  const errors: [answer: string, text: string][] = [
    ['{"error":"timeout"}', "server says: timeout"],
    ['{"error":{"code":5}}', 'server says: {"code":5}'],
    ['{"error":404}', "server says: 404"],
  ];
  for (const [answer, text] of errors)
    it(`an error is a failure with its text: ${answer}`, async () => {
      const far = await connected();
      const told: unknown[] = [];
      far.client.send_rpc_call("m", {}, (...outcome) => told.push(outcome, far.client.last_error));
      far.publish(far.published()[0]?.[0].replace("request", "response") as string, answer);
      assert.deepEqual(told, [[false], text]);
      await far.client.disconnect();
    });

  for (const answer of ["5", "null", "true", '"text"', "[1]", '{"error":null}', '{"error":""}'])
    it(`any other answer is one: ${answer}`, async () => {
      const far = await connected();
      const told = far.client.send_rpc_call("m");
      far.publish(far.published()[0]?.[0].replace("request", "response") as string, answer);
      assert.deepEqual(await told, JSON.parse(answer));
      await far.client.disconnect();
    });

  it("throws at once where there is no method: the server would hang up", () => {
    const { client } = server();
    for (const method of [undefined, null, "", 5, {}])
      assert.throws(() => client.send_rpc_call(method as never), { message: "method: use a name" });
  });
});
