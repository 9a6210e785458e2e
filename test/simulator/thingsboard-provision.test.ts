/** Devices that ask for credentials, and that are claimed: what a real ThingsBoard CE 4.2.1 said to each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { claimDevice } from "../../scripts/simulator/thingsboard/claims.ts";
import { createProfile, type ProvisionStrategy } from "../../scripts/simulator/thingsboard/profile.ts";
import { jsonOf, type MqttPeer, START_MS, setup } from "./mqtt-peer.ts";

const REQUEST = "/provision/request";
const RESPONSE = "/provision/response";
const FAILURE = '{"errorMsg":"Failed to provision device!","status":"FAILURE"}';
const NOT_FOUND = '{"errorMsg":"Provision data was not found!","status":"NOT_FOUND"}';

/** A stand-in whose profiles give credentials, by the names of the keys. */
function provisioning(options: Parameters<typeof setup>[0] = {}) {
  const world = setup(options);
  const { tenant } = world.server;
  const strategies: Record<string, ProvisionStrategy> = {
    new: "ALLOW_CREATE_NEW_DEVICES",
    pre: "CHECK_PRE_PROVISIONED_DEVICES",
    chain: "X509_CERTIFICATE_CHAIN",
  };
  for (const [key, strategy] of Object.entries(strategies)) {
    const profile = createProfile(key, START_MS);
    profile.provisioning = { strategy, key, secret: `${key} secret` };
    tenant.profiles.push(profile);
  }
  return {
    ...world,
    tenant,
    session: async (version?: 4 | 5): Promise<MqttPeer> => {
      const peer = world.open(version);
      const { returnCode, reasonCode } = await peer.connect({ username: "provision", clientId: "" });
      assert.equal(version === 5 ? reasonCode : returnCode, 0);
      return peer;
    },
  };
}

async function ask(peer: MqttPeer, fields: object, key = "new"): Promise<string> {
  const request = { provisionDeviceKey: key, provisionDeviceSecret: `${key} secret`, ...fields };
  peer.publish(REQUEST, JSON.stringify(request));
  await peer.expect("puback");
  const { topic, payload } = await peer.expect("publish");
  assert.equal(topic, RESPONSE);
  return payload.toString();
}

