/** Settings that came from afar, by name: what they are together, what is wrong with them, and what the config becomes. */
import { check, type Field, type Fields, type Words } from "../check.ts";
import type { DeviceConfig } from "../device-config.ts";
import { json } from "../mqtt/text.ts";
import { Afar, configFields, fromAfar, serverTable } from "../settings.ts";
import type { Values } from "../thingsboard/client.ts";
import { faultsTogether } from "./set-check.ts";

/** Whatever came from afar, in the table's order: what the server has as attributes, and else what a call set. */
export function union(its_set: Values, its_called: Values): Values {
  const afar = fromAfar();
  const all: Values = {};
  for (const name in afar) {
    const value = its_set[name] === undefined ? its_called[name] : its_set[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Those of the way, as text. */
export function wayOf(all: Values): string {
  const afar = fromAfar();
  const way: Values = {};
  for (const name in all) if ((afar[name] as Afar) >= Afar.Way) way[name] = all[name];
  return json(way);
}

/** What the server has of a setting, as it was typed: ThingsBoard makes a number of a text of digits. Zeros in front are lost there. */
export function asTyped(name: string, value: unknown): unknown {
  const field = fieldsOf()[name] as Field | Words | number;
  const is_text = typeof field === "number" || typeof field[0] === "string";
  return is_text && typeof value === "number" ? "" + value : value;
}

/** What each setting may be: its field. */
function fieldsOf(): Fields {
  const fields = configFields();
  const servers = serverTable();
  for (const name in servers) fields[name] = servers[name] as Field;
  return fields;
}

/** Why they cannot be, over what tb.json (`cable`, its text) has, by name. */
export function faultsOf(cable: string, all: Values): Values {
  const fields = fieldsOf();
  const faults: Values = {};
  for (const name in all) {
    const one: Values = {};
    one[name] = all[name];
    const its_fields: Fields = {};
    its_fields[name] = fields[name] as Field;
    const fault = check(one, its_fields);
    // Without the name.
    if (fault) faults[name] = fault.substr(name.length + 2);
  }
  if (Object.keys(faults).length) return faults;
  const config: any = { server: {} };
  use(config, cable, all);
  return faultsTogether(config);
}

/** Puts to use what came from afar, over what tb.json (`cable`, its text) has, over the defaults. */
export function use(config: DeviceConfig, cable: string, all: Values): void {
  const afar = fromAfar();
  const fields = fieldsOf();
  const of_cable = JSON.parse(cable);
  for (const name in afar) {
    const is_servers = afar[name] === Afar.ServerWay;
    const target: any = is_servers ? config.server : config;
    const of_file = is_servers ? of_cable.server : of_cable;
    const field = fields[name] as Field | number;
    let value = all[name] === undefined ? of_file[name] : all[name];
    if (value === undefined) value = typeof field === "number" ? "" : field[0];
    if (value) target[name] = value;
    // As good as none, and takes no memory.
    else delete target[name];
  }
}
