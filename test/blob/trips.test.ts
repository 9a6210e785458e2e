/** Trips, turns, speed and zones: the built blobs on a simulated track that is driven as each test says. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { checksumOf } from "../../scripts/simulator/gnss-log.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const METRES_A_DEGREE = 111_194.93;
const [LATITUDE, LONGITUDE] = [52.5, 13.4];

interface Leg {
  s: number;
  kmh?: number;
  /** Course, degrees. */
  to?: number;
  hdop?: number;
}

const sentence = (text: string): string =>
  `$${text}*${checksumOf(text).toString(16).toUpperCase().padStart(2, "0")}`;

/** `ddmm.mmmmm`. */
const minutes = (degrees: number, digits: number): string =>
  `${Math.floor(degrees)}`.padStart(digits, "0") + ((degrees % 1) * 60).toFixed(5).padStart(8, "0");

/** What a receiver says on the way, each second. */
function logOf(legs: Leg[]): string {
  const lines: string[] = [];
  let [east_m, north_m] = [0, 0];
  let time_ms = Date.UTC(2026, 5, 1, 6);
  for (const { s, kmh = 0, to = 0, hdop = 1 } of legs)
    for (let i = 0; i < s; i++) {
      north_m += (kmh / 3.6) * Math.cos((to * Math.PI) / 180);
      east_m += (kmh / 3.6) * Math.sin((to * Math.PI) / 180);
      const latitude = LATITUDE + north_m / METRES_A_DEGREE;
      const longitude = LONGITUDE + east_m / METRES_A_DEGREE / Math.cos((LATITUDE * Math.PI) / 180);
      const time = `${new Date(time_ms).toISOString().slice(11, 19).replaceAll(":", "")}.00`;
      const place = `${minutes(latitude, 2)},N,${minutes(longitude, 3)},E`;
      lines.push(
        sentence(`GNRMC,${time},A,${place},${(kmh / 1.852).toFixed(2)},${to.toFixed(2)},010626,,,A`),
        sentence(`GNGGA,${time},${place},1,09,${hdop.toFixed(2)},38.0,M,39.8,M,,`),
      );
      time_ms += 1000;
    }
  return lines.join("\r\n");
}

/** In metres from the start. */
const circleAt = (north_m: number, radius: number) => ({
  latitude: LATITUDE + north_m / METRES_A_DEGREE,
  longitude: LONGITUDE,
  radius,
});

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

const SETTINGS = { interval_s: 30, watch_s: 5, heartbeat_s: 180, still_s: 120 };

function drive(legs: Leg[], config: Record<string, unknown>, changes: WorldChanges = {}) {
  const world = createWorld({
    modem: { gnss: { log: logOf(legs), time: "now" } },
    config: { ...SETTINGS, ...config },
    ...changes,
  });
  stop = world.stop;
  const values = (key: string) => world.thingsboard.telemetry("tracker", key);
  return {
    ...world,
    /** Each event in its order: why, and the zone it is about; each has its own fix. */
    events(): string[] {
      const zones = new Map(values("zone").map(({ ts, value }) => [ts, value]));
      const fixes = new Set(values("Latitude").map(({ ts }) => ts));
      return values("why")
        .filter(({ value }) => !["interval", "heartbeat"].includes(String(value)))
        .sort((a, b) => a.ts - b.ts)
        .map(({ ts, value }) => {
          assert.ok(fixes.has(ts), `${value} has its fix`);
          return [value, zones.get(ts)].filter(Boolean).join(" ");
        });
    },
    /** How many seconds lie between two fixes that were kept. */
    gaps(): number[] {
      const times = [...new Set(values("Latitude").map(({ ts }) => Math.round(ts / 1000)))].sort(
        (a, b) => a - b,
      );
      return times.slice(1).map((time, i) => time - (times[i] as number));
    },
    values,
  };
}

describe("a drive", () => {
  const LEGS: Leg[] = [{ s: 900 }, { s: 600, kmh: 36 }, { s: 60, kmh: 90, to: 90 }, { s: 3600 }];

  test("gives exactly its events, in order, and hardly a fix while it stands", async () => {
    const world = drive(LEGS, { turn_deg: 45, overspeed_kmh: 80, extras: "why,hdop" });
    world.thingsboard.share("tracker", { zones: { depot: circleAt(4000, 300), home: circleAt(0, 200) } });
    await world.run(3600);
    assert.deepEqual(world.events(), [
      "start",
      "exit home",
      "enter depot",
      "exit depot",
      "turn",
      "overspeed",
      "stop",
    ]);
    const still = world.gaps().filter((gap) => gap > 60);
    assert.ok(still.length >= 4 && still.every((gap) => Math.abs(gap - 180) < 10), `${still}`);
    assert.ok(world.values("why").some(({ value }) => value === "heartbeat"));
    assert.deepEqual([...new Set(world.values("hdop").map(({ value }) => value))], [1]);
    assert.deepEqual(world.board.errorFlags, []);
  });

  test("without the settings is as it was: a fix each interval_s, and no word of why", async () => {
    const world = drive(LEGS, { watch_s: 0, heartbeat_s: 0 });
    await world.run(1800);
    assert.deepEqual(world.events(), []);
    assert.equal(world.values("why").length, 0);
    assert.ok(
      world
        .gaps()
        .slice(1)
        .every((gap) => gap >= 29 && gap <= 31),
      `${world.gaps()}`,
    );
  });

  test("keeps its events while the server is away, and its zones over a power cut", async () => {
    const world = drive(LEGS, { turn_deg: 45 });
    world.thingsboard.share("tracker", { zones: { depot: circleAt(4000, 300) } });
    await world.run(120);
    world.thingsboard.faults.down = true;
    world.thingsboard.faults.drop();
    // On the way, ahead of the depot.
    await world.run(1020);
    world.board.powerCut();
    world.board.boot();
    await world.run(900);
    assert.deepEqual(world.events(), []);
    world.thingsboard.faults.down = false;
    await world.run(1200);
    assert.deepEqual(world.events(), ["start", "enter depot", "exit depot", "turn", "stop"]);
  });
});

