/** `#assistance` of a build without: the engine finds its satellites by itself. */

import type { DeviceConfig } from "../device-config.ts";
import type { Channel } from "../modem/at.ts";

export function assisting(): boolean {
  return false;
}

export function assist(_config: DeviceConfig, _modem: Channel): void {}

export function assistanceUrc(_line: string): void {}
