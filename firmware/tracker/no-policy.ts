/** `#policy` of a build without: a fix each `interval_s`, whatever happens. */
import { getFix } from "#gnss";
import type { DeviceConfig } from "../device-config.ts";
import type { Fix } from "../gnss/fix.ts";
import type { Located } from "../gnss/source.ts";
import type { Reason } from "../reason.ts";
import { timeTold, Witness } from "./clock.ts";
import { append } from "./outbox.ts";
import type { Sample } from "./sample.ts";
import { Why } from "./why.ts";

export const HAS_POLICY: boolean = false;

let config: DeviceConfig;
let done: Located;

export function startPolicy(its_config: DeviceConfig): void {
  config = its_config;
}

export function findFix(its_done: Located): void {
  done = its_done;
  getFix(config.fix_timeout_s, came);
}

function came(fix: Fix | null, reason: Reason): void {
  if (fix) fix.time_ms = timeTold(Witness.Fix, fix.time_ms);
  done(fix, reason);
}

export function period_s(): number {
  return config.interval_s;
}

export function judge(sample: Sample, _cause: Why): boolean {
  append(sample.time_ms, sample, "", Why.Interval);
  return false;
}

export function moved(): boolean {
  return false;
}
