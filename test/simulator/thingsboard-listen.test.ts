import assert from "node:assert/strict";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import mqtt from "mqtt";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { createHttpApi } from "../../scripts/simulator/thingsboard/http-api.ts";
import { RpcError } from "../../scripts/simulator/thingsboard/rpc.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";

/** A stand-in on free loopback ports, closed after the test. */
async function listening(t: TestContext) {
  const server = createThingsBoard({ devices: [{ name: "my tracker", token: "T1" }] });
  const { mqttPort, httpPort } = await server.listen({ mqttPort: 0, httpPort: 0 });
  t.after(() => server.close());
  const api = `http://127.0.0.1:${httpPort}/api`;
  return {
    server,
    mqttPort,
    get: async (path: string): Promise<unknown> => (await fetch(api + path)).json(),
    status: async (path: string, init?: RequestInit): Promise<number> =>
      (await fetch(api + path, init)).status,
    post: (path: string, body: unknown) => fetch(api + path, { method: "POST", body: JSON.stringify(body) }),
    stream: (path: string, signal: AbortSignal) => fetch(api + path, { signal }),
    device: async () => {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
        username: "T1",
        reconnectPeriod: 0,
      });
      t.after(() => client.end(true));
      return client;
    },
  };
}

test("an ordinary MQTT client reports over TCP and the HTTP API shows it", async (t) => {
  const { get, device } = await listening(t);
  assert.deepEqual(await get("/devices"), [{ name: "my tracker", connected: false }]);
  const client = await device();
  for (const ts of [1000, 2000, 3000])
    await client.publishAsync(
      "v1/devices/me/telemetry",
      JSON.stringify({ ts, values: { a: ts / 2, b: "x" } }),
      { qos: 1 },
    );
  await client.publishAsync("v1/devices/me/attributes", '{"fw":"v1"}', { qos: 1 });

  const state = (await get("/devices/T1")) as { connected: boolean; connection: { client_id: string } };
  assert.equal(state.connected, true);
  assert.equal(state.connection.client_id, client.options.clientId);
  assert.deepEqual(await get("/devices/my%20tracker/telemetry"), {
    a: [{ ts: 3000, value: 1500 }],
    b: [{ ts: 3000, value: "x" }],
  });
  assert.deepEqual(await get("/devices/T1/telemetry?keys=a&startTs=1000&endTs=3000"), {
    a: [
      { ts: 2000, value: 1000 },
      { ts: 1000, value: 500 },
    ],
  });
  assert.deepEqual(await get("/devices/T1/telemetry?startTs=0&limit=1&keys=b"), {
    b: [{ ts: 3000, value: "x" }],
  });
  assert.deepEqual(await get("/devices/T1/attributes"), { fw: "v1" });
});

test("POST /api/rpc calls the device and returns its reply", async (t) => {
  const { post, get, device } = await listening(t);
  const client = await device();
  client.on("message", (topic, payload) => {
    const { method, params } = JSON.parse(payload.toString());
    const reply = method === "text" ? "plain" : JSON.stringify({ method, params });
    client.publish(topic.replace("request", "response"), reply, { qos: 1 });
  });
  await client.subscribeAsync("v1/devices/me/rpc/request/+", { qos: 1 });
  const reply = await post("/rpc/my%20tracker", { method: "getPosition", params: { age: 1 }, timeout: 5000 });
  assert.equal(reply.status, 200);
  assert.deepEqual(await reply.json(), { method: "getPosition", params: { age: 1 } });
  assert.equal((await post("/rpc/T1", { method: "text" })).status, 406);
  const oneway = await post("/rpc/T1", { method: "beep", oneway: true });
  assert.deepEqual([oneway.status, await oneway.text()], [200, ""]);
  const calls = (await get("/rpc/T1")) as { method: string }[];
  assert.deepEqual(
    calls.map((call) => call.method),
    ["getPosition", "text", "beep"],
  );
});

