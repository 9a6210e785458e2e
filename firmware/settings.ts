/**
 * The settings of a tracker: one table, from which come the firmware's check, the questions and flags of `npm run config`,
 * the JSON Schema, the table in firmware/README.md "Settings" and the form for a dashboard. What a device needs of it is given by the functions
 * below the table; the build runs them, and only what they give is in a blob (@computed, scripts/build/computed.ts).
 */
import type { Field, Fields, Words } from "./check.ts";

/** Put in by the build: what is built in. Under Node there is none: nothing is left out. */
declare const __FEATURES__: string;

/** What ThingsBoard may set as a shared attribute: what becomes of it. From `Way` on it touches the way to the server. */
export const enum Afar {
  /** It holds at once. */
  Plain = 1,
  /** Tried: it stays if the server is reached with it. */
  Way,
  /** The same, and never told: a secret. */
  SecretWay,
  /** The same as `Way`; it is a field of `server`, whose name the attribute has without "server.". */
  ServerWay,
}

/** One setting. What a device has no use for costs it nothing. */
export interface Setting {
  /** "apn"; with "server." before it a field of `server`. */
  path: string;
  /** What it is when it is missing, least and most: of a number, or of a text's characters. None: each board has its own. */
  limits?: Field;
  /** The only texts there are; the first is the default. */
  words?: Words;
  /** An object, which only ThingsBoard or a call can set. */
  json?: true;
  /** "s", "bytes"; of a text "digits". None: a number that has none, or characters. */
  unit?: string;
  /** Not from afar when missing. */
  afar?: Afar;
  /** The firmware's version that knew it first. */
  since: string;
  /** What it is for, in one line. */
  about: string;
  /** What the firmware must be built with to know it, as `--features` takes it. */
  feature?: string;
  /** Typed unseen, never printed. */
  secret?: true;
  /** Another number, by its path: less than that it may not be, unless it is 0. */
  at_least?: string;
  /** A number's steps, where not each number in its range will do. */
  step?: number;
  /** Where the computer's tools are stricter than the device: what text must look like, and the same for a person. */
  pattern?: string;
  wanted?: string;
}

/** A text that may be missing, or may not. */
const TEXT: Field = ["", 0, 255];
const REQUIRED: Field = ["", 1, 255];

/** In `keys`: a field's text, but for the comma. */
const KEY = "[ -!#-+\\--~]";

/** In `extras`: one of these. */
const EXTRA = "why|battery|battery_v|signal_dbm|hdop|satellites|course|temperature|fix_s|awake_s";

/**
 * In the order of that table. None from afar: what is the board's identity, what only the cable can mend (PIN, ports, flash),
 * and what would make it less safe (`tls`, `qos`, `remote_at`).
 */
