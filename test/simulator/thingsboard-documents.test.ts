/** What the stand-in keeps by REST as it came, and what it refuses of it, as ThingsBoard does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, listening } from "./rest-rig.ts";

test("dashboards are saved, listed without what is in them, changed and deleted", async (t) => {
  const { get, post, remove, status } = await listening(t);
  const made = await post("/api/dashboard", { title: "map", configuration: { widgets: {} } });
  assert.deepEqual([made.title, made.name, made.version, made.id.entityType], ["map", "map", 1, "DASHBOARD"]);
  const path = `/api/dashboard/${made.id.id}`;
  assert.deepEqual(await get(path), made);
  const { data, totalElements } = await get("/api/tenant/dashboards?pageSize=10&page=0");
  assert.deepEqual([data[0].configuration, totalElements], [undefined, 1]);
  const changed = await post("/api/dashboard", { ...made, title: "maps" });
  assert.deepEqual([changed.id, changed.title, changed.version], [made.id, "maps", 2]);
  assert.equal(await status("POST", "/api/dashboard", made), 409);
  assert.equal(await status("POST", "/api/dashboard", { configuration: {} }), 400);
  await remove(path);
  assert.equal(await status("GET", path), 404);
});

test("a rule chain's nodes are apart from it; the root stays, and what a profile refers to", async (t) => {
  const { get, post, remove, status } = await listening(t);
  const [root] = (await get("/api/ruleChains?pageSize=10&page=0")).data;
  assert.deepEqual([root.name, root.root], ["Root Rule Chain", true]);
  assert.equal(await status("DELETE", `/api/ruleChain/${root.id.id}`), 400);
  assert.equal(await status("POST", "/api/ruleChain", { name: "x", root: true }), 400);
  const chain = await post("/api/ruleChain", { name: "mine", root: false });
  const metadata = {
    ruleChainId: chain.id,
    firstNodeIndex: 0,
    nodes: [
      { type: "a.Node", name: "a" },
      { type: "b.Node", name: "b" },
    ],
    connections: [{ fromIndex: 0, toIndex: 1, type: "Success" }],
  };
  await post("/api/ruleChain/metadata", metadata);
  const there = await get(`/api/ruleChain/${chain.id.id}/metadata`);
  assert.deepEqual([there.nodes, there.connections], [metadata.nodes, metadata.connections]);
  // Saved by itself it keeps them.
  await post("/api/ruleChain", { ...(await get(`/api/ruleChain/${chain.id.id}`)), name: "ours" });
  assert.equal((await get(`/api/ruleChain/${chain.id.id}/metadata`)).nodes.length, 2);
  const lost = { ...metadata, connections: [{ fromIndex: 0, toIndex: 2, type: "Success" }] };
  assert.equal(await status("POST", "/api/ruleChain/metadata", lost), 400);
  assert.equal(await status("POST", "/api/ruleChain/metadata", { ...metadata, version: 1 }), 409);

  const board = await post("/api/dashboard", { title: "map", configuration: {} });
  const profile = await post("/api/deviceProfile", {
    name: "kind",
    defaultRuleChainId: chain.id,
    defaultDashboardId: board.id,
  });
  assert.equal(await status("DELETE", `/api/ruleChain/${chain.id.id}`), 400);
  assert.equal(await status("DELETE", `/api/dashboard/${board.id.id}`), 400);
  await remove(`/api/deviceProfile/${profile.id.id}`);
  await remove(`/api/ruleChain/${chain.id.id}`);
  await remove(`/api/dashboard/${board.id.id}`);
});

test("calculated fields are of a profile, each name and type once; alarm rules are told to who asks, from 4.3 on", async (t) => {
  const { get, post, remove, status, server } = await listening(t);
  const profile = await post("/api/deviceProfile", { name: "kind" });
  const field = (type: string): object => ({
    name: "f",
    type,
    entityId: profile.id,
    configuration: { type },
  });
  const made = await post("/api/calculatedField", field("ALARM"));
  await post("/api/calculatedField", field("SIMPLE"));
  await post("/api/calculatedField", made);
  assert.equal(await status("POST", "/api/calculatedField", field("ALARM")), 400);
  assert.equal(await status("POST", "/api/calculatedField", { ...field("ALARM"), entityId: null }), 400);
  const list = `/api/DEVICE_PROFILE/${profile.id.id}/calculatedFields?pageSize=10&page=0`;
  const types = async (query = ""): Promise<string[]> =>
    (await get(list + query)).data.map(({ type }: Answer) => type);
  assert.deepEqual([await types(), await types("&type=ALARM")], [["SIMPLE"], ["ALARM"]]);
  await remove(`/api/deviceProfile/${profile.id.id}`);
  assert.deepEqual(server.tenant.calculated_fields.all, []);

  const older = await listening(t, { version: "4.2.1" });
  assert.equal((await older.get("/api/system/info")).version, "4.2.1");
  const kind = await older.post("/api/deviceProfile", { name: "kind" });
  const refused = { ...field("ALARM"), entityId: kind.id };
  assert.equal(await older.status("POST", "/api/calculatedField", refused), 400);
});

test("users are told where devices reach it, and what to trust there", async (t) => {
  const { get, send, status, id, server, mqttPort } = await listening(t);
  const { mqtt } = await get(`/api/device-connectivity/${id}`);
  assert.match(mqtt.mqtt, new RegExp(` -h 127\\.0\\.0\\.1 -p ${mqttPort} .* -u "T1" `));
  assert.equal(mqtt.mqtts, undefined);
  const path = "/api/device-connectivity/mqtts/certificate/download";
  assert.equal(await status("GET", path), 404);
  server.tenant.connectivity = { host: "tb", mqtt_port: 1, mqtts_port: 2, root: "PEM" };
  assert.match((await get(`/api/device-connectivity/${id}`)).mqtt.mqtts[1], / -h tb -p 2 /);
  assert.equal(await (await send("GET", path)).text(), "PEM");
});

test("devices are listed by their profile, which their firmware must be for", async (t) => {
  const { get, post, status, id } = await listening(t);
  const profile = await post("/api/deviceProfile", { name: "kind" });
  const device = await post("/api/device", { name: "of it", deviceProfileId: profile.id });
  const { data } = await get(`/api/tenant/deviceInfos?pageSize=10&page=0&deviceProfileId=${profile.id.id}`);
  assert.deepEqual(
    data.map(({ name }: Answer) => name),
    ["of it"],
  );
  const made = await post("/api/otaPackage", {
    type: "FIRMWARE",
    title: "t",
    version: "1",
    deviceProfileId: profile.id,
  });
  const file = new FormData();
  file.set("file", new Blob(["x"]), "x");
  await post(`/api/otaPackage/${made.id.id}?checksumAlgorithm=CRC32`, file);
  assert.equal(await status("POST", "/api/device", { ...device, firmwareId: made.id }), 200);
  const other = await get(`/api/device/${id}`);
  assert.equal(await status("POST", "/api/device", { ...other, firmwareId: made.id }), 400);
});
