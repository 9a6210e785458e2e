/**
 * What a device must be told: JSON in the Storage file `tb.json`, checked before anything starts. The tables of fields
 * here serve the firmware's checks, the host's tools and the README's reference.
 */
import type { SessionConfig } from "./mqtt/owner.ts";

/** The manual's `server_cfg`, and what is optional. Text is ASCII without quotes, at most 255 characters. */
export interface ServerConfig extends SessionConfig {
  /** Version of the topic names, 1 if missing; 2: short ones. */
  topics?: 1 | 2;
}

/** The settings of one tracker, after `check`. A text that is empty is left out, and so may be missing. */
export interface DeviceConfig {
  /** The manual's `server_cfg`: host, username (the device's access token) and what is optional. */
  server?: ServerConfig;
  /** Access point name; empty: the network's default. */
  apn: string;
  apn_user: string;
  apn_password: string;
  /**
   * The SIM's PIN; empty: none. A wrong one is entered once: not again before the next start, and never where the SIM says that
   * one try is left.
   */
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
  /** Only with `calls=all`: 0 or 1. */
  remote_at?: number;
  /** Board `linux` only: the modem's AT port. */
  modem_port?: string;
  /** Only with a GNSS receiver on a UART of its own: how fast that is; on `linux` its port, too. */
  gnss_baud?: number;
  gnss_port?: string;
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

/** The fields of `server_cfg`; what is required depends on `tls`. Port 0 is MQTT's own: 1883, with TLS 8883. */
export function serverFields(tls?: number): Fields {
  const required: Field = ["", 1, 255];
  return {
    host: required,
    port: [0, 0, 65535],
    tls: [0, 0, 2],
    ca: tls ? required : 255,
    cert: tls === 2 ? required : 255,
    key: tls === 2 ? required : 255,
    username: tls === 2 ? 255 : required,
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
  if (typeof given !== "object" || !given || Array.isArray(given)) return "must be an object";
  const known = Object.keys(fields);
  const names = Object.keys(given);
  // JSON text can give an object another one's members, and Object.keys does not tell.
  // biome-ignore lint/suspicious/noProto: the interpreter finds it in no other way when it is a number
  if (given.__proto__ !== Object.prototype) names.push("__proto__");
  // Not by for-in, which leaves out "constructor" in the interpreter, nor by "in", which finds it in any object.
  for (let i = 0; i < names.length; i++)
    if (known.indexOf(names[i] as string) < 0) return names[i] + ": unknown, use " + known;
  for (const name in fields) {
    const entry = fields[name] as Field | number;
    if (!entry) continue;
    const field: Field = typeof entry === "number" ? ["", 0, entry] : entry;
    const initial = field[0];
    const least = field[1];
    const most = field[2];
    const value = given[name] === undefined ? initial : given[name];
    const wanted = typeof initial === "string" ? "plain text of " : "whole, ";
    if (
      typeof value !== typeof initial ||
      !(typeof value === "string"
        ? value.length >= least && value.length <= most && isPlain(value, name === "pin")
        : value >= least && value <= most && value % 1 === 0)
    )
      return name + ": must be " + wanted + least + " to " + most;
    // 0 and an empty text are as good as none, and take no variables.
    if (value) given[name] = value;
  }
  return "";
}

/** `check` of a `server_cfg`. */
export function serverFault(server: any): string {
  return check(server, serverFields(server && server.tls));
}

/** A quote would end an AT command's string; control and non-ASCII characters upset modems. A PIN is only digits. */
function isPlain(text: string, digits: boolean): boolean {
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (digits ? character < "0" || character > "9" : character < " " || character > "~" || character === '"')
      return false;
  }
  return true;
}
