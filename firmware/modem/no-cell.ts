/** `#cell` of a build without: where there is no fix there is no place. */
import type { DeviceConfig } from "../device-config.ts";
import type { Cell } from "./cell.ts";

export function findCell(_config: DeviceConfig, _done: (cell: Cell) => void): void {}
