import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { test } from "node:test";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { listening } from "./rest-rig.ts";

test("an ordinary MQTT client reports over TCP and the REST API shows it", async (t) => {
  const { get, device, server, id } = await listening(t);
  const client = await device();
  for (const ts of [1000, 2000, 3000])
    await client.publishAsync(
      "v1/devices/me/telemetry",
      JSON.stringify({ ts, values: { a: ts / 2, b: "x" } }),
      { qos: 1 },
    );
  await client.publishAsync("v1/devices/me/attributes", '{"fw":"v1"}', { qos: 1 });
  assert.equal(server.connections[0]?.client_id, client.options.clientId);

  const telemetry = `/api/plugins/telemetry/DEVICE/${id}`;
  // Texts, unless strict types are asked for.
  assert.deepEqual(await get(`${telemetry}/values/timeseries`), {
    a: [{ ts: 3000, value: "1500" }],
    b: [{ ts: 3000, value: "x" }],
  });
  const range = `${telemetry}/values/timeseries?useStrictDataTypes=true&startTs=1000&endTs=3000&keys=a`;
  assert.deepEqual(await get(range), {
    a: [
      { ts: 2000, value: 1000 },
      { ts: 1000, value: 500 },
    ],
  });
  assert.deepEqual(await get(`${range}&limit=1&orderBy=ASC`), { a: [{ ts: 1000, value: 500 }] });
  const [unknown] = (await get(`${telemetry}/values/timeseries?keys=none`)).none;
  assert.equal(unknown.value, null);
  assert.deepEqual(await get(`${telemetry}/keys/timeseries`), ["a", "b"]);
  const [fw, ...more] = await get(`${telemetry}/values/attributes/CLIENT_SCOPE`);
  assert.deepEqual([fw.key, fw.value, typeof fw.lastUpdateTs, more], ["fw", "v1", "number", []]);
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
