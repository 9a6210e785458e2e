/** One life of a tracker: a day with the faults its seed draws, then none, until it has reported everything. */
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import type { Point } from "../../scripts/simulator/thingsboard/store.ts";
import type { WorldTls } from "../blob/tls.ts";
import { fleetKinds } from "./fleet-kinds.ts";
import type { Seen } from "./harm.ts";
import { drawPlan, type Span } from "./plan.ts";
import { calm_s, promiseOf, type Saving } from "./saving.ts";
import { MILD, savingKinds } from "./saving-kinds.ts";
import { type Call, createScene, type Received, type Refused, type Taken } from "./scene.ts";
import { tlsKinds } from "./tls-kinds.ts";

/** What a life left behind, for the verdict. */
export interface Life {
  taken: Taken[];
  received: Received[];
  refused: Refused[];
  /** What was done to the modem and to the board. */
  seen: Seen[];
  /** The calls, and what became of them. */
  calls: Call[];
  /** When samples got through all the same; ms since 1970, as everything here. */
  passable: Span[];
  /** No fault from here on. */
  healed_ms: number;
  /** The outbox's size. */
  blocks: number;
  points: Point[];
  /** From the end of the faults until it was online with nothing waiting; undefined: it never was. */
  recovered_s: number | undefined;
  /** How many records there were in the healthy time after that. */
  takenAfter: number;
  dropped: number;
  /** Flash operations that the power tore. */
  torn: number;
  /** Variables in use at rest, at the end. */
  memory: number;
  flags: string[];
  lines: string[];
  /** The last AT traffic. */
  transcript: string;
  /** It saves power, and so. */
  saving?: Saving;
  /** The healthy time at the end, if it recovered. */
  calm?: { from_ms: number; to_ms: number };
}

/**
 * The longest wait of the recovery ladder is an hour, and one may not be enough. Nor is the next search for a fix later, after
 * however many in vain.
 */
const RECOVERY_S = 4 * 3600;
/** A record that was refused once is tried again after the server took 1, 6 and 36 other packets (firmware/tracker/suspects.ts). */
const TRIALS = 1 + 6 + 36;
/** Healthy time after that. */
export const AFTER_S = 900;

/** After so many the lines that the tracker keeps of what happened are as many as it keeps. */
const LOG_RECONNECTS = 20;

/** Within so long a modem that saves power sleeps, if it ever does. */
const ASLEEP_WITHIN_S = 300;

/** Variables in use at rest without a fault. Counters that come over 2,047, some in hours, take one each. */
export interface Rest {
  young: number;
  old: number;
}

export async function restWithoutFaults(tls?: WorldTls, saving?: Saving): Promise<Rest> {
  const scene = createScene(0, undefined, tls, saving);
  try {
    await scene.runTo(AFTER_S * 1000);
    const young = await restOf(scene, saving);
    await scene.runTo(8 * 3600 * 1000);
    // As many settings from afar as a life may have, one of which can't be; and until the log is full.
    scene.stage.share({ fix_timeout_s: 60, keep_alive: 300, topics: 2, interval_s: 0, no_time: "never" });
    for (let i = 0; i < LOG_RECONNECTS; i++) {
      scene.world.thingsboard.faults.restart();
      await scene.world.run(120);
    }
    return { young, old: await restOf(scene, saving) };
  } finally {
    await scene.world.stop();
  }
}

