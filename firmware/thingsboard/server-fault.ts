/** The check of the manual's `server_cfg`. */
import { HAS_IDENTITY } from "#identity";
import { check, type Field, type Fields } from "../check.ts";
import { serverTable } from "../settings.ts";
import { identityFields } from "./identity-fields.ts";

/** The fields of `server_cfg`; what is required depends on how the device logs in: by token, or with `tls` 2 by certificate. */
export function serverFields(tls?: number): Fields {
  const fields = serverTable();
  const required = fields.host as Field;
  if (tls) fields.ca = required;
  if (tls === 2) fields.cert = fields.key = required;
  else fields.username = required;
  return fields;
}

/** `check` of a `server_cfg`. */
export function serverFault(server: any): string {
  const fields = serverFields(server && server.tls);
  if (HAS_IDENTITY) identityFields(fields, server);
  return check(server, fields);
}