// biome-ignore format: a table
export const SETTINGS: readonly Setting[] = [
  { path: "server.host", limits: REQUIRED, afar: Afar.ServerWay, since: "0.1.0",
    pattern: "^([A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$",
    wanted: "must be a host name or address alone, without mqtt:// and without port",
    about: "ThingsBoard's host name or address" },
  { path: "server.port", limits: [0, 0, 65535], afar: Afar.ServerWay, since: "0.1.0",
    about: "0 stands for MQTT's own: 1883, or 8883 with `tls`" },
  { path: "server.tls", limits: [0, 0, 2], since: "0.1.0",
    about: "0: plain text; 1: TLS, the server is verified; 2: and a certificate is the device's login" },
  { path: "server.ca", limits: TEXT, since: "0.1.0",
    about: "PEM file with the root to trust, beside this file; required with `tls`" },
  { path: "server.cert", limits: TEXT, since: "0.1.0",
    about: "PEM file with the device's certificate; required with `tls` 2" },
  { path: "server.key", limits: TEXT, since: "0.1.0",
    about: "PEM file with its key; required with `tls` 2" },
  { path: "server.username", limits: TEXT, secret: true, since: "0.1.0",
    about: "the device's access token; not needed with `tls` 2 or `provision_key`" },
  { path: "server.client_id", limits: TEXT, since: "0.1.0",
    about: "empty: the server picks one" },
  { path: "server.password", limits: TEXT, secret: true, since: "0.1.0",
    about: "only where the device's credentials have one" },
  { path: "server.provision_key", limits: TEXT, feature: "identity=provision", since: "0.2.0",
    about: "in the place of `username`: the key by which each board gets a login of its own" },
  { path: "server.provision_secret", limits: TEXT, secret: true, feature: "identity=provision", since: "0.2.0",
    about: "its secret; required with `provision_key`" },
  { path: "server.device_name", limits: ["tracker-{imei}", 1, 64], feature: "identity=provision", since: "0.2.0",
    pattern: "^([ -!#-z|~]|\\{(imei|chip)\\})*$",
    wanted: "must have no braces but those of {imei} and {chip}",
    about: "the name it asks for; `{imei}`: the modem's number, `{chip}`: the board's" },
  { path: "server.credentials", limits: [0, 0, 2], feature: "identity=provision", since: "0.2.0",
    about: "and the kind: 0: a token that it makes up; 1: one of the server's; 2: user name and password" },
  { path: "server.qos", limits: [1, 0, 1], since: "0.1.0",
    about: "1: a message counts as sent when the server acknowledged it" },
  { path: "server.keep_alive", limits: [120, 0, 65535], unit: "s", afar: Afar.ServerWay, since: "0.1.0",
    about: "ThingsBoard drops a silent session after 600" },
  { path: "server.topics", limits: [1, 1, 2], afar: Afar.ServerWay, since: "0.1.0",
    about: "2: short topic names, 19 bytes less a message; ThingsBoard only" },
  { path: "apn", limits: ["", 0, 64], afar: Afar.Way, since: "0.1.0",
    about: "access point name; empty: the network's default" },
  { path: "apn_user", limits: ["", 0, 64], afar: Afar.Way, since: "0.1.0",
    about: "where the APN asks for one" },
  { path: "apn_password", limits: ["", 0, 64], secret: true, afar: Afar.SecretWay, since: "0.1.0",
    about: "where the APN asks for one" },
  { path: "pin", limits: ["", 0, 8], unit: "digits", secret: true, since: "0.1.0",
    about: "of the SIM; a wrong one is tried once a boot, and never as the last" },
  { path: "interval_s", limits: [60, 1, 86400], unit: "s", afar: Afar.Plain, since: "0.1.0",
    at_least: "watch_s",
    about: "from fix to fix; from 20 on, if a fix takes less than a third of it, the receiver is off in between; without `sleep=save` from 120 on" },
  { path: "heartbeat_s", limits: [0, 0, 86400], unit: "s", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    at_least: "interval_s",
    about: "from fix to fix while it stands still; 0: no trips are told, and always `interval_s`" },
  { path: "radius_m", limits: [100, 10, 10000], unit: "m", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "so far from where it stood a trip begins" },
  { path: "still_s", limits: [300, 10, 86400], unit: "s", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    at_least: "watch_s",
    about: "within `radius_m` for so long a trip ends" },
  { path: "watch_s", limits: [0, 0, 3600], unit: "s", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "on a trip the place is looked at so often, and kept if something happened; 0: each `interval_s`" },
  { path: "turn_deg", limits: [0, 0, 180], unit: "degrees", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "a change of heading that is an event; 0: none" },
  { path: "overspeed_kmh", limits: [0, 0, 1000], unit: "km/h", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "a speed above it is an event; 0: none" },
  { path: "overspeed_s", limits: [10, 0, 3600], unit: "s", feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "if it lasts so long" },
  { path: "zones", json: true, feature: "zones=yes", afar: Afar.Plain, since: "0.3.0",
    about: "circles and polygons by name, JSON; entering and leaving is an event" },
  { path: "hdop_max", limits: [0, 0, 50], feature: "policy=trips", afar: Afar.Plain, since: "0.3.0",
    about: "a worse fix waits for a better one until `fix_timeout_s`; 0: each will do" },
  { path: "fix_timeout_s", limits: [120, 5, 900], unit: "s", afar: Afar.Plain, since: "0.1.0",
    about: "until a round without a fix is given up" },
  { path: "power", words: ["on", "save"], feature: "sleep=save", afar: Afar.Plain, since: "0.3.0",
    about: "`on`: connected, reachable at once; `save`: asleep between reports, reachable after each upload" },
  { path: "upload_s", limits: [0, 0, 86400], unit: "s", feature: "sleep=save", afar: Afar.Plain, since: "0.3.0",
    at_least: "interval_s",
    about: "with `save`: from upload to upload; 0: each fix at once" },
  { path: "window_s", limits: [3, 1, 50], unit: "s", feature: "sleep=save", afar: Afar.Plain, since: "0.3.0",
    about: "with `save`: how long calls and settings are waited for after an upload" },
  { path: "edrx_s", limits: [0, 0, 2621], unit: "s", feature: "edrx=yes", afar: Afar.Way, since: "0.4.0",
    about: "with `on`: the modem listens for the server only so often, and calls wait (eDRX: 5 s, or that doubled up to nine times); 0: each second or two" },
  { path: "keys", limits: ["Longitude,Latitude,Altitude,Speed", 1, 99], afar: Afar.Plain, since: "0.1.0",
    // At least one, at most four, none twice.
    pattern: `^(?=.*[^,])(?!(.*,)?([^,]+),(.*,)?\\2(,|$))${KEY}*(,${KEY}*){0,3}$`,
    wanted: "must be one to four different names with commas between, one left out is empty",
    about: "telemetry keys of longitude, latitude, altitude (m) and speed (km/h); one left out is not sent" },
  { path: "cell", limits: [0, 0, 1], feature: "cell=yes", afar: Afar.Plain, since: "0.3.0",
    about: "1: a round without a fix reports the cell that serves the modem, as `cell`" },
  { path: "assistance", limits: [0, 0, 1], feature: "assistance=yes", afar: Afar.Plain, since: "0.3.0",
    about: "1: the modem fetches data by which it has a first fix sooner (XTRA), some 50 KB a week" },
  { path: "extras", limits: ["", 0, 99], feature: "extras=yes", afar: Afar.Plain, since: "0.3.0",
    pattern: `^((${EXTRA})(,(${EXTRA}))*)?$`,
    wanted: `must be of ${EXTRA.split("|").join(", ")}, with commas between`,
    about: "further telemetry, each when it is known; which there is: [Trips, zones, events](#trips-zones-events)" },
  { path: "no_time", words: ["hold", "server", "drop"], afar: Afar.Plain, since: "0.1.0",
    about: "of samples before the time is known: `hold` until it is, let the `server` date them, or `drop`" },
  { path: "low_battery", limits: [20, 0, 90], unit: "%", feature: "battery=yes", afar: Afar.Plain, since: "0.3.0",
    about: "charge below which intervals are doubled, and below half of it quadrupled; 0: never" },
  { path: "motion", words: ["none", "low", "medium", "high"], feature: "motion=lis3dh", afar: Afar.Plain,
    since: "0.3.0", about: "how little a move wakes the accelerometer, so that a fix is taken at once; `none`: it is off" },
  { path: "outbox_bytes", unit: "bytes", step: 4096, since: "0.1.0",
    about: "flash for what the server does not have yet, whole pages; a fix takes 24 bytes" },
  { path: "debug", limits: [0, 0, 1], afar: Afar.Plain, since: "0.1.0",
    about: "1: trace AT and MQTT traffic" },
  { path: "remote_at", limits: [0, 0, 1], feature: "calls=all", since: "0.2.0",
    about: "1: the call `at` may give the modem any command" },
  { path: "gnss_port", feature: "gnss=nmea", since: "0.1.0",
    about: "of a GNSS receiver beside the modem" },
  { path: "gnss_baud", unit: "baud", feature: "gnss=nmea", since: "0.1.0",
    about: "its speed" },
  { path: "modem_port", since: "0.1.0",
    about: "the modem's AT port" },
];

