/** `#client_rpc` of a build without. */
import type { Client } from "./api.ts";

export function addCalls(_prototype: Client): void {}
