/**
 * The usage example of the manual of TBDeviceMQTTClient, word for word but for JavaScript's syntax: what takes time is
 * awaited, keyword arguments are one object, and print is the test's.
 */
import assert from "node:assert/strict";
import { it } from "node:test";
import { type Client, TBDeviceMQTTClient as Constructor } from "../../firmware/thingsboard/client.ts";
import { server as standIn } from "./server.ts";

it("the manual's usage example runs as it stands", async () => {
  const far = standIn({ host: "xxx", port: 0, username: "xxx", client_id: "xxx" });
  const printed: unknown[] = [];
  const print = (it: unknown) => printed.push(it);
  const TBDeviceMQTTClient = Constructor;

  // biome-ignore lint/suspicious/noExplicitAny: as the manual has it
  function server_callback(topic: string, data: any) {
    print(`topic: ${topic}, data: ${JSON.stringify(data)}`);
    // RPC message reply
    if (topic.includes("rpc")) {
      // biome-ignore lint/complexity/useLiteralKeys: as the manual has it
      const request_id = data["id"];
      data = {};
      server.send_rpc_reply(data, request_id);
    }
  }

  // Initialize function module
  const server_cfg = {
    host: "xxx",
    port: 0,
    username: "xxx",
    qos: 1,
    client_id: "xxx",
  } as const;
  const server: Client = new TBDeviceMQTTClient(server_cfg);

  // Set callback function
  server.set_callback(server_callback);

  // Connect and log in to the server
  let res = await server.connect();
  print(res);
  // True

  // Report telemetry data
  const data = {
    Longitude: 100.26,
    Latitude: 26.86,
    Altitude: 0.0,
    Speed: 10.0,
  };
  res = await server.send_telemetry(data);
  print(res);
  // True

  // Not in the example: what its callback is there for.
  far.publish("v1/devices/me/rpc/request/102", '{"method":"getPosition","params":{}}');

  // Disconnect from the server
  res = await server.disconnect();
  print(res);
  // True

  assert.deepEqual(printed, [
    true,
    true,
    'topic: v1/devices/me/rpc/request/102, data: {"method":"getPosition","params":{},"id":"102"}',
    true,
  ]);
  assert.deepEqual(far.published(), [
    ["v1/devices/me/telemetry", '{"Longitude":100.26,"Latitude":26.86,"Altitude":0,"Speed":10}'],
    ["v1/devices/me/rpc/response/102", "{}"],
  ]);
  assert.deepEqual(
    far.received.map(({ cmd }) => cmd),
    // The request is acknowledged when the reply is: this server is left before.
    ["connect", "subscribe", "publish", "publish", "disconnect"],
  );
  assert.equal(far.network.address, "xxx:1883", "port 0 is MQTT's own");
  assert.equal(server.status, false);
});
