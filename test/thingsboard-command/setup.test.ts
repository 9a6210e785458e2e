/** `setup` against the stand-in: everything is there afterwards, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../simulator/rest-rig.ts";
import { rig } from "./rig.ts";

/** What a new stand-in has. */
const NEW = {
  dashboards: 0,
  rule_chains: 1,
  calculated_fields: 0,
  profiles: 1,
  devices: 1,
  packages: 0,
};
const SET_UP = { ...NEW, dashboards: 1, rule_chains: 2, calculated_fields: 5, profiles: 2 };

const profileOf = async (get: (path: string) => Promise<Answer>): Promise<Answer> =>
  (await get("/api/deviceProfiles?pageSize=10&page=0")).data.find(
    ({ name }: Answer) => name === "Espruino tracker",
  );

test("setup makes all that is needed; run again it doubles nothing", async (t) => {
  const { run, count, get } = await rig(t);
  assert.deepEqual(count(), NEW);
  const first = await run(["setup"]);
  assert.deepEqual([first.code, first.complaints], [0, []]);
  assert.deepEqual(count(), SET_UP);
  const { id: board } = (await get("/api/tenant/dashboards?pageSize=10&page=0")).data[0];
  assert.equal(first.said.filter((line) => line.endsWith(": made")).length, 8);
  assert.equal(first.said.at(-1)?.endsWith(`/dashboards/${board.id}`), true);

  const before = await profileOf(get);
  const again = await run(["setup"]);
  assert.deepEqual([again.code, again.complaints], [0, []]);
  assert.equal(again.said.filter((line) => line.endsWith(": brought up to date")).length, 8);
  assert.deepEqual(count(), SET_UP);
  assert.deepEqual(await profileOf(get), before);
});

test("the profile points to the others, lets boards ask for a device, and its key and secret stay", async (t) => {
  const { run, get, post } = await rig(t);
  await run(["setup"]);
  const profile = await profileOf(get);
  const [chain] = (await get("/api/ruleChains?pageSize=10&page=0")).data.filter(
    ({ root }: Answer) => root !== true,
  );
  const { data } = await get("/api/tenant/dashboards?pageSize=10&page=0");
  assert.equal(profile.defaultRuleChainId.id, chain.id.id);
  assert.equal(profile.defaultDashboardId.id, data[0].id.id);
  assert.equal(profile.provisionType, "ALLOW_CREATE_NEW_DEVICES");
  assert.match(profile.provisionDeviceKey, /^[0-9a-f]{20}$/);
  assert.match(profile.profileData.provisionConfiguration.provisionDeviceSecret, /^[0-9a-f]{40}$/);
  // What its owner chose besides stays.
  await post("/api/deviceProfile", { ...profile, defaultQueueName: "Main" });
  await run(["setup"]);
  assert.deepEqual(await profileOf(get), { ...profile, defaultQueueName: "Main" });
});

test("a server before 4.3 has the alarms in the profile, and the node that judges by them", async (t) => {
  const { run, count, get } = await rig(t, { version: "4.2.2" });
  assert.equal((await run(["setup"])).code, 0);
  assert.deepEqual(count(), { ...SET_UP, calculated_fields: 0 });
  const profile = await profileOf(get);
  assert.equal(profile.profileData.alarms.length, 5);
  const { nodes, firstNodeIndex } = await get(`/api/ruleChain/${profile.defaultRuleChainId.id}/metadata`);
  assert.match(nodes[firstNodeIndex].type, /\.TbDeviceProfileNode$/);
  assert.equal((await run(["setup"])).code, 0);
  assert.deepEqual(count(), { ...SET_UP, calculated_fields: 0 });
});

test("one before 4.2 is refused before anything is changed", async (t) => {
  const { run, count, host } = await rig(t, { version: "4.1.0" });
  const { code, complaints } = await run(["setup"]);
  assert.deepEqual([code, complaints], [1, [`${host}: is ThingsBoard 4.1.0; 4.2 or newer is needed`]]);
  assert.deepEqual(count(), NEW);
});

test("what a person filled in for cells stays; other nodes become what they are to be", async (t) => {
  const { run, get, post } = await rig(t);
  await run(["setup"]);
  const { defaultRuleChainId } = await profileOf(get);
  const path = `/api/ruleChain/${defaultRuleChainId.id}/metadata`;
  const there = await get(path);
  const of = (nodes: Answer[], name: string): Answer => nodes.find((one) => one.name === name).configuration;
  of(there.nodes, "Ask the service").restEndpointUrlPattern = "https://cells.example.com/";
  of(there.nodes, "Keep telemetry").defaultTTL = 99;
  await post("/api/ruleChain/metadata", there);
  await run(["setup"]);
  const { nodes } = await get(path);
  assert.equal(of(nodes, "Ask the service").restEndpointUrlPattern, "https://cells.example.com/");
  assert.equal(of(nodes, "Keep telemetry").defaultTTL, 0);
});

test("somebody else's thing with the name of ours is left alone, and so is all else", async (t) => {
  const { run, count, post, host } = await rig(t);
  await post("/api/dashboard", { title: "Espruino trackers", configuration: { description: "mine" } });
  const { code, complaints } = await run(["setup"]);
  assert.deepEqual(
    [code, complaints],
    [
      1,
      [
        `${host}: has a dashboard "Espruino trackers" that is not of this command: rename it there, and run this again`,
      ],
    ],
  );
  assert.deepEqual(count(), { ...NEW, dashboards: 1 });
});

test("what was imported by hand is taken over", async (t) => {
  const { run, count, post } = await rig(t);
  const { dashboard } = await import("../../scripts/thingsboard/content/dashboard/dashboard.ts");
  await post("/api/dashboard", dashboard());
  assert.equal((await run(["setup"])).code, 0);
  assert.deepEqual(count(), SET_UP);
});
