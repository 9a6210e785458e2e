/** ThingsBoard's own Python clients, the device SDK (it speaks MQTT 5) and the REST client, against the stand-in. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";

const python = process.env.THINGSBOARD_PYTHON ?? "";
const skip = python
  ? false
  : "skipped: set THINGSBOARD_PYTHON=<python that has tb-mqtt-client, tb-rest-client and mmh3 from PyPI>";
const script = fileURLToPath(new URL("thingsboard-python.py", import.meta.url));

test("ThingsBoard's own Python clients do with the stand-in what they do with a server", {
  skip,
}, async (t) => {
  const server = createThingsBoard({ devices: [{ name: "tracker", token: "T1" }], rules: { getTime: 5 } });
  t.after(() => server.close());
  const { mqttPort, httpPort } = await server.listen({ mqttPort: 0, httpPort: 0 });
  const id = server.tenant.device("tracker").id;
  // The SDK writes files where it is.
  const ports = [mqttPort, httpPort].map(String);
  const child = spawn(python, [script, "127.0.0.1", ...ports, id], { cwd: tmpdir() });
  t.after(() => child.kill());
  const [printed, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  assert.equal(code, 0, complaints);
  const { states, ...told } = Object.assign(
    {},
    ...printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
  assert.deepEqual(told, {
    device: ["tracker", id],
    credentials: "T1",
    telemetry: 0,
    latest: [{ ts: 2000, value: 2.5 }],
    history: {
      a: [
        { ts: 2000, value: 2.5 },
        { ts: 1000, value: 1.5 },
      ],
    },
    attributes: 0,
    "client scope": [0.1],
    update: { interval_s: 60 },
    asked: { client: { fw: 0.1 }, shared: { interval_s: 60 } },
    "after deletion": { client: { fw: 0.1 } },
    "two-way": { echo: { x: 1 } },
    "two-way, newer": { echo: { x: 1 } },
    "one-way": null,
    "own call": 5,
    // Four fifths of what the server told.
    limits: 52_428,
    profile: "ALLOW_CREATE_NEW_DEVICES",
    given: ["SUCCESS", 20],
    "own token": { credentialsValue: "own", credentialsType: "ACCESS_TOKEN", status: "SUCCESS" },
    basic: {
      credentialsValue: { clientId: "c", userName: "u", password: "p" },
      credentialsType: "MQTT_BASIC",
      status: "SUCCESS",
    },
    certificate: { credentialsValue: "AAAABBBB", credentialsType: "X509_CERTIFICATE", status: "SUCCESS" },
    again: null,
    package: [true, 1000],
    firmware: [true, "1.0"],
    claim: 0,
    claimed: "SUCCESS",
  });
  // It fails once: it takes the {"deleted":…} that comes while it loads for the package's attributes, and asks again.
  for (const state of ["DOWNLOADING", "VERIFIED"]) assert.ok(states.includes(state), `${states}`);
  assert.equal(states.at(-1), "UPDATED");
});
