/** Firmware and software by MQTT: what a real ThingsBoard CE 4.2.1 said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checksumOf,
  type OtaPackage,
  type OtaType,
} from "../../scripts/simulator/thingsboard/ota-package.ts";
import { assigning } from "../../scripts/simulator/thingsboard/ota-state.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { type MqttPeer, START_MS, setup } from "./mqtt-peer.ts";

/** The file of the recording: 90 characters, over and over. */
const BYTES = Buffer.from(Array.from({ length: 1300 }, (_, i) => 33 + (i % 90)));

function packageOf(version: string, fields: Partial<OtaPackage> = {}, bytes = BYTES): OtaPackage {
  return {
    id: version,
    created_ms: START_MS,
    profile_id: "",
    type: "FIRMWARE",
    title: "espruino-thingsboard",
    version,
    tag: undefined,
    url: undefined,
    file: {
      name: "linux.js",
      content_type: "application/octet-stream",
      bytes,
      algorithm: "CRC32",
      checksum: checksumOf(bytes, "CRC32"),
    },
    more: {},
    ...fields,
  };
}

function assign(server: ThingsBoard, assigned: OtaPackage | undefined, type: OtaType = "FIRMWARE"): void {
  const device = server.tenant.device("tracker");
  assigning(server.tenant, type, () => {
    device.packages[type] = assigned;
  });
}

async function chunk(peer: MqttPeer, topic: string, size: string): Promise<Buffer> {
  peer.publish(`v2/${topic}`, size);
  await peer.expect("puback");
  const { topic: answered, payload } = await peer.expect("publish");
  assert.equal(answered, `v2/${topic.replace("request", "response")}`);
  return Buffer.from(payload);
}

test("checksums as a real server writes them", () => {
  assert.equal(checksumOf(BYTES, "CRC32"), "83e7af1e");
  assert.equal(checksumOf(Buffer.from("abc"), "MD5"), "900150983cd24fb0d6963f7d28e17f72");
  assert.match(checksumOf(BYTES, "SHA256"), /^[0-9a-f]{64}$/);
});

test("assigned: shared attributes, what goes, and the wish as telemetry; unassigned: nine go", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ "v1/devices/me/attributes": 1 });
  assign(server, packageOf("0.2.0"));
  const told = async (): Promise<string> => (await peer.expect("publish")).payload.toString();
  assert.equal(
    await told(),
    '{"fw_title":"espruino-thingsboard","fw_version":"0.2.0","fw_size":1300,"fw_checksum_algorithm":"CRC32","fw_checksum":"83e7af1e"}',
  );
  assert.equal(await told(), '{"deleted":["fw_tag","fw_url"]}');
  assert.deepEqual(Object.fromEntries(server.latest("tracker").map(({ key, value }) => [key, value])), {
    target_fw_title: "espruino-thingsboard",
    target_fw_version: "0.2.0",
    target_fw_ts: START_MS,
    fw_state: "INITIATED",
  });
  assign(server, packageOf("0.3.0", { tag: "my tag" }));
  assert.match(await told(), /^{"fw_title":"espruino-thingsboard","fw_version":"0.3.0","fw_tag":"my tag",/);
  assert.equal(await told(), '{"deleted":["fw_url"]}');
  assign(server, packageOf("0.4.0", { url: "http://127.0.0.1/fw.js", file: undefined }));
  await peer.expectSilence();
  assign(server, undefined);
  assert.equal(
    await told(),
    '{"deleted":["fw_checksum_algorithm","fw_version","fw_ts","fw_tag","fw_checksum","fw_title","fw_state","fw_size","fw_url"]}',
  );
  peer.publish("v1/devices/me/attributes/request/1", '{"sharedKeys":"fw_title,fw_version"}');
  await peer.expect("puback");
  assert.equal(await told(), "{}");
});

test("a profile's package is its devices', but for those that have one of their own", () => {
  const { server } = setup();
  const { tenant } = server;
  const profile = tenant.defaultProfile;
  const other = tenant.addDevice({ name: "other", token: "T2" }, profile);
  other.packages.FIRMWARE = packageOf("own");
  assigning(tenant, "FIRMWARE", () => {
    profile.packages.FIRMWARE = packageOf("all");
  });
  const version = (name: string): unknown => tenant.device(name).store.values("SHARED_SCOPE").fw_version;
  assert.deepEqual([version("tracker"), version("other")], ["all", undefined]);
  assigning(tenant, "FIRMWARE", () => {
    other.packages.FIRMWARE = undefined;
  });
  assert.equal(version("other"), "all");
});

