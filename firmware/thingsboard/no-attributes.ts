/** `#attributes` of a build without. */
import type { Client } from "./api.ts";

export const HAS_ATTRIBUTES: boolean = false;

export function addAttributes(_prototype: Client): void {}
