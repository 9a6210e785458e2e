/** `#claim` of a build without. */
import type { Client } from "./api.ts";

export function addClaim(_prototype: Client): void {}
