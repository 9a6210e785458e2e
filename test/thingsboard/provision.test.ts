/** With the payloads that a ThingsBoard 4.2.1 sent. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { install } from "@sinonjs/fake-timers";
import type { ServerConfig } from "../../firmware/device-config.ts";
import { Reason } from "../../firmware/reason.ts";
import type { Provisioning } from "../../firmware/thingsboard/api.ts";
import { server } from "./server.ts";

const clock = install({ toFake: ["setTimeout", "clearTimeout"] });

const KEYS = { provision_device_key: "key", provision_device_secret: "secret" };
const SENT_KEYS = { provisionDeviceKey: "key", provisionDeviceSecret: "secret" };
const TOKEN =
  '{"credentialsValue":"TkxPMSM6xh5RiCq1lULe","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}';

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A client that asks, as far as the request; what it was told stands in `told`. */
async function asking(wanted: Partial<Provisioning> = {}, changes: Partial<ServerConfig> = {}) {
  const far = server(changes);
  const told: unknown[] = [];
  far.client.provision({ ...KEYS, ...wanted }, (ok, answer) =>
    told.push(ok ? answer : far.client.last_error),
  );
  await settled();
  return {
    far,
    client: far.client,
    told,
    answer: (text: string) => far.publish("/provision/response", text),
  };
}

describe("provision", () => {
  it("logs in as nobody, asks at QoS 0, gives the server's answer, and leaves", async () => {
    const { far, client, told, answer } = await asking({ device_name: "pd0" }, { password: "p", topics: 2 });
    const [connect, subscribe, publish] = far.received as never[] as Record<string, unknown>[];
    assert.deepEqual([connect?.username, connect?.password, connect?.clientId], ["provision", undefined, ""]);
    assert.deepEqual(subscribe?.subscriptions, [{ topic: "/provision/response", qos: 1 }]);
    assert.equal(publish?.qos, 0);
    const [topic, payload] = far.published()[0] as [string, string];
    assert.equal(topic, "/provision/request");
    assert.deepEqual(JSON.parse(payload), {
      deviceName: "pd0",
      ...SENT_KEYS,
      credentialsType: "ACCESS_TOKEN",
    });
    answer(TOKEN);
    assert.deepEqual(told, [JSON.parse(TOKEN)]);
    assert.equal(far.received.at(-1)?.cmd, "disconnect");
    assert.deepEqual([client.status, client.last_error, far.network.closed], [false, "", 1]);
    assert.equal(client.config_.username, "token", "its own login is what it was");
    assert.equal(clock.countTimers(), 0);
  });

  it("and then the client connects", async () => {
    const { far, client, answer } = await asking();
    answer(TOKEN);
    far.received.length = 0;
    assert.equal(await client.connect(), true);
    assert.equal((far.received[0] as { username: string }).username, "token");
    await client.disconnect();
  });

  const kinds: [name: string, wanted: Partial<Provisioning>, sent: object, answer: string][] = [
    ["the server's token", {}, { credentialsType: "ACCESS_TOKEN" }, TOKEN],
    [
      "a token of its own",
      { device_name: "pd2", access_token: "tok" },
      { deviceName: "pd2", credentialsType: "ACCESS_TOKEN", token: "tok" },
      '{"credentialsValue":"tok","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}',
    ],
    [
      "MQTT_BASIC",
      { username: "u", password: "p", client_id: "c" },
      { credentialsType: "MQTT_BASIC", clientId: "c", username: "u", password: "p" },
      '{"credentialsValue":{"clientId":"c","userName":"u","password":"p"},"credentialsType":"MQTT_BASIC","status":"SUCCESS"}',
    ],
    [
      "X509",
      { hash: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", gateway: 1 },
      {
        credentialsType: "X509_CERTIFICATE",
        hash: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        gateway: true,
      },
      '{"credentialsValue":"MIIB","credentialsType":"X509_CERTIFICATE","status":"SUCCESS"}',
    ],
  ];
  for (const [name, wanted, sent, text] of kinds)
    it(`asks for ${name}`, async () => {
      const { far, told, answer } = await asking(wanted);
      assert.deepEqual(JSON.parse(far.published()[0]?.[1] as string), { ...SENT_KEYS, ...sent });
      answer(text);
      assert.deepEqual(told, [JSON.parse(text)]);
    });

  for (const [text, error] of [
    ['{"errorMsg":"Provision data was not found!","status":"NOT_FOUND"}', "Provision data was not found!"],
    ['{"errorMsg":"Failed to provision device!","status":"FAILURE"}', "Failed to provision device!"],
  ] as const)
    it(`fails with the server's text: ${error}`, async () => {
      const { far, told, answer } = await asking();
      answer(text);
      assert.deepEqual(told, [`server says: ${error}`]);
      assert.equal(far.received.at(-1)?.cmd, "disconnect");
    });

  it("fails once when the server hangs up, as it does for a wrong request", async () => {
    const { far, told } = await asking();
    far.network.down(Reason.ClosedByServer);
    assert.deepEqual(told, ["closed by server"]);
    await clock.tickAsync(600_000);
    assert.equal(told.length, 1);
    assert.equal(far.network.opened, 1);
  });

  it("fails when there is no answer, and leaves", async () => {
    const { far, told } = await asking();
    await clock.tickAsync(39_999);
    assert.deepEqual(told, []);
    await clock.tickAsync(1);
    assert.deepEqual(told, ["no answer from the server"]);
    assert.equal(far.network.closed, 1);
  });

  it("fails when it is refused", async () => {
    const far = server();
    const told: unknown[] = [];
    far.answers = false;
    far.client.provision(KEYS, (ok) => told.push(ok, far.client.last_error));
    await settled();
    far.network.respond("\x20\x02\0\x03");
    assert.deepEqual(told, [false, "refused, server busy"]);
  });

  it("fails while the session is in use, which stays", async () => {
    const far = server();
    await far.client.connect();
    assert.equal(await far.client.provision(KEYS), undefined);
    assert.deepEqual([far.client.status, far.client.last_error], [true, "modem in use"]);
    await far.client.disconnect();
  });

  it("fails on what is no answer", async () => {
    for (const text of ["hello", "null", "5", "{}"]) {
      const { told, answer } = await asking();
      answer(text);
      await clock.tickAsync(40_000);
      assert.equal(told.length, 1, text);
      assert.equal(typeof told[0], "string");
    }
  });

  it("a done that throws disturbs nobody", async () => {
    const far = server();
    far.client.provision(KEYS, () => {
      throw Error("mine");
    });
    await settled();
    await clock.tickAsync(40_000);
    assert.equal(far.client.last_error, "callback: Error: mine");
  });

  it("without done gives a Promise of the answer", async () => {
    const far = server();
    const answer = far.client.provision(KEYS);
    await settled();
    far.publish("/provision/response", TOKEN);
    assert.deepEqual(await answer, JSON.parse(TOKEN));
  });

  it("throws at once on wrong arguments", () => {
    const { client } = server();
    const wrong: [unknown, RegExp][] = [
      [undefined, /^provision: must be an object$/],
      [{}, /^provision: provision_device_key: must be plain text of 1 to 255$/],
      [{ ...KEYS, provision_device_secret: "" }, /^provision: provision_device_secret: must be/],
      [{ ...KEYS, token: "t" }, /^provision: token: unknown/],
      [{ ...KEYS, hash: 5 }, /^provision: hash: must be text$/],
      [{ ...KEYS, gateway: true }, /^provision: gateway: must be whole, 0 to 1$/],
    ];
    for (const [wanted, message] of wrong)
      assert.throws(() => client.provision(wanted as never), { message });
  });
});
