import assert from "node:assert/strict";
import { test } from "node:test";
import { connectAsync } from "mqtt";
import { BUDGETS } from "../../scripts/budgets.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";
import type { Modem } from "../../scripts/simulator/modem/modem.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { type RealTracker, startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { fixesIn } from "../faults/record.ts";
import { type Broker, hasMosquitto, startMosquitto } from "./broker.ts";

const binary = process.env.ESPRUINO;
/** How long faults strike; 600 for the figures of a release. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 45);
const SEED = Number(process.env.FAULT_SEED ?? 1);
const INTERVAL_S = 2;
/** A longer calm lets the tracker come back; a shorter one strikes while it does. */
const CALM_S = [2, 25] as const;
const skip = !binary
  ? "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it"
  : hasMosquitto()
    ? false
    : "skipped: mosquitto is not installed";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What strikes, for how long, and how it ends. */
const FAULTS: ((stage: { modem: Modem; broker: Broker; tracker: RealTracker }) => Promise<void>)[] = [
  async ({ modem }) => modem.inject.pdpdeact(),
  async ({ modem }) => modem.inject.reset(),
  async ({ modem }) => modem.inject.close(),
  async ({ modem }) => modem.inject.garbage(16),
  async ({ modem }) => modem.inject.hole(8000),
  async ({ modem }) => {
    modem.faults.sendFail = 1;
    await sleep(6000);
    modem.faults.sendFail = 0;
  },
  async ({ modem }) => {
    modem.faults.muted = new Set(["+QISEND", "+QGPSLOC"]);
    await sleep(4000);
    modem.faults.muted = new Set();
  },
  async ({ modem }) => {
    modem.faults.splitChunk = 0.5;
    modem.faults.urcInSend = 0.5;
    modem.faults.lostUrc = 0.3;
    await sleep(10_000);
    modem.faults.splitChunk = modem.faults.urcInSend = modem.faults.lostUrc = 0;
  },
  async ({ broker }) => broker.restart(),
  async ({ broker }) => {
    await broker.kill();
    await sleep(15_000);
    await broker.start();
  },
  async ({ tracker }) => tracker.powerCut(),
  async ({ tracker, modem }) => {
    modem.inject.close();
    await sleep(300);
    await tracker.powerCut();
  },
];

test(`${SECONDS} s of faults in the real interpreter, reporting to Mosquitto, lose nothing`, {
  skip,
}, async (t) => {
  const random = seededRandom(SEED);
  const broker = await startMosquitto();
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 50 });
  const arrived = new Map<number, number>();
  client.on("message", (_topic, payload) => {
    for (const { ts, values } of [JSON.parse(payload.toString())].flat())
      if ("Latitude" in values) arrived.set(ts, values.Latitude);
  });
  const subscribe = () => client.subscribeAsync("v1/devices/me/telemetry", { qos: 1 });
  client.on("connect", () => void subscribe().catch(() => {}));
  await subscribe();
  const tracker = await startRealTracker({
    binary: binary as string,
    interval_s: INTERVAL_S,
    broker_port: broker.port,
    // All that is taken stays in it, confirmed or not, to be counted at the end. A RAK8212 has room for half of that.
    outbox_bytes: (await interpreterRoom(binary as string)).storage > 40_960 ? 16_384 : 8_192,
  });
  try {
    await tracker.until("tracker.status().sent>=2", 60);
    let most = 0;
    const flags = new Set<string>();
    const look = async (): Promise<void> => {
      const [usage, seen] = (await tracker
        // With a collection, as the interpreter makes one too when it needs room: else it is garbage that is counted.
        .evaluate("[process.memory().usage,E.getErrorFlags()]")
        .catch(() => [0, []])) as [number, string[]];
      most = Math.max(most, usage);
      for (const flag of seen) flags.add(flag);
    };
    const struck: number[] = [];
    for (const end_ms = Date.now() + SECONDS * 1000; Date.now() < end_ms; ) {
      const which = Math.floor(random() * FAULTS.length);
      struck.push(which);
      await (FAULTS[which] as (typeof FAULTS)[number])({ modem: tracker.modem, broker, tracker });
      const calm_ms = 1000 * (CALM_S[0] + random() * (CALM_S[1] - CALM_S[0]));
      for (const until_ms = Date.now() + calm_ms; Date.now() < until_ms; await sleep(200)) await look();
    }
    await tracker.until('global.tracker&&tracker.status().state=="online"', 700);
    // Those that were taken until now; later ones may still wait.
    const taken = fixesIn(tracker.flash());
    await tracker.until("tracker.status().waiting==0", 60);
    await look();
    const status = (await tracker.evaluate("tracker.status()")) as Record<string, number>;
    // A PUBACK says that the broker has it, not that it gave it to us.
    await sleep(500);

    t.diagnostic(
      `seed ${SEED}: ${struck.join(" ")}; ${taken.length} fixes; most variables ${most}; flags ${[...flags]}; ${JSON.stringify(status)}`,
    );
    assert.ok(taken.length >= SECONDS / INTERVAL_S / 3, `${taken.length} fixes taken`);
    const lost = taken.filter(({ ts, values }) => arrived.get(ts) !== values.Latitude);
    assert.deepEqual(lost, []);
    assert.equal(status.dropped, 0);
    assert.ok(most <= BUDGETS.most_variables, `${most} variables`);
    for (const flag of ["FIFO_FULL", "LOW_MEMORY", "MEMORY"]) assert.ok(!flags.has(flag), flag);
    assert.deepEqual(
      tracker.lines.filter((line) => /Uncaught|MEMORY/.test(line)),
      [],
    );
  } finally {
    await tracker.stop();
    await client.endAsync();
    await broker.stop();
  }
});
