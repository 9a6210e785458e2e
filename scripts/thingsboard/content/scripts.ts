/** The scripts of the rule chain, in TBEL: what each makes of `msg`, `metadata` and `msgType`. */
import { initialOf } from "./settings.ts";

/** The devices' own calls: the time, for those who ask; anything else is answered at once, in place of a timeout a minute later. */
export const answerScript = (): string => `var answer = {};
if (msg.method == "getTime") {
  answer.time = new Date().getTime();
} else {
  answer.error = "unknown method " + msg.method;
}
return {msg: answer, metadata: metadata, msgType: msgType};`;

export const tellsSettingsScript = (): string => "return msg.settings != null;";

/** Until ThingsBoard takes a device that is connected all the time for inactive: its own default. */
const CONNECTED_S = 600;
/** Over twice the time from report to report: the way to the server. */
const SPARE_S = 300;

/**
 * How long a tracker with these settings may be silent, s: one report may fail, and some time for the next. Connected all the time it is
 * heard of each `keep_alive`. The script does the same, of what the tracker tells.
 */
export function silence_s(settings: Record<string, unknown>, slower = 1): number {
  const of = (name: string): number => Number(settings[name] ?? 0);
  if (settings.power !== "save") return Math.max(CONNECTED_S, 2 * of("keep_alive") + SPARE_S);
  const longest = Math.max(of("interval_s"), of("heartbeat_s"), of("upload_s"));
  return Math.max(CONNECTED_S, 2 * slower * longest + SPARE_S);
}

export const silenceScript = (): string => `var settings = msg.settings;
var interval = settings.interval_s == null ? ${initialOf("interval_s")} : settings.interval_s;
var heartbeat = settings.heartbeat_s == null ? 0 : settings.heartbeat_s;
var upload = settings.upload_s == null ? 0 : settings.upload_s;
var alive = settings.keep_alive == null ? ${initialOf("server.keep_alive")} : settings.keep_alive;
var slower = msg.battery_low == null ? 1 : 2 * msg.battery_low;
var longest = Math.max(interval, Math.max(heartbeat, upload));
var silence = settings.power == "save" ? 2 * slower * longest + ${SPARE_S} : 2 * alive + ${SPARE_S};
return {msg: {"inactivityTimeout": Math.max(${CONNECTED_S}, silence) * 1000}, metadata: metadata, msgType: msgType};`;

export const lookupScript = (): string => `var lookup = false;
return lookup && msg.cell != null;`;

/** What Google's Geolocation API takes, and others after it. */
export const cellQuestionScript = (): string => `var cell = msg.cell;
var radio = cell.rat == "GSM" ? "gsm" : cell.rat == "WCDMA" ? "wcdma" : "lte";
var tower = {
  "radioType": radio,
  "mobileCountryCode": cell.mcc,
  "mobileNetworkCode": cell.mnc,
  "locationAreaCode": cell.tac,
  "cellId": cell.cell
};
return {msg: {"radioType": radio, "considerIp": false, "cellTowers": [tower]}, metadata: metadata, msgType: msgType};`;

/** Beside a fix's keys, never in their place: it is some hundred metres to some kilometres wide. */
export const cellPlaceScript = (): string => `var place = {
  "cell_latitude": msg.location.lat,
  "cell_longitude": msg.location.lng,
  "cell_accuracy_m": msg.accuracy
};
return {msg: place, metadata: metadata, msgType: "POST_TELEMETRY_REQUEST"};`;
