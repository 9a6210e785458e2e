import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { tlsOf, worldOf } from "./protection.ts";

const SEEDS = Array.from({ length: 200 }, (_, i) => i + 1);
const { FAULT_TLS } = process.env;

afterEach(() => {
  delete process.env.FAULT_TLS;
  if (FAULT_TLS) process.env.FAULT_TLS = FAULT_TLS;
});

test("half of the lives have no TLS, a quarter each verify the server, and show a certificate too; always the same ones", () => {
  delete process.env.FAULT_TLS;
  const drawn = SEEDS.map(tlsOf);
  assert.deepEqual(SEEDS.map(tlsOf), drawn);
  const [none = 0, one = 0, two = 0] = [0, 1, 2].map((tls) => drawn.filter((its) => its === tls).length);
  assert.equal(none + one + two, SEEDS.length);
  assert.ok(Math.abs(none - 100) <= 15 && one >= 35 && two >= 35, `${none}, ${one}, ${two}`);
  // With and without a PIN, and with an outbox of each size (scene.ts).
  const mixes = new Set(SEEDS.map((seed) => `${tlsOf(seed)} ${seed % 12}`));
  assert.equal(mixes.size, 36);
});

test("FAULT_TLS gives all the same", () => {
  for (const tls of [0, 1, 2] as const) {
    process.env.FAULT_TLS = String(tls);
    assert.ok(SEEDS.every((seed) => tlsOf(seed) === tls));
    assert.equal(worldOf(tls)?.settings.tls, tls || undefined);
  }
  process.env.FAULT_TLS = "yes";
  assert.throws(() => tlsOf(1), /^Error: FAULT_TLS: use 0, 1 or 2$/);
});