/** `trace` gets what happens. `kind`: faults of this kind alone. `tls`: the world's; one on a fake clock that is to be fast is sealed. `saving`: it saves power. */
export async function live(
  seed: number,
  trace?: (line: string) => void,
  kind?: string,
  tls?: WorldTls,
  saving?: Saving,
): Promise<Life> {
  const more = { ...fleetKinds, ...(tls && tlsKinds(tls)), ...(saving && savingKinds) };
  const plan = drawPlan(seededRandom(seed), kind, more, saving?.mild ? MILD : undefined);
  const scene = createScene(seed, trace, tls, saving);
  const { world, taken, received, note } = scene;
  const flags = new Set<string>();
  const collectFlags = (): void => {
    if (world.board.running) for (const flag of world.board.errorFlags) flags.add(flag);
  };

  try {
    for (const { at_ms, what, act } of plan.steps) {
      await scene.runTo(at_ms);
      note(`* ${what}`);
      // A power cut takes them away.
      collectFlags();
      act(scene.stage);
    }
    await scene.runTo(plan.end_ms);
    note("* no faults from here on");
    scene.heal();
    const healed_ms = world.clock.now();
    const start_ms = healed_ms - plan.end_ms;
    const recovered_s = await (saving ? recoverSaving(scene, saving) : recover(scene));
    note(`* recovered after ${recovered_s} s`);
    const takenBefore = taken.length;
    const from_ms = world.clock.now();
    await world.run(saving ? calm_s(saving) : AFTER_S);
    const to_ms = world.clock.now();
    const takenAfter = taken.length - takenBefore;
    const memory = await restOf(scene, saving);
    // What was taken last may wait for the next upload.
    if (saving && recovered_s !== undefined)
      await nothingWaits(scene, scene.now_ms() + calm_s(saving) * 1000);
    collectFlags();
    return {
      taken,
      received,
      refused: scene.refused,
      seen: scene.seen,
      calls: scene.calls,
      passable: plan.passable.map((span) => ({
        ...span,
        from_ms: span.from_ms + start_ms,
        to_ms: span.to_ms + start_ms,
      })),
      healed_ms,
      blocks: scene.blocks,
      points: world.thingsboard.telemetry("tracker").filter((point) => !isServers(point)),
      recovered_s,
      takenAfter,
      dropped: scene.status()?.dropped ?? 0,
      torn: scene.torn(),
      memory,
      flags: [...flags],
      lines: world.lines,
      transcript: world.modem.transcript.toString(),
      ...(saving && { saving }),
      ...(recovered_s !== undefined && { calm: { from_ms, to_ms } }),
    };
  } finally {
    await world.stop();
  }
}

/** What ThingsBoard itself writes of an assigned package. */
const isServers = ({ key, value }: Point): boolean =>
  key.startsWith("target_fw_") || (key === "fw_state" && (value === "QUEUED" || value === "INITIATED"));

type Scene = ReturnType<typeof createScene>;

async function recover({ world, now_ms, status }: Scene): Promise<number | undefined> {
  const from_ms = now_ms();
  while (now_ms() < from_ms + RECOVERY_S * 1000) {
    await world.run(10);
    // Its status counts its memory, which is slow here.
    if (world.thingsboard.connections.length === 0) continue;
    const now = status();
    if (now?.state === "online" && now.waiting === 0) return (now_ms() - from_ms) / 1000;
  }
  return undefined;
}

/**
 * One that saves power is online for moments. It took two fixes since, as with the first one it sees how full its battery is, and
 * what it took has all arrived.
 */
async function recoverSaving(scene: Scene, saving: Saving): Promise<number | undefined> {
  const { world, now_ms, taken } = scene;
  const from_ms = now_ms();
  const fixes = (): number => taken.filter(({ values }) => values.Latitude !== undefined).length;
  const wanted = fixes() + 2;
  while (fixes() < wanted && now_ms() < from_ms + RECOVERY_S * 1000) await world.run(10);
  const { upload_s, longest_s } = promiseOf(saving);
  const trials_s = TRIALS * Math.max(upload_s, longest_s);
  if (await nothingWaits(scene, from_ms + (RECOVERY_S + trials_s) * 1000)) return (now_ms() - from_ms) / 1000;
  return undefined;
}

/** Whether that is so before then, in a session or at its end. */
async function nothingWaits({ world, now_ms, sessions, status }: Scene, until_ms: number): Promise<boolean> {
  let before = sessions();
  while (now_ms() < until_ms) {
    const online = world.thingsboard.connections.length > 0;
    await world.run(10);
    // Its status counts its memory, which is slow here.
    if ((online || sessions() !== before) && status()?.waiting === 0) return true;
    before = sessions();
  }
  return false;
}

/**
 * Variables in use, the median of some rounds: between them nothing is under way. The texts that tell of the last loss take
 * some, so there is one more, the same in each life.
 */
async function restOf({ world }: Scene, saving?: Saving): Promise<number> {
  world.thingsboard.faults.restart();
  await world.run(120);
  const used: number[] = [];
  for (let i = 0; i < 15; i++) {
    await world.run(9);
    // One that sleeps takes other variables awake.
    for (let s = 0; saving && world.modem.state.power === "running" && s < ASLEEP_WITHIN_S; s += 10)
      await world.run(10);
    used.push(world.board.running ? world.board.memory().usage : 0);
  }
  return used.sort((a, b) => a - b)[7] as number;
}