test("POST credentials: the device's certificate takes its token's place", async (t) => {
  const { status, post, device, server } = await listening(t);
  const client = await device();
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const { certificate } = await makeCertificate({ name: "my tracker", client: true });
  const upload = (body: string) => status("/devices/my%20tracker/credentials", { method: "POST", body });
  assert.equal(await upload("-----BEGIN CERTIFICATE-----"), 400);
  assert.equal(await upload(certificate), 200);
  await closed;
  await assert.rejects(device(), /Not authorized/);
  assert.deepEqual(server.devices, ["my tracker"]);
  assert.equal(await status("/devices/my%20tracker/credentials"), 405);
  assert.equal((await post("/devices/nobody/credentials", {})).status, 400);
});

test("the HTTP API refuses with a status and a reason", async (t) => {
  const { status, post, get } = await listening(t);
  assert.equal(await status("/devices/nobody/telemetry"), 404);
  assert.equal(await status("/devices/nobody/events"), 404);
  assert.equal(await status("/nothing"), 404);
  assert.equal(await status("/devices", { method: "PUT" }), 405);
  assert.equal(await status("/devices/%zz"), 400);
  assert.equal(await status("/devices/T1/telemetry?startTs=x"), 400);
  assert.equal(await status("/rpc/T1", { method: "POST", body: "[" }), 400);
  assert.equal(await status("/rpc/T1", { method: "POST", body: "x".repeat(70_000) }), 413);
  assert.equal((await post("/rpc/T1", { params: 1 })).status, 400);
  assert.equal((await post("/rpc/nobody", { method: "a" })).status, 404);
  assert.deepEqual(await get("/devices/nobody"), { error: "no device nobody" });
});

test("GET events streams telemetry as it is stored", async (t) => {
  const { stream, device } = await listening(t);
  const abort = new AbortController();
  t.after(() => abort.abort());
  const events = await stream("/devices/T1/events", abort.signal);
  const reader = events.body?.getReader();
  const client = await device();
  await client.publishAsync("v2/t", '{"ts":1000,"values":{"a":1}}', { qos: 1 });
  const text = new TextDecoder().decode((await reader?.read())?.value);
  const data = JSON.parse(text.split("data: ")[1] ?? "");
  assert.deepEqual(data.points, [{ key: "a", ts: 1000, value: 1, received: 1 }]);
  assert.equal(data.device, "my tracker");
});

test("a taken port is an error that says so", async (t) => {
  const { mqttPort } = await listening(t);
  const other = createThingsBoard({ devices: [] });
  await assert.rejects(other.listen({ mqttPort }), {
    message: `port ${mqttPort} is taken: choose another, or 0`,
  });
  await other.close();
});

test("a refusal closes the TCP connection with a FIN, not a reset", async (t) => {
  const { server, mqttPort } = await listening(t);
  const reasons: string[] = [];
  server.on("close", ({ reason }) => reasons.push(reason));
  const socket = net.connect(mqttPort, "127.0.0.1");
  socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
  socket.resume();
  await once(socket, "end");
  assert.deepEqual(reasons, ["malformed packet: remaining length 268435455 is over 65536"]);
});

test("no answer: 504 of /api/rpc; 408, or 409 when it is not connected, of /api/plugins/rpc", async (t) => {
  let status: 408 | 409 | 406 = 408;
  const silent = { rpc: async () => Promise.reject(new RpcError(status, "no")) } as unknown as ThingsBoard;
  const http = createHttpApi(silent).listen(0, "127.0.0.1");
  t.after(() => http.close());
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const post = async (path: string): Promise<number> => {
    const body = '{"method":"x"}';
    return (await fetch(`http://127.0.0.1:${port}/api/${path}/T1`, { method: "POST", body })).status;
  };
  for (status of [408, 409] as const)
    assert.deepEqual([await post("rpc"), await post("plugins/rpc")], [504, status]);
  status = 406;
  assert.deepEqual([await post("rpc"), await post("plugins/rpc")], [406, 406]);
});
