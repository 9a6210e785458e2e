/** `#provision` of a build without. */
import type { Client } from "./api.ts";

export function addProvision(_prototype: Client): void {}
