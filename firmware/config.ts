/**
 * What a device must be told: JSON in the Storage file `tb.json`, checked before anything starts. The tables of fields
 * here serve the firmware's checks, the host's tools and the README's reference.
 */
import type { ServerConfig } from "./thingsboard/client.ts";

/** The settings of one tracker, after `check`. A text that is empty is left out, and so may be missing. */
export interface DeviceConfig {
  /** The manual's `server_cfg`: host, username (the device's access token) and what is optional. */
  server?: ServerConfig;
  /** Access point name; empty: the network's default. */
  apn: string;
  apn_user: string;
  apn_password: string;
  /** The SIM's PIN; empty: none. A wrong PIN is tried once, never twice. */
  pin: string;
  /** Seconds from fix to fix. From 120 on the receiver is switched off in between. */
  interval_s: number;
  /** How long to wait for a fix before the round is given up. */
  fix_timeout_s: number;
  /** Telemetry keys of longitude, latitude, altitude (m), speed (km/h), with commas; one left out is not sent. */
  keys: string;
  /** What becomes of a sample taken while nobody knows the time: "hold", "server" or "drop"; see outbox.ts. */
  no_time: string;
  /** Flash for samples that the server does not have yet; rounded down to whole pages. The board says how much. */
  outbox_bytes: number;
  /** 1: AT and MQTT traffic is traced on the console from the start. */
  debug: number;
  /** Board `linux` only: the modem's AT port. */
  modem_port?: string;
}

/**
 * Default, least, most. A number's field is a whole number in that range, a string's field text of that many characters;
 * a default outside its own limits makes the field required.
 */
export type Field = [initial: string | number, least: number, most: number];

/** Settings by name. A number is the most characters of a text that may be missing; 0: checked by who uses it. */
export type Fields = Record<string, Field | number>;

/** The fields of `tb.json` on every board. In a function, so that the table costs no RAM afterwards. */
export function configFields(): Fields {
  return {
    server: 0,
    apn: 64,
    apn_user: 64,
    apn_password: 64,
    pin: 8,
    interval_s: [60, 1, 86400],
    fix_timeout_s: [120, 5, 900],
    keys: ["Longitude,Latitude,Altitude,Speed", 1, 99],
    no_time: ["hold", 4, 6],
    debug: [0, 0, 1],
  };
}

/** The fields of `server_cfg`. Port 0 is MQTT's own, 1883. */
export function serverFields(): Fields {
  return {
    host: ["", 1, 255],
    port: [1883, 0, 65535],
    username: ["", 1, 255],
    client_id: 255,
    password: 255,
    qos: [1, 0, 1],
    keep_alive: [120, 0, 65535],
    topics: [1, 1, 2],
  };
}

/**
 * Checks settings and puts the defaults in, in place. Returns "" or the first fault as one line: the field, and what is
 * allowed. No value is repeated, since some are secret.
 */
export function check(given: any, fields: Fields): string {
  for (const name in fields) {
    const entry = fields[name] as Field | number;
    if (entry) {
      const field: Field = +entry === entry ? ["", 0, entry] : (entry as Field);
      const initial = field[0];
      const text = "" + initial === initial;
      const value = given[name] === undefined ? initial : given[name];
      const size = text ? ("" + value).length : value;
      if (
        typeof value !== typeof initial ||
        !(size >= field[1] && size <= field[2]) ||
        // A quote would end the AT command's string; control and non-ASCII characters upset modems.
        (text ? (name === "pin" ? /[^0-9]/ : /[^ -!#-~]/).test(value) : size % 1)
      )
        return name + ": must be " + (text ? "plain text of " : "whole, ") + field[1] + " to " + field[2];
      // 0 and an empty text are as good as none, and take no variables.
      if (value) given[name] = value;
    }
  }
  for (const name in given) if (!(name in fields)) return name + ": unknown, use " + Object.keys(fields);
  return "";
}
