/** `#provision`: a device can ask for credentials of its own. */
import type { Client } from "./api.ts";
import { provision } from "./provision.ts";

/** Adds the method; see api.ts. */
export function addProvision(prototype: Client): void {
  prototype.provision = provision;
}
