/**
 * FAULT_SEEDS: how many lives, the seeds from 1 on. FAULT_SEED: this one alone, and what happens in it is printed. FAULT_KIND: with
 * faults of this kind alone (kinds.ts, fleet-kinds.ts, tls-kinds.ts). FAULT_TLS: all have no TLS (0), TLS (1), or a client certificate too (2); else
 * it is drawn by the seed. FAULT_POWER: all have the setting `power` on, or save; else one in three saves.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveAll, liveness } from "./crew.ts";
import { live, restWithoutFaults } from "./life.ts";
import { type Tls, tlsOf, worldOf } from "./protection.ts";
import { savingBy, savingOf } from "./saving.ts";
import { faultsOf } from "./verdict.ts";
import type { Verdict } from "./worker.ts";

const { FAULT_SEED, FAULT_SEEDS = "100", FAULT_KIND } = process.env;
/** So many failing seeds are told in full. */
const TOLD = 20;

/** What repeats one life alone. */
const variables = (seed: number, tls: Tls): string =>
  [
    `FAULT_SEED=${seed}`,
    `FAULT_TLS=${tls}`,
    `FAULT_POWER=${savingOf(seed) ? "save" : "on"}`,
    ...(FAULT_KIND ? [`FAULT_KIND=${FAULT_KIND}`] : []),
  ].join(" ");

function delivery(verdicts: Verdict[]): string {
  const { median_s, worst_s, worst } = liveness(verdicts);
  if (verdicts.length === 0) return "none";
  return `median ${median_s} s, worst ${worst_s} s (seed ${worst})`;
}

const report = (seed: number, tls: Tls, faults: string[]): string =>
  [
    `seed ${seed}: ${variables(seed, tls)} node --import tsx --test test/faults/lives.test.ts`,
    ...faults.map((fault) => `  ${fault}`),
  ].join("\n");

if (FAULT_SEED)
  test(`the day of seed ${FAULT_SEED} loses nothing`, async () => {
    const seed = Number(FAULT_SEED);
    const tls = tlsOf(seed);
    const saving = savingOf(seed);
    const rest = await restWithoutFaults(worldOf(tls), saving && savingBy(saving.policy));
    const faults = faultsOf(await live(seed, console.log, FAULT_KIND, worldOf(tls), saving), rest);
    assert.ok(faults.length === 0, report(seed, tls, faults));
  });
else
  test(`${FAULT_SEEDS} days full of faults lose nothing`, async (t) => {
    const verdicts = await liveAll(Number(FAULT_SEEDS));
    const failed = verdicts.filter(({ faults }) => faults.length > 0);
    const records = verdicts.reduce((sum, verdict) => sum + verdict.records, 0);
    const byTls = [0, 1, 2].map((tls) => verdicts.filter((verdict) => verdict.tls === tls).length);
    const saving = verdicts.filter(({ saves }) => saves !== undefined);
    const awake = verdicts.filter(({ saves }) => saves === undefined);
    t.diagnostic(
      `TLS 0, 1, 2: ${byTls.join(", ")} lives, ${saving.length} of them save power; ${records} records; from the end of the faults until all was delivered: ${delivery(awake)}; those that save: ${delivery(saving)}`,
    );
    const told = failed.slice(0, TOLD).map(({ seed, tls, faults }) => report(seed, tls, faults));
    const untold = failed.slice(TOLD).map(({ seed }) => seed);
    if (untold.length) told.push(`and the seeds ${untold.join(", ")}`);
    assert.ok(
      failed.length === 0,
      `${failed.length} of ${verdicts.length} lives went wrong\n${told.join("\n")}`,
    );
  });