test("chunks: the last is shorter, past the end is empty, without size it is all of it", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  assign(server, packageOf("0.2.0"));
  const parts: Buffer[] = [];
  for (let i = 0; i < 3; i++) parts.push(await chunk(peer, `fw/request/2/chunk/${i}`, "512"));
  assert.deepEqual(
    parts.map(({ length }) => length),
    [512, 512, 276],
  );
  assert.deepEqual(Buffer.concat(parts), BYTES);
  for (const past of [3, 4]) assert.equal((await chunk(peer, `fw/request/2/chunk/${past}`, "512")).length, 0);
  // The size that was asked for last with this number.
  assert.equal((await chunk(peer, "fw/request/2/chunk/2", "")).length, 276);
  for (const whole of ["", "0", "-1", "65536"])
    assert.deepEqual(await chunk(peer, `fw/request/1${whole.length}/chunk/0`, whole), BYTES, whole);
  assert.deepEqual(await chunk(peer, "fw/request/3/chunk/1", ""), BYTES);
  // What is no download: acknowledged, and no more.
  for (const topic of ["v2/fw/request/abc/chunk/0", "v2/fw/request/8/chunk/x"]) {
    peer.publish(topic, "512");
    await peer.expect("puback");
  }
  peer.publish("v2/fw/request/2/chunk/2147483647", "512");
  await peer.expect("puback");
  await peer.expectSilence();
  peer.publish("v2/fw/request/7/chunk/0", "512", { qos: 0 });
  assert.equal((await peer.expect("publish")).payload.length, 512);
});

test("a download's number keeps its package, for software too; another number gets what is assigned now", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  const later = Buffer.from("later");
  assign(server, packageOf("1"));
  await chunk(peer, "fw/request/1/chunk/0", "16");
  assign(server, packageOf("2", {}, later));
  assign(server, packageOf("3", { type: "SOFTWARE" }, Buffer.from("software")), "SOFTWARE");
  assert.deepEqual(await chunk(peer, "fw/request/1/chunk/0", "16"), BYTES.subarray(0, 16));
  assert.deepEqual(await chunk(peer, "sw/request/1/chunk/0", "16"), BYTES.subarray(0, 16));
  assert.deepEqual(await chunk(peer, "fw/request/2/chunk/0", "16"), later);
  assert.equal((await chunk(peer, "sw/request/3/chunk/0", "16")).toString(), "software");
});

for (const [what, topic, size, error] of [
  ["over 65,536", "v2/fw/request/1/chunk/0", "65537", "PAYLOAD_TOO_LARGE"],
  ["no software", "v2/sw/request/1/chunk/0", "512", "NOT_FOUND"],
  ["no number", "v2/fw/request/1/chunk/0", "abc", undefined],
  ["a chunk's number over 2^31", "v2/fw/request/1/chunk/4294967296", "512", undefined],
] as const)
  test(`${what}: ${error ?? "nothing"}, and closed without PUBACK`, async () => {
    const { server, connect } = setup();
    const peer = await connect();
    assign(server, packageOf("0.2.0"));
    peer.publish(topic, size);
    if (error !== undefined) {
      const { topic: told, payload } = await peer.expect("publish");
      assert.deepEqual([told, payload.toString()], ["v2/fw/error", error]);
    }
    await peer.expectClose();
  });

test("a package with an URL: FAILURE, and closed", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  assign(server, packageOf("0.4.0", { url: "http://127.0.0.1/fw.js", file: undefined }));
  peer.publish("v2/fw/request/30/chunk/0", "512");
  assert.equal((await peer.expect("publish")).payload.toString(), "FAILURE");
  await peer.expectClose();
});

test("only the first request of a download counts against the rate limit", async () => {
  const devices = [{ name: "tracker", token: "T1", rate_limits: { messages: "3:60" } }];
  const { server, connect } = setup({ devices });
  const peer = await connect();
  assign(server, packageOf("0.2.0"));
  for (let i = 0; i < 10; i++) await chunk(peer, `fw/request/1/chunk/${i}`, "100");
  await chunk(peer, "fw/request/2/chunk/0", "100");
  peer.publish("v2/fw/request/3/chunk/0", "100");
  await peer.expectClose();
});

test("as a test assigns it: by title, version and bytes; a response that is lost, a chunk that is spoilt", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  server.assign("tracker", { title: "fw", version: "2", bytes: BYTES, algorithm: "CRC32" });
  assert.equal(server.tenant.device("T1").store.values("SHARED_SCOPE").fw_checksum, "83e7af1e");
  assert.equal(server.tenant.packages.length, 1);
  server.faults.lose_responses = 1;
  peer.publish("v2/fw/request/1/chunk/0", "512");
  await peer.expect("puback");
  await peer.expectSilence();
  server.faults.spoil_chunks = 1;
  assert.notDeepEqual(await chunk(peer, "fw/request/1/chunk/0", "512"), BYTES.subarray(0, 512));
  assert.deepEqual(await chunk(peer, "fw/request/1/chunk/0", "512"), BYTES.subarray(0, 512));
  server.assign("tracker", { title: "fw", version: "3", bytes: BYTES, checksum: "00" });
  assert.equal(server.tenant.device("T1").store.values("SHARED_SCOPE").fw_checksum, "00");
  server.assign("tracker", undefined);
  assert.deepEqual(server.tenant.device("T1").store.values("SHARED_SCOPE"), {});
  server.faults.lose_responses = 2;
  for (const [topic, payload] of [
    ["v1/devices/me/attributes/request/1", "{}"],
    ["v1/devices/me/rpc/request/1", '{"method":"getSessionLimits"}'],
  ] as const) {
    peer.publish(topic, payload);
    await peer.expect("puback");
    await peer.expectSilence();
  }
});
