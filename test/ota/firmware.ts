/** Packages for the `linux` board, made of its blob, and what a tracker told of them. */
import { readFileSync } from "node:fs";
import type { Loader } from "../../scripts/build/loader.ts";
import { packageOf } from "../../scripts/package/package.ts";
import type { ThingsBoard, WantedPackage } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { builtBlob } from "../device/rig.ts";

export const { name: NAME, version: VERSION } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { name: string; version: string };

/** The `linux` board's loader, as it was built. */
export const builtLoader = (): Loader =>
  JSON.parse(readFileSync(new URL("../../dist/linux.loader.json", import.meta.url), "latin1"));

/** The same firmware by another version; `spoil`: what becomes of its code. */
export function firmware(version: string, spoil = (code: string) => code): WantedPackage {
  const code = spoil(builtBlob().replaceAll(VERSION, version));
  const { title, tag, bytes } = packageOf("linux", code, { name: NAME, version });
  return { title, version, tag, bytes, algorithm: "CRC32" };
}

/** Each state and why, in their order; those that the server writes itself are none. */
export function statesOf(thingsboard: ThingsBoard): string[] {
  const errors = new Map(thingsboard.telemetry("tracker", "fw_error").map(({ ts, value }) => [ts, value]));
  return thingsboard
    .telemetry("tracker", "fw_state")
    .filter(({ value }) => value !== "QUEUED" && value !== "INITIATED")
    .map(({ ts, value }) => (errors.has(ts) ? `${value}: ${errors.get(ts)}` : `${value}`));
}
