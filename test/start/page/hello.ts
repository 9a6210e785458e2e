/** A world's first word, as a RAK5010's on a drive would be. */
import { readFileSync } from "node:fs";
import type { Hello, SampleTold, StatusTold, TraceTold } from "../../../scripts/start/page/events.ts";

const TRACK = new URL(
  "../../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
export const START_MS = Date.UTC(2026, 10, 30, 9, 12);

/** "5231.31403", "N" */
function degrees(text = "", side = ""): number {
  const dot = text.indexOf(".");
  const value = Number(text.slice(0, dot - 2)) + Number(text.slice(dot - 2)) / 60;
  return side === "S" || side === "W" ? -value : value;
}

/** Fixes of the drive, `every_s` apart. */
export function driveSamples(count: number, every_s = 5, tracker = "tracker", first = 0): SampleTold[] {
  const lines = readFileSync(TRACK, "latin1").split("\n");
  const rmc = lines.filter((line) => line.startsWith("$GNRMC"));
  const gga = lines.filter((line) => line.startsWith("$GNGGA"));
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * every_s;
    const [, , , latitude, south, longitude, west, knots] = (rmc[at] ?? "").split(",");
    const altitude = (gga[at] ?? "").split(",")[9];
    const ts = START_MS + at * 1000;
    return {
      tracker,
      ts,
      stored_ms: ts + 400,
      values: {
        Longitude: degrees(longitude, west),
        Latitude: degrees(latitude, south),
        Altitude: Number(altitude),
        Speed: Math.round(Number(knots) * 18.52) / 10,
        battery: Math.round(92 - i / 9),
        signal_dbm: -81 + 2 * Math.round(4 * Math.sin(i / 6)),
        why: i % 9 === 8 ? "turn" : "interval",
      },
    };
  });
}

export const status = (
  outbox: Partial<StatusTold["outbox"]> = {},
  more: Partial<StatusTold> = {},
): StatusTold => ({
  tracker: "tracker",
  time_ms: START_MS + 600_000,
  is_powered: true,
  is_asleep: false,
  parts: {
    state: "online",
    gnss: "fix 2 s ago, 9 satellites, HDOP 0.9",
    modem: "BG96, registered at home, LTE-M, −79 dBm",
    server: "connected for 8 min, last acknowledgement 1 s ago",
    encryption: "none: MQTT in plain text",
    sleep: "stays awake: power is on",
    motion: "driving, 14.2 km since the trip began",
    memory: "1,432 of 5,000 variables",
  },
  outbox: { taken: 120, waiting: 0, sending: 1, acknowledged: 119, dropped: 0, ...outbox },
  ...more,
});

const AT_LINES: readonly [kind: TraceTold["kind"], way: TraceTold["way"], text: string][] = [
  ["at", "up", "AT+QGPSLOC=2"],
  ["at", "down", "+QGPSLOC: 091842.0,52.51604,13.37823,0.9,41.2,3,265.10,48.6,26.2,301126,09"],
  ["at", "down", "OK"],
  ["mqtt", "up", "PUBLISH v1/devices/me/telemetry, packet 118, 131 bytes"],
  ["at", "up", "AT+QISEND=0,169"],
  ["at", "down", "> "],
  ["at", "down", "SEND OK"],
  ["at", "down", '+QIURC: "recv",0'],
  ["at", "up", "AT+QIRD=0,512"],
  ["at", "down", "+QIRD: 4"],
  ["mqtt", "down", "PUBACK packet 118"],
];

export const traces = (rounds: number): TraceTold[] =>
  Array.from({ length: rounds }, (_, round) =>
    AT_LINES.map(([kind, way, text], i) => ({ time_ms: START_MS + round * 5000 + i * 40, kind, way, text })),
  ).flat();

