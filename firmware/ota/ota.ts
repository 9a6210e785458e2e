/**
 * `#ota`: the firmware that is assigned to the device in ThingsBoard, and the one that runs. They are compared at each
 * connect, since the server does nothing by itself for a device that was not there (thingsboard#10191). What is done then stands
 * in update.ts, where new firmware is put in slots.ts.
 */
import { json } from "../mqtt/text.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { request } from "../thingsboard/requests.ts";
import { Topic, topicOf } from "../thingsboard/topics.ts";
import { VERSION } from "../title.ts";
import { arrived } from "../tracker/recovery.ts";
import { confirm, isTrial, slotBytes } from "./slots.ts";
import { type Update, update } from "./update.ts";

export { runsFromSlot, startTrial } from "./slots.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number };

let server: Client;
/** What is being loaded, or waits for its next try. */
let under_way: Update | undefined;
/** By which the assigned firmware is known, once it was seen; 0: none is; undefined: nobody said yet. */
let assigned_key: number | undefined;

export function startOta(its_server: Client): void {
  server = its_server;
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

/** The shared attributes that tell of it. */
export function firmwareNames(): string[] {
  return "fw_title,fw_version,fw_size,fw_checksum,fw_checksum_algorithm,fw_url,fw_tag".split(",");
}

/** How this board is updated, as a client attribute. */
export function otaWord(): string {
  return slotBytes() ? "slots" : "by cable";
}

/** Asks the server which firmware is assigned. */
function ask(): void {
  const topic = topicOf(server.config_.topics, Topic.AttributesRequest);
  request(server, topic, json({ sharedKeys: firmwareNames().join(",") }), function (ok, answer) {
    if (ok && answer) assigned(answer.shared || {});
  });
}

/** To be called each 10 s. The code on trial is confirmed once the server has acknowledged something of it; not before, as what starts well may reach nobody. */
export function trialPulse(): void {
  if (!arrived || !isTrial()) return;
  confirm();
  print("ota: " + VERSION + " confirmed");
  ask();
}
