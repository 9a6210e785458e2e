/** What the files for a server hold of the one table of settings. */
import { type FormField, form } from "../../config/form.ts";

const FORM = form();

/** Those that ThingsBoard may set at once, without a trial: what is on the dashboard's form. */
export const FORM_FIELDS: readonly FormField[] = FORM.filter(
  ({ attribute, tried, secret }) => attribute !== undefined && !tried && !secret,
);

/** What a setting is when nobody says anything. Throws for one that there is not. */
export function initialOf(path: string): string | number {
  const field = FORM.find((one) => one.path === path);
  if (field?.default === undefined) throw new Error(`${path}: no such setting, or it has no default`);
  return field.default;
}

/** The telemetry keys of a fix, by default the manual's. */
export const [LONGITUDE = "", LATITUDE = "", ALTITUDE = "", SPEED = ""] = `${initialOf("keys")}`.split(",");