export function hello(more: Partial<Hello> = {}): Hello {
  return {
    version: "0.3.0",
    board: "rak5010",
    boards: ["rak8212", "rak5010", "wio-lte", "linux"],
    trackers: ["tracker"],
    time_ms: START_MS + 600_000,
    speed: 1,
    samples: driveSamples(120),
    traces: traces(12),
    statuses: [status()],
    energy: {
      seconds: 600,
      mAh: 5.21,
      loads: { modem: 2.31, transmitter: 0.62, gnss: 1.44, antenna: 0.58, board: 0.25, bluetooth: 0.01 },
      states: { modem: {}, transmitter: {}, gnss: {}, antenna: {}, board: {}, bluetooth: {} },
      radio_s: 600,
      awake_s: 580,
      up_bytes: 20_480,
      down_bytes: 6_144,
    },
    faults: [
      {
        name: "power",
        label: "Cut the power",
        what: "The board is off at once. What waits lies in flash.",
        is_on: false,
      },
      {
        name: "coverage",
        label: "Coverage hole",
        what: "No network, as in a tunnel. Fixes go on.",
        is_on: false,
      },
      { name: "server", label: "Stop the server", what: "ThingsBoard is restarted, or gone.", is_on: false },
      {
        name: "certificate",
        label: "Wrong certificate",
        what: "Another server pretends to be ours.",
        is_on: false,
      },
      { name: "modem", label: "Reset the modem", what: "It starts anew, in the middle of whatever it does." },
    ],
    policies: [
      { name: "live", label: "Live", what: "A fix each 5 s, sent at once; always connected." },
      {
        name: "trips",
        label: "Trips",
        what: "Looks each 10 s, keeps turns, starts and stops; each hour while it stands.",
      },
      {
        name: "save",
        label: "Save power",
        what: "A fix each minute, sent each 10 minutes; asleep in between.",
      },
    ],
    policy: "live",
    toys: ["motion", "battery", "temperature"],
    methods: [
      { name: "getPosition", what: "The last fix, and how old it is.", params: {} },
      { name: "locate", what: "Takes a fix now.", params: {} },
      {
        name: "setInterval",
        what: "Seconds from fix to fix; stays after a restart.",
        params: { interval_s: 30 },
      },
      { name: "reboot", what: "Restarts the board.", params: {} },
    ],
    settings: [
      {
        name: "interval_s",
        what: "from fix to fix",
        kind: "number",
        unit: "s",
        least: 1,
        most: 86400,
        default: 60,
        value: 5,
      },
      {
        name: "heartbeat_s",
        what: "from fix to fix while it stands still; 0: no trips are told, and always `interval_s`",
        kind: "number",
        unit: "s",
        least: 0,
        most: 86400,
        default: 0,
      },
      {
        name: "turn_deg",
        what: "a change of heading that is an event; 0: none",
        kind: "number",
        unit: "degrees",
        least: 0,
        most: 180,
        default: 0,
      },
      {
        name: "power",
        what: "`on`: connected, reachable at once; `save`: asleep between reports, reachable after each upload",
        kind: "choice",
        choices: ["on", "save"],
        default: "on",
        value: "on",
      },
      {
        name: "motion",
        what: "how little a move wakes the accelerometer, so that a fix is taken at once; `none`: it is off",
        kind: "choice",
        choices: ["none", "low", "medium", "high"],
        default: "none",
      },
      {
        name: "cell",
        what: "1: a round without a fix reports the cell that serves the modem, as `cell`",
        kind: "flag",
        default: 0,
      },
      {
        name: "extras",
        what: "further telemetry, each when it is known; which there is: [Trips, zones, events](#trips-zones-events)",
        kind: "text",
        least: 0,
        most: 99,
        default: "",
        value: "why,battery,signal_dbm",
      },
      {
        name: "apn",
        what: "access point name; empty: the network's default",
        kind: "text",
        least: 0,
        most: 64,
        default: "",
        value: "internet",
      },
      {
        name: "zones",
        what: "circles and polygons by name, JSON; entering and leaving is an event",
        kind: "json",
      },
    ],
    hints: [
      "HTTP:    http://127.0.0.1:8080/api",
      "MQTT:    127.0.0.1:1883",
      "token:   SIMULATED_TRACKER",
      "APN:     internet",
      "config:  npm run flash -- --config dist/start/tracker.json",
    ],
    ...more,
  };
}
