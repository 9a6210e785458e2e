/**
 * What a connection takes of the air, of time and of charge, plain beside TLS, in the simulated world with Node's TLS. Not in
 * it: what a modem's processor takes for the cryptography, and the size of bought certificates, which are larger by some
 * hundred bytes each than ours.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TLS_PORT } from "../../test/blob/peers.ts";
import { authority, realTls, signed, type WorldTls } from "../../test/blob/tls.ts";
import { createWorld } from "../../test/blob/world.ts";
import { BUDGETS } from "../budgets.ts";
import { ROOT } from "../build/program.ts";
import { makeCertificate } from "../certificate/make.ts";
import { type Air, createCounter } from "./counted.ts";
import type { Row } from "./row.ts";

/** What the server says comes so much later, as on LTE in poor reception, and as test/espruino/latency.test.ts has it. */
const DOWNLINK_MS = 400;
/**
 * Assumptions, not measured on a board: after the last byte the network keeps the radio connected for some time of its own
 * choice, of which 10 s is usual; and of all that time the mean current, where a BG96 takes 16 mA to listen and 200 to send
 * (Hardware Design, table 34).
 */
const TAIL_S = 10;
const RADIO_MA = 90;
/** Nothing to report while a connection is looked at. */
const QUIET_S = 3600;
const ROUNDS = 10;

const WAYS = { 0: "plain TCP", 1: "TLS", 2: "TLS, client certificate" } as const;
type Way = 0 | 1 | 2;

/** What the server's end is like where certificates are bought: two in a chain, of 2048 bits. */
async function chainOfTwo(tls: 1 | 2): Promise<WorldTls> {
  const valid = { from: new Date(Date.UTC(2026, 0, 1)), until: new Date(Date.UTC(2046, 0, 1)) };
  const intermediate = await makeCertificate({
    name: "Our issuing CA",
    authority: true,
    by: authority,
    ...valid,
  });
  const { certificate, ...own } = await signed({ by: intermediate });
  return realTls({ tls, identity: { ...own, certificate: certificate + intermediate.certificate } });
}

/** A tracker and its server, and what is between them counted. */
function countedWorld(tls: WorldTls | undefined, interval_s: number) {
  const opened_ms: number[] = [];
  let said_ms = 0;
  let now_ms = (): number => 0;
  const counter = createCounter(() => now_ms());
  const world: ReturnType<typeof createWorld> = createWorld({
    config: { interval_s },
    // The answer to SYN comes late, too.
    modem: { faults: { downlink_ms: DOWNLINK_MS }, times: { open_ms: DOWNLINK_MS } },
    ...(tls && { tls }),
    connect(_host, port) {
      const [near, far] = counter.pair();
      opened_ms.push(now_ms());
      if (tls && port === TLS_PORT) world.thingsboard.acceptTls(far);
      else world.thingsboard.accept(far);
      return near;
    },
    print() {
      said_ms = now_ms();
    },
  });
  now_ms = () => world.clock.now();
  // When each connection was begun, and the last line was printed.
  return { ...world, take: counter.take, now_ms, opened_ms, said_ms: () => said_ms };
}

/** From closed to SUBACK, nothing else being to be said. */
async function connection(tls: WorldTls | undefined): Promise<{ air: Air; seconds: number }> {
  const { thingsboard, run, runUntil, take, now_ms, opened_ms, stop } = countedWorld(tls, QUIET_S);
  try {
    await runUntil(/^tracker: connected/, 120);
    await run(60);
    thingsboard.faults.restart();
    await run(0.5);
    take();
    const subscribed = () => thingsboard.connections.some((its) => Object.keys(its.subscriptions).length > 0);
    for (let steps = 0; !subscribed(); steps++) {
      if (steps > 10_000) throw new Error("it does not come back");
      await run(0.01, 10);
    }
    return { air: take(), seconds: (now_ms() + DOWNLINK_MS - (opened_ms.at(-1) as number)) / 1000 };
  } finally {
    await stop();
  }
}

/** A handshake that fails, by another CA's certificate, until its cause is found, and as it is tried again. */
async function refusal(): Promise<{ first: Air; again: Air; seconds: number }> {
  const other = await makeCertificate({ name: "Other CA", authority: true });
  const { runUntil, take, opened_ms, said_ms, stop } = countedWorld(
    realTls({ identity: await signed({ by: other }) }),
    QUIET_S,
  );
  try {
    await runUntil(/^tracker: .*again in/, 300);
    const first = take();
    const seconds = (said_ms() - (opened_ms[0] as number)) / 1000;
    await runUntil(/^tracker: .*again in/, 300);
    return { first, again: take(), seconds };
  } finally {
    await stop();
  }
}

/** A fix each minute, alone: what one takes. */
async function report(tls: WorldTls | undefined): Promise<number> {
  const { runUntil, run, take, stop } = countedWorld(tls, 60);
  try {
    await runUntil(/^tracker: connected/, 120);
    await run(90);
    take();
    await run(60 * ROUNDS);
    const { up, down } = take();
    return (up + down) / ROUNDS;
  } finally {
    await stop();
  }
}
/** Of what has no budget: figures to plan a tariff and a battery by. */
export async function airRows(): Promise<Row[]> {
  if (!existsSync(join(ROOT, "dist/linux.js")))
    return [{ name: "one connection to SUBACK", unit: "bytes", why: "npm run build" }];
  const rows: Row[] = [];
  for (const way of [0, 1, 2] as Way[]) {
    const tls = way ? await chainOfTwo(way) : undefined;
    const { air, seconds } = await connection(tls);
    const radio_s = seconds + TAIL_S;
    rows.push(
      {
        name: `closed to SUBACK, ${WAYS[way]}: ${describe(air)}`,
        figure: air.up + air.down,
        unit: "bytes",
        ...(way && { budget: BUDGETS.tls_connection_bytes }),
      },
      {
        name: `its radio: ${round(seconds)} s at ${DOWNLINK_MS} ms down, then ${TAIL_S} s; at ${RADIO_MA} mA ${round((radio_s * RADIO_MA) / 3600)} mAh`,
        figure: radio_s,
        unit: "s",
      },
      { name: `a fix and its PUBACK on that connection, QoS 1`, figure: await report(tls), unit: "bytes" },
    );
  }
  return [...rows, ...(await refusalRows())];
}

async function refusalRows(): Promise<Row[]> {
  const { first, again, seconds } = await refusal();
  const total = ({ up, down }: Air) => up + down;
  return [
    {
      name: `a handshake refused, and its cause found by ${first.connections - 1} trials, in ${round(seconds)} s`,
      figure: total(first),
      unit: "bytes",
    },
    { name: "the same once more, its cause known", figure: total(again), unit: "bytes" },
  ];
}

const describe = ({ up, down, segments, round_trips }: Air): string =>
  `${count(up)} up, ${count(down)} down, ${segments} segments, ${round_trips} round trips`;
const count = (figure: number): string => figure.toLocaleString("en-US");
const round = (figure: number): string => figure.toFixed(2);
