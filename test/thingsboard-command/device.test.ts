/** `device` against the stand-in: a device of the profile, and its settings in a file. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { makeCertificates } from "../../scripts/start/certificates.ts";
import type { Answer } from "../simulator/rest-rig.ts";
import { BOARD, rig } from "./rig.ts";

test("device makes one of the profile and writes its settings; run again nothing is another", async (t) => {
  const { run, count, get, file, read, mqttPort } = await rig(t);
  await run(["setup"]);
  const out = file("tracker.json");
  const first = await run(["device", "bus 7", "--out", out, ...BOARD]);
  assert.deepEqual([first.code, first.said[0]], [0, 'device "bus 7": made']);
  assert.match(
    first.complaints.join("\n"),
    /^server\.host is 127\.0\.0\.1, which only this computer reaches/,
  );
  const device = await get("/api/tenant/devices?deviceName=bus%207");
  assert.deepEqual(
    [device.type, device.additionalInfo],
    ["Espruino tracker", { madeBy: "espruino-thingsboard" }],
  );
  const { credentialsId } = await get(`/api/device/${device.id.id}/credentials`);
  const settings = read("tracker.json");
  assert.deepEqual(settings.server, {
    host: "127.0.0.1",
    port: mqttPort,
    tls: 0,
    username: credentialsId,
  });
  assert.equal(settings.board, "rak5010");

  const devices = count().devices;
  const again = await run(["device", "bus 7", "--out", out, ...BOARD]);
  assert.deepEqual(
    [again.code, again.said.slice(0, 2), count().devices],
    [0, ['device "bus 7": is there already', `${out}: is so already`], devices],
  );
});

test("it may be silent as long as its settings say, and reports what the dashboard shows, unless it is told otherwise", async (t) => {
  const { run, get, post, file } = await rig(t);
  await run(["setup"]);
  const out = file("tracker.json");
  writeFileSync(out, JSON.stringify({ board: "rak5010", power: "save", interval_s: 3600 }));
  const { code } = await run(["device", "bus 7", "--out", out, "--force"]);
  assert.equal(code, 0);
  const { id } = await get("/api/tenant/devices?deviceName=bus%207");
  const path = `/api/plugins/telemetry/DEVICE/${id.id}`;
  const attributes = async (scope: string): Promise<Answer> =>
    Object.fromEntries(
      (await get(`${path}/values/attributes/${scope}`)).map(({ key, value }: Answer) => [key, value]),
    );
  assert.deepEqual(await attributes("SERVER_SCOPE"), { inactivityTimeout: 7_500_000 });
  assert.deepEqual(await attributes("SHARED_SCOPE"), { extras: "why,battery,signal_dbm" });
  await post(`${path}/attributes/SHARED_SCOPE`, { extras: "hdop" });
  assert.equal((await run(["device", "bus 7", "--out", out])).code, 0);
  assert.deepEqual(await attributes("SHARED_SCOPE"), { extras: "hdop" });
});

test("with TLS the server's root comes along, as a file beside the settings", async (t) => {
  const certificates = await makeCertificates(false, ["tracker"]);
  const { run, server, file, read } = await rig(t, {
    tls: { ...certificates.server, root: certificates.ca },
  });
  Object.assign(server.tenant, {
    connectivity: { ...server.tenant.connectivity, host: "tb.example.com", mqtts_port: 8883 },
  });
  await run(["setup"]);
  const { code, complaints } = await run(["device", "bus 7", "--out", file("tracker.json"), ...BOARD]);
  assert.deepEqual([code, complaints], [0, []]);
  const { host, port, tls, ca } = read("tracker.json").server;
  assert.deepEqual([host, port, tls], ["tb.example.com", 8883, 1]);
  assert.match(ca, /^npm-start-[0-9a-f]{8}\.pem$/);
  assert.equal(
    readFileSync(join(dirname(file("tracker.json")), basename(ca)), "utf8").trim(),
    certificates.ca.trim(),
  );
});

test("TLS without a root is told; it is not silently taken for none", async (t) => {
  const { run, server, file, read } = await rig(t);
  Object.assign(server.tenant, {
    connectivity: { host: "tb.example.com", mqtt_port: 1883, mqtts_port: 8883 },
  });
  await run(["setup"]);
  const { code, complaints } = await run(["device", "bus 7", "--out", file("tracker.json"), ...BOARD]);
  assert.equal(code, 0);
  assert.deepEqual(complaints, [
    "the server has TLS at tb.example.com:8883, but no certificate to trust: npm run config -- --port 8883 --fetch-ca",
  ]);
  assert.equal(read("tracker.json").server.tls, 0);

  // As npm run config leaves it, once it was told so.
  const settings = read("tracker.json");
  const way = { port: 8883, tls: 1, ca: "ca.pem" };
  writeFileSync(
    file("tracker.json"),
    JSON.stringify({ ...settings, server: { ...settings.server, ...way } }),
  );
  const again = await run(["device", "bus 7", "--out", file("tracker.json"), "--force"]);
  assert.equal(again.code, 0, again.complaints.join("\n"));
  const { port, tls, ca } = read("tracker.json").server;
  assert.deepEqual({ port, tls, ca }, way);
  assert.match(again.complaints.join("\n"), /tracker\.json: its TLS stays as it is$/m);
});

test("a chain without its root, or what is no certificate, is no root to trust", async (t) => {
  const authority = await makeCertificate({ name: "authority", authority: true });
  const { certificate } = await makeCertificate({ name: "server", by: authority, hosts: ["localhost"] });
  for (const [name, root] of [
    ["chain", certificate],
    ["nonsense", certificate.replace(/[A-Za-z0-9]{40}/, "A".repeat(40))],
  ] as const) {
    const { run, server, file, read } = await rig(t);
    Object.assign(server.tenant, {
      connectivity: { host: "tb.example.com", mqtt_port: 1883, mqtts_port: 8883, root },
    });
    await run(["setup"]);
    const { code, complaints } = await run(["device", "bus 7", "--out", file("tracker.json"), ...BOARD]);
    assert.equal(code, 0, name);
    assert.match(
      complaints.join("\n"),
      /no certificate to trust: npm run config -- --port 8883 --fetch-ca$/m,
    );
    assert.equal(read("tracker.json").server.tls, 0);
  }
});

test("without a name each board asks the server for a device of its own", async (t) => {
  const { run, get, count, file, read } = await rig(t);
  await run(["setup"]);
  const { code, said } = await run(["device", "--out", file("fleet.tracker.json"), ...BOARD]);
  assert.equal(code, 0, said.join("\n"));
  assert.equal(count().devices, 1);
  const { data } = await get("/api/deviceProfiles?pageSize=10&page=0&textSearch=espruino");
  const { provision_key, provision_secret, username } = read("fleet.tracker.json").server;
  assert.deepEqual(
    [provision_key, provision_secret, username],
    [data[0].provisionDeviceKey, data[0].profileData.provisionConfiguration.provisionDeviceSecret, undefined],
  );
});

test("a device of another profile is only moved if that is said", async (t) => {
  const { run, get, file, host } = await rig(t);
  await run(["setup"]);
  const args = ["device", "my tracker", "--out", file("tracker.json"), ...BOARD];
  const refused = await run(args);
  assert.deepEqual(
    [refused.code, refused.complaints],
    [
      1,
      [
        `${host}: its device "my tracker" is of the profile "default": --move makes it one of "Espruino tracker", or give another name`,
      ],
    ],
  );
  assert.equal((await run([...args, "--move"])).code, 0);
  const moved = await get("/api/tenant/devices?deviceName=my%20tracker");
  assert.deepEqual([moved.type, moved.additionalInfo], ["Espruino tracker", null]);
});

test("what is not set up, or logs in by something else, is refused in one line", async (t) => {
  const { run, get, post, id, file, host } = await rig(t);
  const args = ["device", "my tracker", "--move", "--out", file("tracker.json"), ...BOARD];
  assert.deepEqual((await run(args)).complaints, [
    `${host}: is not set up: npm run thingsboard -- setup --url ${host} --user …`,
  ]);
  await run(["setup"]);
  const credentials = await get(`/api/device/${id}/credentials`);
  await post("/api/device/credentials", {
    ...credentials,
    credentialsType: "MQTT_BASIC",
    credentialsId: null,
    credentialsValue: '{"clientId":null,"userName":"u","password":"p"}',
  });
  assert.deepEqual((await run(args)).complaints, [
    `${host}: "my tracker" logs in by MQTT_BASIC, not by a token: npm run config writes its settings`,
  ]);
});

test("settings that cannot be are refused as npm run config refuses them", async (t) => {
  const { run, file } = await rig(t);
  await run(["setup"]);
  const { code, complaints } = await run(["device", "bus 7", "--out", file("tracker.json")]);
  assert.deepEqual([code, complaints], [2, ["--board is missing: the board the settings are for"]]);
});
