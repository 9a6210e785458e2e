/** `remove` against the stand-in: what the command made goes, nothing else. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { BOARD, rig } from "./rig.ts";

/** Set up, with a device of the command's, and firmware for it. */
async function inUse(t: TestContext) {
  const made = await rig(t);
  const before = made.count();
  await made.run(["setup"]);
  await made.run(["device", "bus 7", "--out", made.file("tracker.json"), ...BOARD]);
  const file = made.file("rak5010-9.9.9.js");
  writeFileSync(file, "//espruino-thingsboard RAK5010 9.9.9 2v20.48\n1");
  for (const to of ["bus 7", "profile"]) await made.run(["firmware", file, "--to", to, "--wait", "0"]);
  return { ...made, before };
}

test("remove takes all of it away, and a second time there is nothing", async (t) => {
  const { run, count, before, host } = await inUse(t);
  assert.notDeepEqual(count(), before);
  const { code, said, complaints } = await run(["remove", "--yes"]);
  assert.deepEqual([code, complaints], [0, []]);
  assert.deepEqual(said, [
    "devices: 1 removed",
    'device profile "Espruino tracker", and its alarm rules: removed',
    "packages: 1 removed",
    'dashboard "Espruino trackers": removed',
    'rule chain "Espruino tracker": removed',
  ]);
  assert.deepEqual(count(), before);
  assert.deepEqual((await run(["remove", "--yes"])).said, [`${host}: has nothing of this command`]);
});

test("what an interrupted remove left of the packages goes the next time", async (t) => {
  const { run, count, before, server } = await inUse(t);
  const [left] = server.tenant.packages;
  assert.ok(left);
  await run(["remove", "--yes"]);
  server.tenant.packages.push(left);
  const { code, said } = await run(["remove", "--yes"]);
  assert.deepEqual([code, said], [0, ["packages: 1 removed"]]);
  assert.deepEqual(count(), before);
});

test("it asks first; no, or nobody to ask, changes nothing", async (t) => {
  const { run, count, host } = await inUse(t);
  const there = count();
  const question = `Remove 1 devices with all their data (bus 7), 1 packages of firmware, device profile, dashboard, rule chain from ${host}?`;
  const no = await run(["remove"], {}, ["Remove 1 devices", "n"]);
  assert.deepEqual([no.code, no.complaints], [1, ["given up, nothing removed"]]);
  const nobody = await run(["remove"]);
  assert.deepEqual(
    [nobody.code, nobody.complaints],
    [1, [`${question} --yes says so where nobody can be asked`]],
  );
  assert.deepEqual(count(), there);
  assert.equal((await run(["remove"], {}, ["Remove 1 devices", "y"])).code, 0);
});

test("devices of the profile that others made keep all of it in place, unless --devices", async (t) => {
  const { run, count, post, get, before, host } = await inUse(t);
  const { data } = await get("/api/deviceProfiles?pageSize=10&page=0&textSearch=espruino");
  await post("/api/device", { name: "tracker-866425031234565", deviceProfileId: data[0].id });
  const there = count();
  const { code, complaints } = await run(["remove", "--yes"]);
  assert.deepEqual(
    [code, complaints],
    [
      1,
      [
        `${host}: nothing removed: 1 devices of the profile "Espruino tracker" were made by others (tracker-866425031234565): give them another profile, or --devices deletes them, too`,
      ],
    ],
  );
  assert.deepEqual(count(), there);
  assert.equal((await run(["remove", "--yes", "--devices"])).code, 0);
  assert.deepEqual(count(), before);
});