/** Those that `wanted` picks, as the check has them, by their names without "server.". */
function fieldsOf(wanted: (setting: Setting) => boolean, fields: Fields = {}): Fields {
  SETTINGS.filter(wanted).forEach(function (setting) {
    const limits = setting.limits;
    const name = setting.path.replace("server.", "");
    if (setting.json) fields[name] = 0;
    else if (setting.words) fields[name] = setting.words;
    else if (limits) fields[name] = limits[0] === "" && !limits[1] ? limits[2] : limits;
  });
  return fields;
}

const isServers = (setting: Setting): boolean => setting.path.indexOf("server.") === 0;

/** Whether this build knows it. */
function isBuilt(setting: Setting): boolean {
  return (
    !setting.feature ||
    typeof __FEATURES__ === "undefined" ||
    __FEATURES__.split(",").indexOf(setting.feature) >= 0
  );
}

/** The fields of `tb.json` in this build on every board, but for `server`'s own. */
export function configFields(): Fields {
  return fieldsOf(
    function (setting) {
      return !isServers(setting) && isBuilt(setting);
    },
    { server: 0 },
  );
}

/** The fields of `server` in every build; what is required besides depends on `tls`: server-fault.ts. */
export function serverTable(): Fields {
  return fieldsOf(function (setting) {
    return isServers(setting) && !setting.feature;
  });
}

/** Those of `server` that only `identity=provision` knows: identity-fields.ts. */
export function identityTable(): Fields {
  return fieldsOf(function (setting) {
    return setting.feature === "identity=provision";
  });
}

/** Of `interval_s`. */
export function intervalField(): Field {
  return fieldsOf(function (setting) {
    return setting.path === "interval_s";
  }).interval_s as Field;
}

/** What must fit each other in this build: by a number's name the one that it may not be less than. */
export function orders(): Record<string, string> {
  const found: Record<string, string> = {};
  SETTINGS.forEach(function (setting) {
    if (setting.at_least && isBuilt(setting)) found[setting.path] = setting.at_least;
  });
  return found;
}

/** What may come from afar in this build: by the attribute's name what becomes of it. */
export function fromAfar(): Record<string, Afar> {
  const afar: Record<string, Afar> = {};
  SETTINGS.forEach(function (setting) {
    if (setting.afar && isBuilt(setting)) afar[setting.path.replace("server.", "")] = setting.afar;
  });
  return afar;
}
