/**
 * `#ota`: the firmware that is assigned to the device in ThingsBoard, and the one that runs. They are compared at each
 * connect, since the server does nothing by itself for a device that was not there (thingsboard#10191). What is done then stands
 * in update.ts, where new firmware is put in slots.ts.
 */
import { log } from "#log";
import { json } from "../mqtt/text.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { VERSION } from "../title.ts";
import { arrived } from "../tracker/recovery.ts";
import { confirm, isTrial } from "./slots.ts";
import { type Update, update } from "./update.ts";

export { runsFromSlot, slotBytes, startTrial } from "./slots.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number };

let server: Client;
let ask: () => void;
/** What is being loaded, or waits for its next try. */
let under_way: Update | undefined;
/** By which the assigned firmware is known, once it was seen; 0: none is; undefined: nobody said yet. */
let assigned_key: number | undefined;

/** `its_ask`: asks the server for the attributes that `assigned` gets. */
export function startOta(its_server: Client, its_ask: () => void): void {
  server = its_server;
  ask = its_ask;
}

/** The shared attributes that tell which firmware is assigned. */
export function firmwareNames(): string[] {
  return "fw_title,fw_version,fw_size,fw_checksum,fw_checksum_algorithm,fw_url,fw_tag".split(",");
}

/**
 * What the server has of this device's shared attributes, all whose names begin with `fw_`: to be called after each connect and each
 * change. What was told of a package is not told again before the next start.
 */
export function assigned(values: Values): void {
  const key = values.fw_title
    ? E.CRC32(
        json([
          values.fw_title,
          values.fw_version,
          values.fw_size,
          values.fw_checksum,
          values.fw_tag,
          values.fw_url,
        ]),
      ) | 1
    : 0;
  // The code that is on trial may be the one to be left: it takes no other. It asks again once it is confirmed.
  if (isTrial()) return;
  if (key === assigned_key) {
    if (under_way) under_way.resume_(false);
    return;
  }
  if (under_way && !under_way.stop_()) return;
  // Another was assigned meanwhile: one that failed here may be tried again.
  const anew = assigned_key !== undefined;
  assigned_key = key;
  under_way = key ? update(server, values, key, anew) : undefined;
}

/** Whether firmware is being loaded or started. */
export function isLoading(): boolean {
  return !!under_way && under_way.loads_();
}

/** Asks the server which firmware is assigned, and does not wait for the next try. "", or why not. */
export function updateFirmware(): string {
  if (isTrial()) return "firmware " + VERSION + " is on trial";
  if (under_way) under_way.resume_(true);
  else {
    // What is known of it is told once more.
    assigned_key = undefined;
    ask();
  }
  return "";
}

/** To be called each 10 s. The code on trial is confirmed once the server has acknowledged something of it; not before, as what starts well may reach nobody. */
export function trialPulse(): void {
  if (!arrived || !isTrial()) return;
  confirm();
  log("ota: " + VERSION + " confirmed");
  ask();
}
