/** What `identity=provision` adds to the fields of `server_cfg`. */
import type { Field, Fields } from "../check.ts";
import { identityTable } from "../settings.ts";

/** Adds them, in place; who has a provisioning key needs its secret, and no token. `server`: what is to be checked. */
export function identityFields(fields: Fields, server: any): void {
  const own = identityTable();
  for (const name in own) fields[name] = own[name] as Field;
  if (server && server.provision_key) {
    fields.provision_secret = fields.host as Field;
    fields.username = 255;
  }
}