test("the server's token: it logs in, and its name is taken from then on; no name, and one is made", async () => {
  const { session, open, tenant } = provisioning();
  const peer = await session();
  const response = await ask(peer, { deviceName: "a" });
  const [, token = ""] =
    /^{"credentialsValue":"(\w{20})","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}$/.exec(response) ??
    [];
  assert.equal((await open().connect({ username: token })).returnCode, 0);
  assert.equal(await ask(peer, { deviceName: "a" }), FAILURE);
  assert.equal(await ask(peer, { deviceName: " a " }), FAILURE);
  assert.equal(await ask(peer, { deviceName: " " }), FAILURE);
  assert.match(await ask(peer, {}), /SUCCESS/);
  assert.match(tenant.devices.at(-1)?.name ?? "", /^\w{20}$/);
});

test("own token, MQTT_BASIC and X.509; what is taken or makes no sense fails", async () => {
  const { session, open, tenant } = provisioning();
  const peer = await session();
  assert.equal(
    await ask(peer, { deviceName: "b", credentialsType: "ACCESS_TOKEN", token: "tok" }),
    '{"credentialsValue":"tok","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}',
  );
  assert.equal(await ask(peer, { deviceName: "b2", token: "T1" }), FAILURE);
  assert.equal(
    tenant.devices.some(({ name }) => name === "b2"),
    false,
  );

  const basic = { credentialsType: "MQTT_BASIC", clientId: "c", username: "u", password: "p" };
  assert.equal(
    await ask(peer, { deviceName: "c", ...basic }),
    '{"credentialsValue":{"clientId":"c","userName":"u","password":"p"},"credentialsType":"MQTT_BASIC","status":"SUCCESS"}',
  );
  assert.equal(
    (await open().connect({ clientId: "c", username: "u", password: Buffer.from("p") })).returnCode,
    0,
  );
  assert.equal(
    (await open().connect({ clientId: "c", username: "u", password: Buffer.from("q") })).returnCode,
    5,
  );
  assert.equal(await ask(peer, { deviceName: "c2", ...basic }), FAILURE);
  assert.equal(await ask(peer, { deviceName: "c3", credentialsType: "MQTT_BASIC" }), FAILURE);
  assert.equal(
    await ask(peer, { deviceName: "c4", credentialsType: "MQTT_BASIC", username: "v", password: null }),
    '{"credentialsValue":{"clientId":"","userName":"v","password":""},"credentialsType":"MQTT_BASIC","status":"SUCCESS"}',
  );

  const { certificate } = await makeCertificate({ name: "d", client: true });
  const hash = { deviceName: "d", credentialsType: "X509_CERTIFICATE", hash: certificate };
  const { credentialsValue, ...rest } = JSON.parse(await ask(peer, hash));
  assert.match(credentialsValue, /^[\w+/]+=*$/);
  assert.deepEqual(rest, { credentialsType: "X509_CERTIFICATE", status: "SUCCESS" });
  assert.equal(await ask(peer, { ...hash, deviceName: "d2" }), FAILURE);
});

test("a device made beforehand gets what it has, each time; another profile's or unknown ones fail", async () => {
  const { session, tenant } = provisioning();
  const peer = await session();
  assert.equal(await ask(peer, { deviceName: "p" }, "pre"), FAILURE);
  const profile = tenant.profiles.find(({ name }) => name === "pre");
  assert.ok(profile);
  tenant.addDevice({ name: "p", token: "waits" }, profile);
  for (let i = 0; i < 2; i++)
    assert.equal(JSON.parse(await ask(peer, { deviceName: "p" }, "pre")).credentialsValue, "waits");
  assert.equal(await ask(peer, { deviceName: "tracker" }, "pre"), FAILURE);
});

test("wrong key or secret: NOT_FOUND; neither, or another kind: PUBACK and closed; no JSON: closed", async () => {
  const { session } = provisioning();
  const peer = await session();
  assert.equal(await ask(peer, { provisionDeviceSecret: "x" }), NOT_FOUND);
  assert.equal(await ask(peer, {}, "nope"), NOT_FOUND);
  assert.equal(await ask(peer, {}, ""), NOT_FOUND);
  for (const fields of [
    { deviceName: "x" },
    { provisionDeviceKey: "new", provisionDeviceSecret: "new secret", credentialsType: "LWM2M" },
    { provisionDeviceKey: "chain", provisionDeviceSecret: "chain secret" },
  ]) {
    const peer = await session();
    peer.publish(REQUEST, JSON.stringify(fields));
    await peer.expect("puback");
    await peer.expectClose();
  }
  peer.publish(REQUEST, "hello");
  await peer.expectClose();
});

test("a provisioning session does nothing else, by client id too, and ends a minute after a response", async () => {
  const { session, open, timers } = provisioning();
  const other = await session();
  assert.deepEqual(await other.subscribe({ "v1/devices/me/rpc/request/+": 1, [RESPONSE]: 1 }), [128, 1]);
  other.send({ cmd: "pingreq" });
  await other.expect("pingresp");
  other.publish("v1/devices/me/telemetry", '{"a":1}');
  await other.expect("puback");
  await other.expectClose();
  const peer = open();
  assert.equal((await peer.connect({ username: undefined, clientId: "provision" })).returnCode, 0);
  assert.deepEqual(await peer.subscribe({ [RESPONSE]: 0 }), [0]);
  peer.publish(REQUEST, '{"provisionDeviceKey":"new","provisionDeviceSecret":"x"}', { qos: 0 });
  assert.equal((await peer.expect("publish")).qos, 0);
  timers.tick(59_999);
  await peer.expectSilence();
  timers.tick(1);
  await peer.expectClose();
  const five = await session(5);
  five.publish(REQUEST, "{}");
  assert.equal((await five.expect("puback")).reasonCode, 0x83);
});

test("not in a device's own session, and not beyond the tenant's limit of devices", async () => {
  const { connect, session, server } = provisioning({ max_devices: 2 });
  const peer = await connect();
  peer.publish(REQUEST, '{"provisionDeviceKey":"new","provisionDeviceSecret":"new secret"}');
  await peer.expect("puback");
  await peer.expectSilence();
  const asking = await session();
  assert.match(await ask(asking, { deviceName: "one" }), /SUCCESS/);
  assert.equal(await ask(asking, { deviceName: "two" }), FAILURE);
  assert.deepEqual(server.devices, ["tracker", "one"]);
});

test("a claim counts once, with its secret, in its time; the first one stays", async () => {
  const { connect, tenant, timers } = provisioning();
  const peer = await connect();
  const claim = async (payload: string): Promise<void> => {
    peer.publish("v1/devices/me/claim", payload);
    await peer.expect("puback");
  };
  const device = tenant.device("tracker");
  const claimed = (secret: string): string => claimDevice(device, secret, timers.now);
  assert.equal(claimed(""), "FAILURE");
  await claim('{"secretKey":"s3","durationMs":60000}');
  await claim('{"secretKey":"other"}');
  timers.tick(60_001);
  assert.equal(claimed("s3"), "FAILURE");
  await claim('{"secretKey":"s3"}');
  assert.equal(claimed("other"), "FAILURE");
  await claim("");
  assert.equal(claimed(""), "SUCCESS");
  await claim("{}");
  assert.equal(claimed(""), "CLAIMED");
});

test("what the server answers a device's own calls with is a rule's; without one it is a timeout", async () => {
  const { connect, timers } = setup({
    rules: {
      getTime: 5,
      add: (params: unknown) => ({ sum: (params as number[]).reduce((a, b) => a + b) }),
      fail: { error: "no" },
    },
  });
  const peer = await connect();
  const call = async (id: number, body: object, topic = "v1/devices/me/rpc/request/"): Promise<void> => {
    peer.publish(topic + id, JSON.stringify(body));
    await peer.expect("puback");
  };
  await call(1, { method: "getTime" });
  const answer = await peer.expect("publish");
  assert.deepEqual([answer.topic, answer.payload.toString()], ["v1/devices/me/rpc/response/1", "5"]);
  await call(2, { method: "add", params: [1, 2] }, "v2/r/req/");
  const sum = await peer.expect("publish");
  assert.deepEqual([sum.topic, jsonOf(sum)], ["v2/r/res/2", { sum: 3 }]);
  await call(3, { method: "fail" });
  assert.deepEqual(jsonOf(await peer.expect("publish")), { error: "no" });
  await call(4, { method: "toString" });
  await peer.expectSilence();
  timers.tick(60_000);
  assert.deepEqual(jsonOf(await peer.expect("publish")), { error: "timeout" });
});
