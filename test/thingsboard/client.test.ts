import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServerConfig } from "../../firmware/device-config.ts";
import { useNetwork } from "../../firmware/mqtt/connection.ts";
import { Reason } from "../../firmware/reason.ts";
import { TBDeviceMQTTClient, type Telemetry } from "../../firmware/thingsboard/client.ts";
import { fakeNetwork } from "../mqtt/fake-network.ts";
import { CONFIG, server } from "./server.ts";

/** Lets everything that waits for the network happen: each answer takes one turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function connected(changes: Partial<ServerConfig> = {}) {
  const far = server(changes);
  assert.equal(await far.client.connect(), true);
  await settled();
  far.received.length = 0;
  return far;
}

describe("settings", () => {
  it("CONNECT carries them", async () => {
    const far = server({ password: "secret", keep_alive: 300 });
    await far.client.connect();
    const { clientId, username, password, keepalive, clean, protocolVersion } = far.received[0] as never;
    assert.deepEqual(
      { clientId, username, password, keepalive, clean, protocolVersion },
      {
        clientId: "imei",
        username: "token",
        password: Buffer.from("secret"),
        keepalive: 300,
        clean: true,
        protocolVersion: 4,
      },
    );
    assert.equal(far.network.address, "tb:1883");
    await far.client.disconnect();
  });

  it("what is optional has a default", async () => {
    const network = fakeNetwork();
    useNetwork(network);
    const client = new TBDeviceMQTTClient({ host: "h", username: "t" });
    client.connect(() => {});
    network.up();
    assert.equal(network.address, "h:1883");
    network.expect("\x10\x0f\0\x04MQTT\x04\x82\0\x78\0\0\0\x01t");
    client.disconnect(() => {});
  });

  const wrong: [name: string, change: object, message: RegExp][] = [
    ["no host", { host: undefined }, /^server: host: must be plain text of 1 to 255$/],
    ["an empty host", { host: "" }, /^server: host: must be .*1 to 255$/],
    ["a host with a quote", { host: 'h"' }, /^server: host: must be .*1 to 255$/],
    ["a port as text", { port: "1883" }, /^server: port: must be whole, 0 to 65535$/],
    ["a port too high", { port: 65536 }, /^server: port: must be whole, 0 to 65535$/],
    ["a negative port", { port: -1 }, /^server: port: /],
    ["a fraction", { port: 18.83 }, /^server: port: /],
    ["no username", { username: undefined }, /^server: username: must be .*1 to 255$/],
    ["QoS 2", { qos: 2 }, /^server: qos: must be whole, 0 to 1$/],
    ["a client id of a number", { client_id: 5 }, /^server: client_id: /],
    ["a keep alive too long", { keep_alive: 65536 }, /^server: keep_alive: must be .*0 to 65535$/],
    ["unknown topics", { topics: 3 }, /^server: topics: must be whole, 1 to 2$/],
    ["tls as a boolean", { tls: true }, /^server: tls: must be whole, 0 to 2$/],
    ["tls without a root to trust", { tls: 1 }, /^server: ca: must be plain text of 1 to 255$/],
    ["a misspelt field", { user_name: "t" }, /^server: user_name: unknown/],
  ];
  for (const [name, change, message] of wrong)
    it(`${name} is refused at once, in one line`, () => {
      const settings: Record<string, unknown> = { ...CONFIG, ...change };
      for (const key of Object.keys(settings)) if (settings[key] === undefined) delete settings[key];
      assert.throws(() => new TBDeviceMQTTClient(settings as never), { message });
    });

  for (const settings of ["text", 7, true])
    it(`${JSON.stringify(settings)} for server_cfg is refused`, () => {
      assert.throws(() => new TBDeviceMQTTClient(settings as never), {
        message: "server: must be an object",
      });
    });

  it("a token or password that is refused is not repeated", () => {
    for (const field of ["username", "password"])
      assert.throws(
        () => new TBDeviceMQTTClient({ ...CONFIG, [field]: 'se"cret' }),
        (error: Error) => error.message.includes(field) && !error.message.includes("cret"),
      );
  });
});

describe("two clients", () => {
  const second = () => new TBDeviceMQTTClient({ ...CONFIG, client_id: "second" });

  it("one connects at a time; the other is told, and changes nothing", async () => {
    const { client, network, received } = await connected();
    const other = second();
    assert.deepEqual([client.status, other.status], [true, false]);
    assert.equal(await other.connect(), false);
    assert.equal(other.last_error, "modem in use");
    assert.equal(await other.send_telemetry({ a: 1 }), false);
    assert.equal(other.last_error, "not connected");
    assert.equal(await other.disconnect(), true);
    assert.deepEqual([client.status, client.last_error, other.status], [true, "", false]);
    assert.deepEqual(received, []);
    assert.equal(network.opened, 1);
    await client.disconnect();
  });

  it("the one that is connecting has it, too", async () => {
    const { client } = server();
    const outcome = client.connect();
    const other = second();
    assert.equal(await other.connect(), false);
    assert.equal(other.last_error, "modem in use");
    assert.equal(await outcome, true);
    await client.disconnect();
  });

  it("after the one disconnects the other can", async () => {
    const { client, received } = await connected();
    const other = second();
    await client.disconnect();
    received.length = 0;
    assert.equal(await other.connect(), true);
    assert.deepEqual([client.status, client.last_error, other.status], [false, "disconnected", true]);
    assert.equal((received[0] as { clientId: string }).clientId, "second");
    assert.equal(await client.connect(), false);
    assert.equal(client.last_error, "modem in use");
    await other.disconnect();
  });

  it("what one has in flight when its connection ends is not sent over the other's", async () => {
    const far = await connected();
    const other = second();
    far.answers = false;
    const outcome = far.client.send_telemetry({ a: 1 });
    far.network.down(Reason.LinkLost);
    far.received.length = 0;
    far.answers = true;
    assert.equal(await other.connect(), true);
    assert.equal(await outcome, false);
    await settled();
    assert.deepEqual(
      far.received.map(({ cmd }) => cmd),
      ["connect", "subscribe"],
    );
    await other.disconnect();
  });

  it("requests of one are not taken for the other's", async () => {
    const far = await connected();
    const ids: string[] = [];
    const other = second();
    const heard = (_topic: string, data: { id: string }) => ids.push(data.id);
    for (const it of [far.client, other]) it.set_callback(heard);
    far.publish("v1/devices/me/rpc/request/1", '{"method":"m"}');
    await far.client.disconnect();
    await other.connect();
    far.publish("v1/devices/me/rpc/request/1", '{"method":"m"}');
    assert.deepEqual(ids, ["1", "1"]);
    await other.disconnect();
  });
});

describe("connect and disconnect", () => {
  it("a Promise without done, nothing with it", async () => {
    const { client } = server();
    const outcomes: unknown[] = [];
    assert.equal(
      client.connect((ok) => outcomes.push(ok)),
      undefined,
    );
    await settled();
    assert.equal(
      client.disconnect((ok) => outcomes.push(ok)),
      undefined,
    );
    assert.deepEqual(outcomes, [true, true]);
    assert.ok(client.disconnect() instanceof Promise);
  });

  it("a wrong token is false, with the reason", async () => {
    const far = server();
    far.answers = false;
    const outcome = far.client.connect();
    await settled();
    far.network.respond("\x20\x02\0\x05");
    assert.equal(await outcome, false);
    assert.equal(far.client.last_error, "refused, check login");
  });

  it("an end that was not asked for is told to the tracker", async () => {
    const far = await connected();
    const ends: Reason[] = [];
    far.client.onClose_ = (reason) => ends.push(reason);
    far.network.down(Reason.ContextLost);
    assert.deepEqual(ends, [Reason.ContextLost]);
    assert.equal(far.client.status, false);
    await far.client.connect();
    await far.client.disconnect();
    assert.deepEqual(ends, [Reason.ContextLost]);
  });
});

describe("send_telemetry", () => {
  const sent: [name: string, data: Telemetry][] = [
    ["values", { Speed: 10 }],
    ["nothing", {}],
    ["values and their time", { ts: 1700000000000, values: { Speed: 10 } }],
    ["several", [{ ts: 1700000000000, values: { Speed: 10 } }, { Speed: 11 }]],
    ["text in any language", { Straße: "Zürich 東京 😀 \\u00e9" }],
  ];
  for (const [name, data] of sent)
    it(`${name}: true at PUBACK`, async () => {
      const far = await connected();
      assert.equal(await far.client.send_telemetry(data), true);
      const [topic, payload] = far.published()[0] as [string, string];
      assert.equal(topic, "v1/devices/me/telemetry");
      assert.deepEqual(JSON.parse(payload), data);
      await far.client.disconnect();
    });

  for (const text of ['{"Speed":10}', '[{"ts":1700000000000,"values":{"Speed":10}}]', "{}"])
    it(`JSON text goes, too: ${text}`, async () => {
      const far = await connected();
      assert.equal(await far.client.send_telemetry(text), true);
      assert.deepEqual(far.published(), [["v1/devices/me/telemetry", text]]);
      await far.client.disconnect();
    });

  it("what is none throws at once, and nothing is sent", async () => {
    const far = await connected();
    assert.throws(() => far.client.send_telemetry([]), { message: "data: use {} or [{}]" });
    assert.deepEqual(far.received, []);
    await far.client.disconnect();
  });

  it("what is too large is false, with the reason", async () => {
    const far = await connected();
    assert.equal(await far.client.send_telemetry({ a: "x".repeat(4096) }), false);
    assert.equal(far.client.last_error, "too large");
    assert.equal(await far.client.send_telemetry(`{"a":"${"x".repeat(4096)}"}`), false);
    await far.client.disconnect();
  });

  it("at QoS 0 true when the network took it", async () => {
    const far = await connected({ qos: 0 });
    far.answers = false;
    assert.equal(await far.client.send_telemetry({ a: 1 }), true);
    assert.equal((far.received[0] as { qos: number }).qos, 0);
    await far.client.disconnect();
  });

  it("while not connected: false, with the reason", async () => {
    const { client } = server();
    assert.equal(await client.send_telemetry({ a: 1 }), false);
    assert.equal(client.last_error, "not connected");
  });
});

describe("RPC", () => {
  const request = (
    far: ReturnType<typeof server>,
    id: number | string,
    method = "getPosition",
    prefix = "v1/devices/me/rpc/request/",
  ) => far.publish(`${prefix}${id}`, JSON.stringify({ method, params: { a: 1 } }));

  it("a request comes with its id, and the reply goes to it", async () => {
    const far = await connected();
    const calls: unknown[] = [];
    assert.equal(
      far.client.set_callback((...call) => calls.push(call)),
      true,
    );
    request(far, 102);
    assert.deepEqual(calls, [
      ["v1/devices/me/rpc/request/102", { method: "getPosition", params: { a: 1 }, id: "102" }],
    ]);
    assert.equal(await far.client.send_rpc_reply({ ok: 1 }, "102"), true);
    assert.equal(await far.client.send_rpc_reply("done", 103), true);
    assert.equal(await far.client.send_rpc_reply(undefined, 104), true);
    assert.deepEqual(far.published(), [
      ["v1/devices/me/rpc/response/102", '{"ok":1}'],
      ["v1/devices/me/rpc/response/103", '"done"'],
      ["v1/devices/me/rpc/response/104", "null"],
    ]);
    await far.client.disconnect();
  });

  it("a request the server sends again comes once, also after a reconnect", async () => {
    const far = await connected();
    const ids: string[] = [];
    far.client.set_callback((_topic, data) => ids.push(data.id));
    request(far, 1);
    request(far, 1);
    request(far, 2);
    far.network.down(Reason.LinkLost);
    await far.client.connect();
    request(far, 1);
    request(far, 2);
    request(far, 3);
    assert.deepEqual(ids, ["1", "2", "3"]);
    assert.equal(far.received.filter(({ cmd }) => cmd === "puback").length, 6, "all are acknowledged");
    await far.client.disconnect();
  });

  it("an answered id is forgotten: a server that was restarted counts from 0 again", async () => {
    const far = await connected();
    const ids: string[] = [];
    far.client.set_callback((_topic, { id }) => ids.push(id));
    request(far, 0);
    await far.client.send_rpc_reply({}, "0");
    request(far, 0);
    await far.client.send_rpc_reply({}, 0);
    request(far, 0);
    assert.deepEqual(ids, ["0", "0", "0"]);
    await far.client.disconnect();
  });

  it("an answered id is not taken for the start of another one, of a server that counts otherwise", async () => {
    const far = await connected();
    const ids: string[] = [];
    far.client.set_callback((_topic, { id }) => ids.push(id));
    request(far, "1 b");
    await far.client.send_rpc_reply({}, 1);
    request(far, "1 b");
    assert.deepEqual(ids, ["1 b"]);
    await far.client.disconnect();
  });

  it("a request whose reply did not get through comes again, as the server sends it again", async () => {
    const far = await connected();
    const ids: string[] = [];
    far.client.set_callback((_topic, { id }) => ids.push(id));
    request(far, 5);
    far.answers = false;
    const replied = far.client.send_rpc_reply({}, "5");
    await settled();
    far.network.down(Reason.LinkLost);
    assert.equal(await replied, false);
    far.answers = true;
    await far.client.connect();
    request(far, 5);
    assert.equal(await far.client.send_rpc_reply({}, "5"), true);
    assert.deepEqual(ids, ["5", "5"]);
    await far.client.disconnect();
  });

  it("an unanswered request's number may be another request's: a server that was restarted counts from 0", async () => {
    const far = await connected();
    const methods: string[] = [];
    far.client.set_callback((_topic, { method }) => methods.push(method));
    request(far, 0, "one");
    request(far, 0, "other");
    request(far, 0, "one");
    assert.deepEqual(methods, ["one", "other"]);
    await far.client.disconnect();
  });

  it("a hundred that waited are all answered in one connection, and acknowledged", async () => {
    for (const qos of [1, 0] as const) {
      const far = await connected({ qos });
      far.client.set_callback((_topic, { id }) => void far.client.send_rpc_reply({ ok: id }, id));
      for (let id = 0; id < 100; id++) request(far, id);
      await settled();
      const replies = far.published().map(([topic]) => topic);
      assert.deepEqual(
        replies,
        Array.from({ length: 100 }, (_, id) => `v1/devices/me/rpc/response/${id}`),
      );
      assert.equal(far.received.filter(({ cmd }) => cmd === "puback").length, 100);
      assert.equal(far.network.opened, 1);
      await far.client.disconnect();
    }
  });

  const LARGE = {
    "is too large": "y".repeat(4200),
    "is larger than memory once it is read": "y".repeat(2000),
    "has too many numbers": Array(300).fill(1),
    "has too many members": Object.fromEntries(Array.from({ length: 150 }, (_, i) => [i, []])),
    "is too deep": JSON.parse("[".repeat(300) + "]".repeat(300)),
  };
  for (const [name, params] of Object.entries(LARGE))
    it(`one that ${name} gets an error, is acknowledged, and ends nothing`, async () => {
      const far = await connected();
      const calls: unknown[] = [];
      far.client.set_callback((...call) => calls.push(call));
      far.publish("v1/devices/me/rpc/request/5", JSON.stringify({ method: "x", params }));
      far.publish("elsewhere", JSON.stringify(params));
      await settled();
      assert.deepEqual(far.published(), [["v1/devices/me/rpc/response/5", '{"error":"too large"}']]);
      assert.equal(far.received.filter(({ cmd }) => cmd === "puback").length, 2);
      assert.deepEqual([calls, far.client.status], [[], true]);
      await far.client.disconnect();
    });

  it("the last 8 requests are remembered", async () => {
    const far = await connected();
    const ids: string[] = [];
    far.client.set_callback((_topic, { id }) => ids.push(id));
    for (let id = 0; id < 9; id++) request(far, id);
    request(far, 1);
    request(far, 0);
    assert.deepEqual(ids, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "0"]);
    await far.client.disconnect();
  });

  it("short topics", async () => {
    const far = await connected({ topics: 2 });
    const calls: unknown[] = [];
    far.client.set_callback((...call) => calls.push(call));
    request(far, 7, "m", "v2/r/req/");
    await far.client.send_rpc_reply({}, "7");
    await far.client.send_telemetry({ a: 1 });
    assert.deepEqual(calls, [["v2/r/req/7", { method: "m", params: { a: 1 }, id: "7" }]]);
    assert.deepEqual(far.published(), [
      ["v2/r/res/7", "{}"],
      ["v2/t", '{"a":1}'],
    ]);
    await far.client.disconnect();
  });

  it("it subscribes to requests and attributes, at QoS 1, in one packet", async () => {
    for (const [topics, ...filters] of [
      [1, "v1/devices/me/rpc/request/+", "v1/devices/me/attributes"],
      [2, "v2/r/req/+", "v2/a"],
    ] as const) {
      const far = server({ topics, qos: 0 });
      await far.client.connect();
      await settled();
      assert.deepEqual(
        far.received.flatMap((it) => (it.cmd === "subscribe" ? [it.subscriptions] : [])),
        [filters.map((topic) => ({ topic, qos: 1 }))],
      );
      await far.client.disconnect();
    }
  });

  const NONE = ["plain text", "5", "null", '"text"', "true", "", "{", "{}", "[]", '{"method":5}'];
  for (const payload of [...NONE, Buffer.from("ff00c3", "hex")])
    it(`a request that asks for nothing gets an error: ${payload}`, async () => {
      const far = await connected();
      const calls: unknown[] = [];
      far.client.set_callback((...call) => calls.push(call));
      far.publish("v1/devices/me/rpc/request/1", payload);
      await settled();
      assert.deepEqual(far.published(), [["v1/devices/me/rpc/response/1", '{"error":"no method"}']]);
      assert.equal(far.received.filter(({ cmd }) => cmd === "puback").length, 1);
      assert.deepEqual([calls, far.client.last_error], [[], ""]);
      await far.client.disconnect();
    });

  for (const id of ["__proto__", "constructor", "toString", "hasOwnProperty", "a b"])
    it(`an id that is a word has its reply, at once and later: ${id}`, async () => {
      const far = await connected();
      const ids: string[] = [];
      const topic = `v1/devices/me/rpc/request/${id}`;
      far.client.set_callback((_topic, data) => {
        ids.push(data.id);
        if (data.method === "now") far.client.send_rpc_reply({ ok: 1 }, data.id);
      });
      far.publish(topic, '{"method":"now"}');
      far.publish(topic, '{"method":"later"}');
      far.publish(topic, '{"method":"later"}');
      far.publish("v1/devices/me/rpc/request/1", '{"method":"later"}');
      await far.client.send_rpc_reply({ ok: 2 }, id);
      assert.deepEqual(ids, [id, id, "1"]);
      assert.deepEqual(far.published(), [
        [`v1/devices/me/rpc/response/${id}`, '{"ok":1}'],
        [`v1/devices/me/rpc/response/${id}`, '{"ok":2}'],
      ]);
      assert.throws(() => far.client.send_rpc_reply({}, id), /request_id/, "nobody asked any more");
      await far.client.disconnect();
    });

  it("what is not JSON comes as it is, from other topics", async () => {
    const far = await connected();
    const data: unknown[] = [];
    far.client.set_callback((_topic, it) => data.push(it));
    for (const payload of ["plain text", "Zürich", "5", "null", '"text"', "true", "", "{"])
      far.publish("v1/devices/me/attributes", payload);
    far.publish("v1/devices/me/attributes", Buffer.from("ff00c3", "hex"));
    assert.deepEqual(data, ["plain text", "Zürich", 5, null, "text", true, "", "{", "\xff\0\xc3"]);
    assert.equal(far.client.last_error, "");
    await far.client.disconnect();
  });

  it("other topics are no requests, though they look like one", async () => {
    const far = await connected();
    const calls: unknown[] = [];
    far.client.set_callback((...call) => calls.push(call));
    for (const topic of ["v2/r/req/1", "v1/devices/me/rpc/response/1", "x/v1/devices/me/rpc/request/1"]) {
      far.publish(topic, '{"method":"m"}');
      assert.deepEqual(calls.splice(0), [[topic, { method: "m" }]]);
    }
    await far.client.disconnect();
  });

  it("other topics come without an id, as often as they are sent", async () => {
    const far = await connected();
    const calls: unknown[] = [];
    far.client.set_callback((...call) => calls.push(call));
    for (let i = 0; i < 2; i++) far.publish("straße/1", '{"a":"é"}');
    assert.deepEqual(calls, [
      ["straße/1", { a: "é" }],
      ["straße/1", { a: "é" }],
    ]);
    await far.client.disconnect();
  });

  it("a request without a callback is acknowledged and forgotten", async () => {
    const far = await connected();
    request(far, 1);
    assert.equal(far.received[0]?.cmd, "puback");
    await far.client.disconnect();
  });

  it("a callback that is no function is refused, as the manual has it: with false", async () => {
    const far = await connected();
    const calls: unknown[] = [];
    far.client.set_callback((...call) => calls.push(call));
    assert.equal(far.client.set_callback("f" as never), false);
    request(far, 1);
    assert.equal(calls.length, 1, "the one before stays");
    await far.client.disconnect();
  });

  it("wrong arguments throw at once", async () => {
    const { client } = server();
    for (const id of ["", "x", "1/2", "+", undefined, "1e3", "-1", "1.5", " 1", "Infinity", Number.NaN])
      assert.throws(() => client.send_rpc_reply({}, id as never), {
        message: "request_id: use a number",
      });
  });
});
