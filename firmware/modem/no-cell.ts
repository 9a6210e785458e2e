/** `#cell` of a build without: where there is no fix there is no place. */
import type { Fields } from "../check.ts";
import type { DeviceConfig } from "../settings.ts";
import type { Cell } from "./cell.ts";

export function cellFields(_fields: Fields): void {}

export function findCell(_config: DeviceConfig, _done: (cell: Cell) => void): void {}
