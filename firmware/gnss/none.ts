/** `#gnss` of a build without: no fix comes, and everything else goes on. */
import type { Fields } from "../check.ts";
import type { DeviceConfig } from "../device-config.ts";
import { Reason } from "../reason.ts";
import type { Located } from "./source.ts";

export { noGnssWords as gnssWords } from "../words.ts";

export function gnssFields(_fields: Fields): void {}

export function startGnss(_config: DeviceConfig): void {}

export function gnssOff(): void {}

/** Says at once that there is none. */
export function getFix(_timeout_s: number, done: Located): void {
  setTimeout(done, 0, null, Reason.NoSource);
}
