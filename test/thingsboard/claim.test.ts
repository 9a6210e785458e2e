import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { server } from "./server.ts";

describe("claim", () => {
  const claims: [key: string | undefined, duration_ms: number | undefined, payload: string][] = [
    ["s3", 60000, '{"secretKey":"s3","durationMs":60000}'],
    ["s3", undefined, '{"secretKey":"s3"}'],
    ["", 1, '{"secretKey":"","durationMs":1}'],
    [undefined, undefined, "{}"],
  ];
  for (const [key, duration_ms, payload] of claims)
    for (const topics of [1, 2] as const)
      it(`${payload}: true at PUBACK, on the one topic there is for it, topics ${topics}`, async () => {
        const far = server({ topics });
        await far.client.connect();
        assert.equal(await far.client.claim(key, duration_ms), true);
        assert.deepEqual(far.published(), [["v1/devices/me/claim", payload]]);
        await far.client.disconnect();
      });

  it("calls done; false while not connected", () => {
    const { client } = server();
    const outcomes: boolean[] = [];
    client.claim("s3", 1000, (ok) => outcomes.push(ok));
    assert.deepEqual([outcomes, client.last_error], [[false], "not connected"]);
  });

  it("throws at once on wrong arguments", () => {
    const { client } = server();
    for (const key of [5, null, {}])
      assert.throws(() => client.claim(key as never), { message: "secret_key: use text" });
    for (const duration of [0, -1, 1.5, "1", null, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => client.claim("s3", duration as never), {
        message: "duration_ms: use a whole number",
      });
  });
});
