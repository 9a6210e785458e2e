/** With the payloads that a ThingsBoard 4.2.1 sent. */
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

const TOPICS = {
  1: {
    attributes: "v1/devices/me/attributes",
    request: "v1/devices/me/attributes/request/",
    response: "v1/devices/me/attributes/response/",
  },
  2: { attributes: "v2/a", request: "v2/a/req/", response: "v2/a/res/" },
};

describe("send_attributes", () => {
  for (const topics of [1, 2] as const)
    it(`true at PUBACK, topics ${topics}`, async () => {
      const far = await connected(topics);
      assert.equal(await far.client.send_attributes({ fw: "0.1.0", n: 5, o: { a: [1] } }), true);
      assert.deepEqual(far.published(), [[TOPICS[topics].attributes, '{"fw":"0.1.0","n":5,"o":{"a":[1]}}']]);
      assert.equal((far.received[0] as { qos: number }).qos, 1);
      await far.client.disconnect();
    });

  it("calls done; false while not connected", async () => {
    const far = await connected();
    const outcomes: boolean[] = [];
    far.client.send_attributes({ a: 1 }, (ok) => outcomes.push(ok));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    await far.client.disconnect();
    far.client.send_attributes({ a: 1 }, (ok) => outcomes.push(ok));
    assert.deepEqual([outcomes, far.client.last_error], [[true, false], "not connected"]);
  });

  it("throws at once on what the server would hang up for", async () => {
    const { client } = server();
    for (const values of [undefined, null, 5, "x", [], [{}], true, new Date(0)])
      assert.throws(() => client.send_attributes(values as never), { message: "values: use {}" });
  });
});

describe("request_attributes", () => {
  for (const topics of [1, 2] as const)
    it(`names go with commas, the answer is the server's, topics ${topics}`, async () => {
      const far = await connected(topics);
      const answer = far.client.request_attributes(["fw", "none"], ["interval_s", "cfg"]);
      const [topic, payload] = far.published()[0] as [string, string];
      const id = topic.replace(TOPICS[topics].request, "");
      assert.match(id, /^\d+$/);
      assert.equal(payload, '{"clientKeys":"fw,none","sharedKeys":"interval_s,cfg"}');
      far.publish(
        TOPICS[topics].response + id,
        '{"client":{"fw":"0.1.0"},"shared":{"interval_s":30,"big":"100000000000000000000","cfg":{"a":[1,2],"b":null}}}',
      );
      assert.deepEqual(await answer, {
        client: { fw: "0.1.0" },
        shared: { interval_s: 30, big: "100000000000000000000", cfg: { a: [1, 2], b: null } },
      });
      await far.client.disconnect();
    });

  const asked: [
    name: string,
    client: string[] | null | undefined,
    shared: string[] | null | undefined,
    payload: string,
  ][] = [
    ["shared ones alone", null, ["a"], '{"sharedKeys":"a"}'],
    ["client ones alone", ["a", "b c"], undefined, '{"clientKeys":"a,b c"}'],
    ["an empty list is as good as none", [], ["a"], '{"sharedKeys":"a"}'],
    ["all", undefined, undefined, "{}"],
  ];
  for (const [name, client_keys, shared_keys, payload] of asked)
    it(name, async () => {
      const far = await connected();
      const answer = far.client.request_attributes(client_keys, shared_keys);
      const [topic, sent] = far.published()[0] as [string, string];
      assert.equal(sent, payload);
      far.publish(topic.replace("request", "response"), "{}");
      assert.deepEqual(await answer, {});
      await far.client.disconnect();
    });

  it("throws at once on names that the server would not answer, or take for others", () => {
    const { client } = server();
    const message = "keys: use [names], without commas";
    for (const keys of ["a", {}, 5, true, [""], ["a", ""], ["a,b"], [5], [null]]) {
      assert.throws(() => client.request_attributes(keys as never), { message });
      assert.throws(() => client.request_attributes(undefined, keys as never), { message });
    }
  });
});

describe("changes of shared attributes", () => {
  const changes: [name: string, payload: string][] = [
    ["new values", '{"interval_s":60,"cfg":{"a":1}}'],
    [
      "all types",
      '{"s":10,"t":"mäh €😀 \\"q\\" \\\\ \\n","b":false,"l":9007199254740991,"d":0.1,"j":[1,"2"]}',
    ],
    ["deletions", '{"deleted":["interval_s","nope"]}'],
  ];
  for (const [name, payload] of changes)
    for (const topics of [1, 2] as const)
      it(`${name}: to the callback, and to the tracker before it, topics ${topics}`, async () => {
        const far = await connected(topics);
        const told: unknown[] = [];
        far.client.set_callback((topic, data) => told.push([topic, data]));
        far.client.onAttributes_ = (data) => told.push(data);
        far.publish(TOPICS[topics].attributes, payload);
        const data = JSON.parse(payload);
        assert.deepEqual(told, [data, [TOPICS[topics].attributes, data]]);
        await far.client.disconnect();
      });

  it("are told to the tracker where there is no callback; nothing else is", async () => {
    const far = await connected();
    const told: unknown[] = [];
    far.client.onAttributes_ = (data) => told.push(data);
    far.publish("v1/devices/me/attributes", '{"a":1}');
    far.publish("v1/devices/me/attributes/response/1", '{"shared":{"a":2}}');
    far.publish("v1/devices/me/rpc/request/1", '{"method":"a"}');
    assert.deepEqual(told, [{ a: 1 }]);
    await far.client.disconnect();
  });
});
