/** The two kinds of TLS that a world on a fake clock may have: the same is seen with both, and again in each run. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOST, realTls, sealedTls, type WorldTls } from "./tls.ts";
import { createWorld } from "./world.ts";

async function minutes(tls: WorldTls, step_ms: number) {
  const world = createWorld({ tls });
  try {
    await world.run(180, step_ms);
    return {
      traffic: world.modem.transcript.toString(),
      points: world.thingsboard
        .telemetry("tracker")
        .map(({ ts, key, value }) => [Math.round(ts / 1000), key, value]),
      encryption: world.status().encryption,
    };
  } finally {
    await world.stop();
  }
}

for (const [name, tlsOf] of [
  ["Node's TLS", realTls],
  ["the sealed stand-in", sealedTls],
] as const)
  test(`${name}: a run repeats itself to the byte`, async () => {
    const tls = tlsOf();
    const first = await minutes(tls, 1000);
    assert.ok(first.points.length > 60);
    assert.equal(first.encryption, "TLS");
    assert.equal((await minutes(tls, 1000)).traffic, first.traffic);
  });

test("both store the same points, to the second", async () => {
  const real = await minutes(realTls({ tls: 2 }), 1000);
  const sealed = await minutes(sealedTls({ tls: 2 }), 1000);
  assert.equal(real.encryption, "TLS, client certificate");
  assert.deepEqual(sealed.points, real.points);
});

test("a client certificate is log-in enough: no user name", async () => {
  const tls = sealedTls({ tls: 2 });
  const world = createWorld({ tls, config: { server: { host: HOST, client_id: "t", ...tls.settings } } });
  try {
    await world.run(60);
    assert.ok(world.thingsboard.telemetry("tracker").length > 0);
  } finally {
    await world.stop();
  }
});
