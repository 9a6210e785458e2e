/** Settings that came from afar, by name: what they are together, what is wrong with them, and what the config becomes. */
import { batteryFields } from "#battery";
import { motionFields } from "#motion";
import { check, type Field, type Fields } from "../check.ts";
import { json } from "../mqtt/text.ts";
import { Afar, configFields, type DeviceConfig, fromAfar, serverTable } from "../settings.ts";
import type { Values } from "../thingsboard/client.ts";

/** Whatever came from afar, in the table's order: what the server has as attributes, and else what a call set. */
export function union(its_set: Values, its_called: Values): Values {
  const afar = knownAfar();
  const all: Values = {};
  for (const name in afar) {
    const value = its_set[name] === undefined ? its_called[name] : its_set[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Those of the way, as text. */
export function wayOf(all: Values): string {
  const afar = knownAfar();
  const way: Values = {};
  for (const name in all) if ((afar[name] as Afar) >= Afar.Way) way[name] = all[name];
  return json(way);
}

/** What each setting may be: its field. */
function fieldsOf(): Fields {
  const fields = configFields();
  const servers = serverTable();
  for (const name in servers) fields[name] = servers[name] as Field;
  batteryFields(fields);
  motionFields(fields);
  return fields;
}

/** What may come from afar in this build: by the attribute's name what becomes of it. */
export function knownAfar(): Record<string, Afar> {
  const afar = fromAfar();
  const fields = fieldsOf();
  // A new one: in the interpreter a loop ends at what it deletes of its own object.
  const known: Record<string, Afar> = {};
  for (const name in afar) if (fields[name] !== undefined) known[name] = afar[name] as Afar;
  return known;
}

/** Why they cannot be, by name. */
export function faultsOf(all: Values): Values {
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
  return faults;
}

/** Puts to use what came from afar, over what tb.json (`cable`, its text) has, over the defaults. */
export function use(config: DeviceConfig, cable: string, all: Values): void {
  const afar = knownAfar();
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
