/** The REST API, as ThingsBoard's own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checksumOf } from "../../scripts/simulator/thingsboard/ota-package.ts";
import { type Answer, listening, messageOf } from "./rest-rig.ts";

test("a user logs in and gets a token; without one, or with another's, nothing is told", async (t) => {
  const { host, login, get } = await listening(t);
  const ask = async (path: string, headers: Record<string, string>): Promise<Answer> => {
    const answer = await fetch(host + path, { headers });
    return { http: answer.status, ...((await answer.json()) as object) };
  };
  const { timestamp, ...refused } = await ask("/api/tenant/devices", {});
  assert.deepEqual(refused, { http: 401, status: 401, message: "Authentication failed", errorCode: 10 });
  const token = await login();
  assert.equal((await ask("/api/auth/user", { authorization: `Bearer ${token}` })).authority, "TENANT_ADMIN");
  for (const wrong of [token.slice(0, -2), `${token}.x`, "x", ""])
    assert.equal((await ask("/api/auth/user", { "x-authorization": `Bearer ${wrong}` })).status, 401);
  assert.equal(await login("tenant@thingsboard.org", "wrong"), undefined);
  assert.equal((await get("/api/auth/user")).email, "tenant@thingsboard.org");
  const body = JSON.stringify({ username: "tenant@thingsboard.org", password: "tenant" });
  const pair = (await (await fetch(`${host}/api/auth/login`, { method: "POST", body })).json()) as Answer;
  const again = JSON.stringify({ refreshToken: pair.refreshToken });
  const next = (await (
    await fetch(`${host}/api/auth/token`, { method: "POST", body: again })
  ).json()) as Answer;
  assert.ok(next.token);
  const swapped = JSON.stringify({ refreshToken: pair.token });
  assert.equal((await fetch(`${host}/api/auth/token`, { method: "POST", body: swapped })).status, 401);
});

test("refusals have ThingsBoard's shape, and a status", async (t) => {
  const { status, send, id } = await listening(t);
  const nobody = "279fe4e5-8a18-1167-a1cb-000000000000";
  const answer = await send("GET", `/api/device/${nobody}`);
  const { timestamp, ...error } = (await answer.json()) as Answer;
  assert.equal(typeof timestamp, "number");
  assert.deepEqual(error, { status: 404, message: `Device with id [${nobody}] is not found`, errorCode: 32 });
  assert.equal(await status("GET", "/api/device/x"), 400);
  assert.equal(await status("GET", "/api/nothing"), 404);
  assert.equal(await status("DELETE", "/api/tenant/devices"), 405);
  assert.equal(await status("GET", "/api/device/%zz"), 400);
  assert.equal(await status("GET", "/api/tenant/devices?deviceName=x"), 404);
  assert.equal(await status("POST", "/api/device", "["), 400);
  assert.equal(await status("POST", "/api/device", { label: "x" }), 400);
  const telemetry = `/api/plugins/telemetry/DEVICE/${id}`;
  assert.equal(await status("GET", `${telemetry}/values/timeseries?keys=a&startTs=x&endTs=1`), 400);
  assert.equal(await status("GET", `${telemetry}/values/timeseries?keys=a&startTs=0&endTs=1&agg=AVG`), 400);
  assert.equal(await status("POST", `${telemetry}/attributes/SHARED_SCOPE`, "hello"), 400);
  assert.equal(await status("POST", `${telemetry}/CLIENT_SCOPE`, { a: 1 }), 400);
  assert.equal(await status("POST", `${telemetry}/OTHER_SCOPE`, { a: 1 }), 400);
  assert.equal(await status("POST", "/api/otaPackage", "x".repeat(5_000_000)), 413);
});

test("devices are made, found, changed and removed; a new token closes the session", async (t) => {
  const { get, post, remove, status, device } = await listening(t);
  const made = await post("/api/device?accessToken=TT", { name: "bus 7", label: "the bus" });
  assert.deepEqual([made.type, made.label, made.id.entityType], ["default", "the bus", "DEVICE"]);
  const id = made.id.id;
  assert.deepEqual(await get(`/api/device/${id}`), made);
  assert.deepEqual(await get("/api/tenant/devices?deviceName=bus%207"), made);
  const list = await get("/api/tenant/devices?pageSize=1&page=1");
  assert.deepEqual([list.data, list.totalElements, list.hasNext], [[made], 2, false]);
  assert.equal(await status("POST", "/api/device", { name: "bus 7" }), 400);
  const renamed = await post("/api/device", { ...made, name: "bus 8" });
  assert.equal(renamed.id.id, id);
  assert.equal(await status("POST", "/api/device", { ...made, name: "my tracker" }), 400);

  const client = await device("TT");
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const credentials = await get(`/api/device/${id}/credentials`);
  assert.deepEqual([credentials.credentialsType, credentials.credentialsId], ["ACCESS_TOKEN", "TT"]);
  await post("/api/device/credentials", { ...credentials, credentialsId: "T9" });
  await closed;
  await (await device("T9")).endAsync();
  assert.equal(await status("POST", "/api/device/credentials", { ...credentials, credentialsId: "T1" }), 400);
  const basic = await post("/api/device/credentials", {
    ...credentials,
    credentialsType: "MQTT_BASIC",
    credentialsId: null,
    credentialsValue: '{"clientId":null,"userName":"u","password":"p"}',
  });
  assert.equal(JSON.parse(basic.credentialsValue).userName, "u");
  assert.match(basic.credentialsId, /^[0-9a-f]{64}$/);
  const random = await post("/api/device", { name: "none given" });
  assert.match((await get(`/api/device/${random.id.id}/credentials`)).credentialsId, /^\w{20}$/);
  await remove(`/api/device/${id}`);
  assert.equal(await status("GET", `/api/device/${id}`), 404);
});

test("attributes by scope: the device is told of shared ones, and of their deletion", async (t) => {
  const { get, post, remove, device, id } = await listening(t);
  const client = await device();
  const told: string[] = [];
  client.on("message", (_topic, payload) => told.push(payload.toString()));
  await client.subscribeAsync("v1/devices/me/attributes", { qos: 1 });
  const path = `/api/plugins/telemetry/DEVICE/${id}`;
  await post(`${path}/SERVER_SCOPE`, { secret: 1 });
  await post(`${path}/attributes/SHARED_SCOPE`, '{"s":"10","t":"mäh €😀","b":false,"j":[1,"2"],"big":1e20}');
  await post(`/api/plugins/telemetry/${id}/SHARED_SCOPE`, { b: true });
  await remove(`${path}/SHARED_SCOPE?keys=b,nope`);
  // What was sent after the last of it has come, so has the last.
  await client.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
  assert.deepEqual(told, [
    '{"s":10,"t":"mäh €😀","b":false,"j":[1,"2"],"big":"100000000000000000000"}',
    '{"b":true}',
    '{"deleted":["b","nope"]}',
  ]);
  assert.deepEqual(await get(`${path}/keys/attributes/SHARED_SCOPE`), ["s", "t", "j", "big"]);
  const values = await get(`${path}/values/attributes?keys=s,secret`);
  assert.deepEqual(
    values.map(({ key, value }: Answer) => [key, value]),
    [
      ["s", 10],
      ["secret", 1],
    ],
  );
  await post(`${path}/timeseries/ANY`, { ts: 5, values: { x: 1.5, y: null } });
  assert.deepEqual(await get(`${path}/values/timeseries?keys=x`), { x: [{ ts: 5, value: "1.5" }] });
  await remove(`${path}/timeseries/delete?keys=x&deleteAllDataForKeys=true`);
  assert.deepEqual(await get(`${path}/keys/timeseries`), ["a"]);
});

test("calls: a reply, no JSON, none wanted; parameters left out are null; a persistent one is looked up", async (t) => {
  const { get, post, send, status, device, id } = await listening(t);
  const client = await device();
  const seen: string[] = [];
  client.on("message", (topic, payload) => {
    seen.push(payload.toString());
    const { method } = JSON.parse(payload.toString());
    const reply = { text: "plain", empty: "", nothing: "null" }[method as string] ?? payload;
    client.publish(topic.replace("request", "response"), reply, { qos: 1 });
  });
  await client.subscribeAsync("v1/devices/me/rpc/request/+", { qos: 1 });
  for (const base of ["/api/rpc", "/api/plugins/rpc"]) {
    const twoway = `${base}/twoway/${id}`;
    assert.deepEqual(await post(twoway, { method: "m", params: { a: 1 }, timeout: 5000 }), {
      method: "m",
      params: { a: 1 },
    });
    assert.equal(await status("POST", twoway, { method: "text", params: {} }), 406);
    assert.equal(await post(twoway, { method: "empty", params: {} }), undefined);
    assert.equal(await post(twoway, { method: "nothing", params: {} }), null);
    assert.equal(await post(`${base}/oneway/${id}`, { method: "x" }), undefined);
    const { message, ...refused } = (await (await send("POST", twoway, { params: 1 })).json()) as Answer;
    assert.deepEqual([refused.status, refused.errorCode], [500, 2]);
    assert.match(message, /^Cannot invoke/);
  }
  const asked = messageOf(client);
  const { rpcId } = await post(`/api/rpc/twoway/${id}`, { method: "p", params: 1, persistent: true });
  await asked;
  await client.publishAsync("v1/devices/me/telemetry", '{"a":1}', { qos: 1 });
  const { status: state, response, deviceId } = await get(`/api/rpc/persistent/${rpcId}`);
  assert.deepEqual([state, response, deviceId.id], ["SUCCESSFUL", { method: "p", params: 1 }, id]);
  const list = await get(`/api/rpc/persistent/device/${id}?pageSize=10&page=0&rpcStatus=SUCCESSFUL`);
  assert.deepEqual([list.data.length, list.data[0].id.id], [1, rpcId]);
  assert.ok(seen.includes('{"method":"x","params":null}'));
});

test("no answer: 504 of /api/rpc; 408, or 409 when it is not connected, of /api/plugins/rpc, without a body", async (t) => {
  const { server, id, send } = await listening(t);
  const device = server.tenant.device(id);
  const { RpcError } = await import("../../scripts/simulator/thingsboard/rpc.ts");
  for (const [status, older] of [
    [408, 408],
    [409, 409],
  ] as const) {
    device.rpc.call = () => Promise.reject(new RpcError(status, "no"));
    for (const [path, wanted] of [
      ["/api/rpc/twoway", 504],
      ["/api/plugins/rpc/oneway", older],
    ] as const) {
      const answer = await send("POST", `${path}/${id}`, { method: "x" });
      assert.deepEqual([answer.status, await answer.text()], [wanted, ""]);
    }
  }
});

test("a package is described, uploaded, checked, listed, assigned, fetched and removed", async (t) => {
  const { get, post, send, status, remove, device, id } = await listening(t);
  const profile = await get("/api/deviceProfileInfo/default");
  const bytes = Buffer.from("the firmware\r\n--x\r\n\0\xff", "latin1");
  const info = { title: "fw", version: "1", type: "FIRMWARE", deviceProfileId: profile.id };
  const made = await post("/api/otaPackage", info);
  assert.deepEqual(
    [made.hasData, made.id.entityType, made.tag, made.url],
    [false, "OTA_PACKAGE", null, null],
  );
  assert.equal(await status("POST", "/api/otaPackage", info), 400);
  assert.equal(await status("POST", "/api/otaPackage", { ...info, type: "x" }), 400);
  const tracker = await get(`/api/device/${id}`);
  assert.equal(await status("POST", "/api/device", { ...tracker, firmwareId: made.id }), 400);

  const file = (): FormData => {
    const form = new FormData();
    form.append("other", "1");
    form.append("file", new Blob([bytes]), "fw.js");
    return form;
  };
  const upload = `/api/otaPackage/${made.id.id}?checksumAlgorithm=`;
  assert.equal(await status("POST", `${upload}SHA256&checksum=00`, file()), 400);
  assert.equal(await status("POST", `${upload}MURMUR3_32`, file()), 400);
  assert.equal(await status("POST", `${upload}SHA256`, "no form"), 400);
  const done = await post(`${upload}SHA256&checksum=${checksumOf(bytes, "SHA256")}`, file());
  assert.deepEqual(
    [done.hasData, done.fileName, done.checksumAlgorithm, done.checksum, done.dataSize],
    [true, "fw.js", "SHA256", checksumOf(bytes, "SHA256"), bytes.length],
  );
  const fetched = await send("GET", `/api/otaPackage/${made.id.id}/download`);
  assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), bytes);
  assert.deepEqual((await get("/api/otaPackages?pageSize=10&page=0")).data, [done]);
  const fitting = await get(`/api/otaPackages/${profile.id.id}/FIRMWARE?pageSize=10&page=0`);
  assert.equal(fitting.totalElements, 1);

  const client = await device();
  const came = messageOf(client);
  await client.subscribeAsync("v1/devices/me/attributes", { qos: 1 });
  const assigned = await post("/api/device", { ...tracker, firmwareId: done.id });
  assert.deepEqual(assigned.firmwareId, done.id);
  assert.equal(JSON.parse(await came).fw_version, "1");
  assert.equal(await status("DELETE", `/api/otaPackage/${made.id.id}`), 400);
  assert.equal(await status("POST", "/api/device", { ...tracker, softwareId: done.id }), 400);
  await post("/api/device", { ...tracker, firmwareId: null });
  await remove(`/api/otaPackage/${made.id.id}`);
  assert.equal(await status("GET", `/api/otaPackage/info/${made.id.id}`), 404);
});

test("a profile gives keys for provisioning, and firmware to its devices", async (t) => {
  const { get, post, status, remove, device, server } = await listening(t);
  const key = { provisionDeviceKey: "k", provisionType: "ALLOW_CREATE_NEW_DEVICES" };
  const profileData = {
    configuration: { type: "DEFAULT" },
    transportConfiguration: { type: "DEFAULT" },
    provisionConfiguration: { type: "ALLOW_CREATE_NEW_DEVICES", provisionDeviceSecret: "s" },
  };
  const made = await post("/api/deviceProfile", { name: "trackers", type: "DEFAULT", ...key, profileData });
  assert.deepEqual(
    [made.provisionType, made.provisionDeviceKey, made.default],
    [key.provisionType, "k", false],
  );
  assert.equal(made.profileData.provisionConfiguration.provisionDeviceSecret, "s");
  assert.deepEqual(await get(`/api/deviceProfile/${made.id.id}`), made);
  assert.equal(await status("POST", "/api/deviceProfile", { name: "trackers" }), 400);
  assert.equal(await status("POST", "/api/deviceProfile", { name: "other", ...key, profileData }), 400);

  const client = await device("provision");
  const came = messageOf(client);
  await client.subscribeAsync("/provision/response", { qos: 1 });
  const request = { deviceName: "new one", provisionDeviceKey: "k", provisionDeviceSecret: "s" };
  await client.publishAsync("/provision/request", JSON.stringify(request), { qos: 1 });
  assert.equal(JSON.parse(await came).status, "SUCCESS");
  assert.equal(server.tenant.device("new one").profile.name, "trackers");
  assert.equal(await status("DELETE", `/api/deviceProfile/${made.id.id}`), 400);
  const disabled = await post("/api/deviceProfile", {
    ...made,
    provisionType: "DISABLED",
    profileData: { ...made.profileData, provisionConfiguration: { type: "DISABLED" } },
  });
  assert.deepEqual(
    [disabled.id, disabled.provisionType, disabled.provisionDeviceKey],
    [made.id, "DISABLED", null],
  );
  await remove(`/api/device/${server.tenant.device("new one").id}`);
  await remove(`/api/deviceProfile/${made.id.id}`);
  assert.equal((await get("/api/deviceProfiles?pageSize=10&page=0")).totalElements, 1);
});

test("a customer claims a device with its secret, and nobody else can", async (t) => {
  const { get, post, send, status, become, device, id } = await listening(t);
  const path = "/api/customer/device/my%20tracker/claim";
  assert.equal(await status("POST", path, { secretKey: "s3" }), 403);
  await become("customer@thingsboard.org", "customer");
  const failed = await send("POST", path, { secretKey: "s3" });
  assert.deepEqual([failed.status, await failed.text()], [400, '"FAILURE"']);
  const client = await device();
  await client.publishAsync("v1/devices/me/claim", '{"secretKey":"s3","durationMs":60000}', { qos: 1 });
  const { response, device: claimed } = await post(path, { secretKey: "s3" });
  assert.deepEqual([response, claimed.id.id], ["SUCCESS", id]);
  assert.deepEqual((await get(`/api/device/${id}`)).customerId, claimed.customerId);
  assert.equal(await (await send("POST", path, { secretKey: "s3" })).text(), '"CLAIMED"');
});
