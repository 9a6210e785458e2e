/** What tells the trackers of a fleet apart: name, token, place. */
import { readEpochs } from "../simulator/gnss-log.ts";
import { DEVICE, type FleetDevice } from "./servers.ts";
import { CLIENT_ID } from "./tracker-file.ts";

export interface FleetMember extends FleetDevice {
  client_id: string;
  /** The modem's; undefined: as the modem has them. */
  imei?: string;
  iccid?: string;
  /** Where on the track it begins, 0 to 1. */
  begins: number;
}

/** The first one is as if it were alone. */
export function fleetOf(count: number, token: string): [FleetMember, ...FleetMember[]] {
  const others = Array.from({ length: count - 1 }, (_, i): FleetMember => {
    const number = i + 2;
    const digits = String(number).padStart(4, "0");
    return {
      name: `${DEVICE}-${number}`,
      token: `${token}_${number}`,
      client_id: `${CLIENT_ID}-${number}`,
      imei: `86642503123${digits}`,
      iccid: `8949020000123456${digits}`,
      begins: (i + 1) / count,
    };
  });
  return [{ name: DEVICE, token, client_id: CLIENT_ID, begins: 0 }, ...others];
}

/** A receiver's log that begins at another place, and goes on with its beginning when it is over. */
export function trackFrom(log: string, begins: number): string {
  if (!begins) return log;
  const epochs = readEpochs(log);
  const first = Math.floor(epochs.length * begins);
  return [...epochs.slice(first), ...epochs.slice(0, first)]
    .flatMap(({ sentences }) => sentences)
    .map((sentence) => `${sentence}\r\n`)
    .join("");
}
