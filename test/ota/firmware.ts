/** Packages made of a board's blob, the `linux` board's if nothing else is said, and what a tracker told of them. */
import { readFileSync } from "node:fs";
import type { BoardName } from "../../scripts/boards.ts";
import type { Loader } from "../../scripts/build/loader.ts";
import { packageOf } from "../../scripts/package/package.ts";
import type { ThingsBoard, WantedPackage } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { builtBlob } from "../device/rig.ts";

export const { name: NAME, version: VERSION } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { name: string; version: string };

/** The board's loader, as it was built. */
export const builtLoader = (board: BoardName = "linux"): Loader =>
  JSON.parse(readFileSync(new URL(`../../dist/${board}.loader.json`, import.meta.url), "latin1"));

/** The same firmware by another version; `spoil`: what becomes of its code. */
export function firmware(
  version: string,
  spoil = (code: string) => code,
  board: BoardName = "linux",
): WantedPackage {
  const code = spoil(builtBlob(board).replaceAll(VERSION, version));
  const { title, tag, bytes } = packageOf(board, code, { name: NAME, version });
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
