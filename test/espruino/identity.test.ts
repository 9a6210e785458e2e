/** A board without a login asks for one, in the real interpreter, against the stand-in. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { addProfiles, keysOf, NAME } from "../blob/identity-world.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

/** A tracker with the keys of the profile "new". */
async function start(t: TestContext, credentials: number) {
  const { host: _, ...keys } = keysOf("new");
  const tracker = await startRealTracker({
    binary,
    features: { identity: "provision", tls: "none" },
    interval_s: 5,
    server: { username: undefined, client_id: undefined, ...keys, credentials },
  });
  t.after(() => tracker.stop());
  addProfiles(tracker.thingsboard.tenant);
  return { ...tracker, tenant: tracker.thingsboard.tenant };
}

test("a token of its own: the answer is lost, and asked for again; it logs in, and after a power cut at once", {
  skip,
}, async (t) => {
  const { thingsboard, tenant, evaluate, until, lines, powerCut } = await start(t, 0);
  thingsboard.faults.cut_next = "publish";
  await until("tracker.status().sent>0", 60);
  const device = tenant.device(NAME);
  const { token } = device;
  assert.match(token ?? "", /^[0-9a-z]{16,32}$/);
  assert.equal(tenant.devices.length, 2);
  assert.equal(await evaluate("E.getErrorFlags().length"), 0);

  // From now on none is given.
  for (const profile of tenant.profiles) profile.provisioning = undefined;
  const before = lines.length;
  await powerCut();
  await until("tracker.status().sent>0", 60);
  assert.equal(device.token, token);
  assert.deepEqual(
    lines.slice(before).filter((line) => line.startsWith("tracker: ")),
    ["tracker: connected"],
  );
});

test("user name and password", { skip }, async (t) => {
  const { tenant, evaluate, until } = await start(t, 2);
  await until("tracker.status().sent>0", 60);
  const { basic } = tenant.device(NAME);
  assert.equal(basic?.username, NAME);
  assert.match(basic?.password ?? "", /^[0-9a-z]{16,32}$/);
  assert.equal(await evaluate("E.getErrorFlags().length"), 0);
});
