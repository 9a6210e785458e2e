/** `#gnss` of a board with an NMEA receiver on a UART of its own: the board says on which. */
import { openReceiver } from "#board";
import type { DeviceConfig } from "../device-config.ts";
import { listenTo } from "./receiver.ts";

export { receiverFields as gnssFields } from "#board";
export { receiverWords as gnssWords } from "../words.ts";
export { getFix, gnssOff } from "./receiver.ts";

export function startGnss(config: DeviceConfig): void {
  listenTo(openReceiver(config.gnss_baud as number, config.gnss_port as string));
  // It has what it needs of it.
  delete config.gnss_baud;
  delete config.gnss_port;
}