describe("the power goes", () => {
  const cut = async (world: ReturnType<typeof drive>): Promise<void> => {
    world.board.powerCut();
    await world.run(5);
    world.board.boot();
  };

  test("on a trip, and it has come to rest when it is back: the trip ends", async () => {
    const world = drive([{ s: 120 }, { s: 300, kmh: 36 }, { s: 3600 }], {});
    await world.run(400);
    assert.deepEqual(world.events(), ["start"]);
    world.board.powerCut();
    await world.run(100);
    world.board.boot();
    await world.run(600);
    assert.deepEqual(world.events(), ["start", "stop"]);
  });

  test("while it stands, before the first trip and after it: no event", async () => {
    const world = drive([{ s: 300 }, { s: 120, kmh: 36 }, { s: 3600 }], {});
    await world.run(200);
    await cut(world);
    await world.run(600);
    await cut(world);
    await world.run(600);
    assert.deepEqual(world.events(), ["start", "stop"]);
  });

  test("on a trip, and `heartbeat_s` is none when it is back: of that trip nothing more is told", async () => {
    const world = drive([{ s: 60 }, { s: 150, kmh: 36 }, { s: 3600 }], {});
    await world.run(200);
    assert.deepEqual(world.events(), ["start"]);
    world.thingsboard.share("tracker", { heartbeat_s: 0 });
    await world.run(30);
    await cut(world);
    await world.run(60);
    world.thingsboard.share("tracker", { heartbeat_s: 180 });
    await world.run(900);
    await cut(world);
    await world.run(600);
    assert.deepEqual(world.events(), ["start"]);
  });
});

test("a fix that is not good enough waits for a better one, or is the best there was", async () => {
  const legs = Array.from({ length: 200 }, (_, i) => ({
    s: 1,
    hdop: i < 100 ? [7, 9, 3, 8][i % 4] : 6,
  })) as Leg[];
  const world = drive(legs, {
    ...{ interval_s: 20, watch_s: 0, heartbeat_s: 0 },
    hdop_max: 3,
    fix_timeout_s: 10,
    extras: "hdop,fix_s",
  });
  await world.run(190);
  const dops = world.values("hdop").map(({ value }) => Number(value));
  assert.ok(dops.length > 6, `${dops}`);
  const from = dops.indexOf(6);
  assert.ok(from > 2 && dops.slice(0, from).every((dop) => dop === 3), `${dops}`);
  assert.ok(
    dops.slice(from).every((dop) => dop === 6),
    `${dops}`,
  );
  const times = world.values("fix_s").map(({ value }) => Number(value));
  assert.ok(
    times.slice(1, from).every((s) => s < 6) && times.slice(from).every((s) => s >= 8 && s <= 10),
    `${times}`,
  );
});

describe("wrong settings from afar", () => {
  const refusedOf = (world: ReturnType<typeof drive>) => {
    const { settings_refused } = world.thingsboard.attributes("tracker") as { settings_refused?: unknown };
    return settings_refused;
  };

  for (const [what, shared, refused] of [
    [
      "zones with three equal points",
      {
        zones: {
          a: [
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        },
        interval_s: 40,
      },
      { zones: "a: has no area" },
    ],
    ["a heartbeat below the interval", { heartbeat_s: 29 }, { heartbeat_s: "must be at least interval_s" }],
    [
      "an interval above tb.json's heartbeat",
      { interval_s: 200 },
      { heartbeat_s: "must be at least interval_s" },
    ],
    [
      "a key that is none",
      { extras: "why,speed" },
      {
        extras:
          "must be of why,battery,signal_dbm,battery_v,hdop,satellites,course,temperature,fix_s,awake_s",
      },
    ],
  ] as const)
    test(what, async () => {
      const world = drive([{ s: 600 }], {});
      world.thingsboard.share("tracker", shared);
      await world.run(60);
      assert.deepEqual(refusedOf(world), refused);
      const { settings } = world.thingsboard.attributes("tracker") as { settings: Record<string, unknown> };
      assert.deepEqual([settings.interval_s, settings.heartbeat_s, settings.zones], [30, 180, null]);
    });

  test("right ones hold, and zones are told by their names", async () => {
    const world = drive([{ s: 600 }], {});
    world.thingsboard.share("tracker", { zones: { depot: circleAt(0, 100) }, heartbeat_s: 300 });
    await world.run(60);
    assert.deepEqual(refusedOf(world), {});
    const { settings } = world.thingsboard.attributes("tracker") as { settings: Record<string, unknown> };
    assert.deepEqual([settings.zones, settings.heartbeat_s], [["depot"], 300]);
  });
});

test("settings of tb.json that do not fit each other are told in one line, and nothing starts", async () => {
  const world = drive([{ s: 60 }], { heartbeat_s: 10 });
  await world.run(10);
  assert.ok(
    world.lines.includes("tb.json: heartbeat_s: must be at least interval_s"),
    world.lines.join("\n"),
  );
});
