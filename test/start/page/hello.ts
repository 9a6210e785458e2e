/** A world's first word, as a RAK5010's on a drive would be. */
import { readFileSync } from "node:fs";
import { choicesOf } from "../../../scripts/build/boards.ts";
import { methodsOf } from "../../../scripts/start/methods.ts";
import { offeredSettings } from "../../../scripts/start/offered-settings.ts";
import type { Hello, SampleTold, StatusTold, TraceTold } from "../../../scripts/start/page/events.ts";
import { policiesFor, shown } from "../../../scripts/start/policies.ts";
import { partsOf, type TrackerStatus } from "../../../scripts/start/status-words.ts";
import { toysOf } from "../../../scripts/start/toys.ts";
import { WORLD_FAULTS } from "../../../scripts/start/world-faults.ts";

const TRACK = new URL(
  "../../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
export const START_MS = Date.UTC(2026, 10, 30, 9, 12);

/** Faults that are not offered without TLS, or with a simulated board. */
const SELDOM = ["certificate", "power_cut"];

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

/** What each part does, with `more`. */
export const partsWith = (more: TrackerStatus = {}): Record<string, string> =>
  partsOf({
    state: "online",
    fix: { satellites: 9, hdop: 0.9 },
    modem: { state: "up", signal_dbm: -79 },
    encryption: "plain text",
    battery: 79,
    battery_v: 3.84,
    motion: "low",
    memory: { usage: 2_113, total: 12_500 },
    ...more,
  });

export const status = (
  outbox: Partial<StatusTold["outbox"]> = {},
  more: Partial<StatusTold> = {},
): StatusTold => ({
  tracker: "tracker",
  time_ms: START_MS + 600_000,
  is_powered: true,
  is_asleep: false,
  state: "online",
  reason: "",
  parts: partsWith(),
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
    faults: WORLD_FAULTS.filter(({ name }) => !SELDOM.includes(name)).map(({ name, label, what, isOn }) => ({
      name,
      label,
      what,
      ...(isOn && { on: [] }),
    })),
    policies: policiesFor(5).map(shown),
    policy: "live",
    toys: toysOf("rak5010"),
    methods: methodsOf("all"),
    settings: offeredSettings("rak5010", choicesOf("rak5010", { sleep: "save" }), {
      server: { host: "127.0.0.1", port: 1883 },
      apn: "internet",
      interval_s: 5,
      extras: "why,battery,signal_dbm",
    }),
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
