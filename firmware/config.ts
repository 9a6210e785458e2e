/**
 * What a device must be told: kept as JSON in the Storage file `tb.json`, checked before anything starts.
 * One table of fields serves the firmware's check, the host tools and the README's reference.
 */

/** The settings of one tracker. Every field is there after `checkConfig`. */
export interface DeviceConfig {
  /** ThingsBoard's host name or address. Required. */
  host: string;
  /** MQTT port. */
  port: number;
  /** The device's access token. Required. */
  token: string;
  /** MQTT client identifier; empty: the modem's IMEI. */
  client_id: string;
  /** 1: telemetry counts as sent when the server acknowledged it; 0: when the modem took it. */
  qos: 0 | 1;
  /** MQTT keep alive; below ThingsBoard's inactivity limit of 600 s. */
  keep_alive_s: number;
  /** Topic names: `v1` (the manual's), or `v2`, short ones that save 19 bytes a message. */
  topics: string;
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
  /** Telemetry keys of longitude, latitude, altitude (m) and speed (km/h), separated by commas. */
  keys: string;
  /** 1: AT and MQTT traffic is traced on the console from the start. */
  debug: 0 | 1;
  /** Board `linux` only: the modem's AT port. */
  modem_port?: string;
  /** Board `linux` only: a separate NMEA receiver's port; empty: the modem's GNSS. */
  gnss_port?: string;
}

/**
 * Name, default, least, most. A number's field is an integer in that range, a string's field text of that many
 * characters; a default outside its own limits makes the field required.
 */
export type ConfigField = [name: string, initial: string | number, least: number, most: number];

/** The fields every board has. In a function, so that the table costs no RAM after the check. */
export function configFields(): ConfigField[] {
  return [
    ["host", "", 1, 64],
    ["port", 1883, 1, 65535],
    ["token", "", 1, 64],
    ["client_id", "", 0, 64],
    ["qos", 1, 0, 1],
    ["keep_alive_s", 120, 15, 590],
    ["topics", "v1", 2, 2],
    ["apn", "", 0, 64],
    ["apn_user", "", 0, 64],
    ["apn_password", "", 0, 64],
    ["pin", "", 0, 8],
    ["interval_s", 60, 1, 86400],
    ["fix_timeout_s", 120, 5, 900],
    ["keys", "Longitude,Latitude,Altitude,Speed", 7, 100],
    ["debug", 0, 0, 1],
  ];
}

/**
 * Checks settings and puts the defaults in, in place. `fields`: `configFields()` and the board's own.
 * Returns "" or the first fault as one line: field, value, what is allowed. Secrets are not repeated.
 */
export function checkConfig(input: unknown, fields: ConfigField[]): string {
  const config = input as Record<string, unknown>;
  if (!input || typeof input !== "object" || Array.isArray(input))
    return "missing or not a JSON object: write the settings";
  let known = ",";
  for (const field of fields) {
    const name = field[0];
    known += name + ",";
    let value = config[name];
    if (value === undefined) value = config[name] = field[1];
    const text = typeof field[1] === "string";
    const size = text ? String(value).length : (value as number);
    if (
      typeof value !== typeof field[1] ||
      !(size >= field[2] && size <= field[3]) ||
      // A quote would end the AT command's string; control and non-ASCII characters upset modems.
      (text ? /[^ -!#-~]/.test(value as string) : size % 1) ||
      (name === "topics" && value !== "v1" && value !== "v2") ||
      (name === "pin" && /[^0-9]/.test(value as string)) ||
      (name === "keys" && (value as string).split(",").length !== 4)
    )
      return (
        name +
        " is " +
        (/token|pin|pass/.test(name) && value ? "not valid" : JSON.stringify(value)) +
        ": must be " +
        (name === "topics"
          ? "v1 or v2"
          : (name === "keys"
              ? "4 names with commas, "
              : text
                ? "text without quotes, "
                : "a whole number, ") +
            field[2] +
            " to " +
            field[3] +
            (text ? " characters" : ""))
      );
  }
  for (const name in config)
    if (known.indexOf("," + name + ",") < 0)
      return name + " is not a setting: known are " + known.slice(1, -1);
  return "";
}
