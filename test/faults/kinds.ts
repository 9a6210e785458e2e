/** The kinds of faults: what each does to the world, and when within its episode. */

import {
  type Faults as ModemFaults,
  ODD_LOCATIONS,
  WEEKS_1024_MS,
} from "../../scripts/simulator/modem/faults.ts";
import type { Modem } from "../../scripts/simulator/modem/modem.ts";
import type { Sensors } from "../../scripts/simulator/sensors/sensors.ts";
import type { FaultSettings } from "../../scripts/simulator/thingsboard/faults.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import type { Power } from "./power.ts";
import { between, count, pick, type Random, shuffle, spread } from "./random.ts";

/** What a fault can get at. */
export interface Stage {
  modem: Modem;
  thingsboard: ThingsBoard;
  power: Power;
  /** What the board measures. */
  sensors: Sensors;
  /** Connections open, and nobody is there. */
  hang(on: boolean): void;
  /** A persistent two-way call: it waits until it is answered. */
  call(method: string, params?: unknown): void;
  /** Somebody's own code on the board reports this. Nothing while it is off. */
  report(values: Record<string, unknown>): void;
  /** Shared attributes; a value undefined deletes. */
  share(values: Record<string, unknown>): void;
  /** The next version of the firmware is assigned. */
  update(works: boolean): void;
}

export interface Step {
  /** From the start of the episode. */
  at_ms: number;
  what: string;
  act(stage: Stage): void;
}

export type Kind = (random: Random, length_ms: number) => Step[];

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Commands the firmware lives by. */
const COMMANDS =
  "+QISEND +QIOPEN +QIRD +QICLOSE +QIACT +QIDEACT +CEREG +CPIN +CSQ +QGPSLOC +QGPS +CFUN".split(" ");
/** Commands that block the port until they have their result. */
const BLOCKING = ["+QIDEACT", "+QIACT", "+QICLOSE"];
/** Lines that come unasked, or seem to. */
const STRAY = [
  '+QIURC: "recv",0',
  '+QIURC: "closed",0',
  '+QIURC: "pdpdeact",1',
  "+QIOPEN: 0,0",
  "+QIOPEN: 0,566",
  "+CEREG: 0",
  "+CTZV: +08",
  "RDY",
  "SEND OK",
  "OK",
  "ERROR",
  ">",
];

/** Begins with the episode and ends with it. */
export function lasting(what: string, length_ms: number, begin: Step["act"], end: Step["act"]): Step[] {
  return [
    { at_ms: 0, what, act: begin },
    { at_ms: length_ms, what: `end of ${what}`, act: end },
  ];
}

/** Strikes at random moments of the episode. */
export function strikes(
  random: Random,
  length_ms: number,
  most: number,
  draw: () => Omit<Step, "at_ms">,
): Step[] {
  return Array.from({ length: count(random, 1, most) }, () => ({
    ...draw(),
    at_ms: between(random, 0, length_ms),
  }));
}

function server<K extends keyof FaultSettings>(
  name: K,
  healthy: FaultSettings[K],
  draw: (random: Random) => FaultSettings[K],
): Kind {
  return (random, length_ms) => {
    const value = draw(random);
    const set = (to: FaultSettings[K]) => (stage: Stage) => {
      (stage.thingsboard.faults as FaultSettings)[name] = to;
    };
    const shown = typeof value === "object" ? JSON.stringify(value) : value;
    return lasting(`server ${name} ${shown}`, length_ms, set(value), set(healthy));
  };
}

export function modem<K extends keyof ModemFaults>(
  name: K,
  healthy: ModemFaults[K],
  draw: (random: Random) => ModemFaults[K],
): Kind {
  return (random, length_ms) => {
    const value = draw(random);
    const shown = value instanceof Set ? [...value].join() : JSON.stringify(value);
    const set = (to: ModemFaults[K]) => (stage: Stage) => {
      stage.modem.faults[name] = to;
    };
    return lasting(`modem ${name} ${shown}`, length_ms, set(value), set(healthy));
  };
}

/** Of the next so many packets something goes wrong. */
function next(name: "drop_pubacks" | "close_before_pubacks"): Kind {
  return (random, length_ms) =>
    strikes(random, length_ms, 5, () => {
      const packets = count(random, 1, 3);
      return {
        what: `server ${name} ${packets}`,
        act: ({ thingsboard }) => {
          thingsboard.faults[name] = packets;
        },
      };
    });
}

/** From the start on, but the server is away first: something waits then, and the tracker has to log in. */
function afterOutage(kind: Kind): Kind {
  return (random, length_ms) => {
    const outage_ms = Math.min(length_ms / 3, spread(random, MINUTE, 40 * MINUTE));
    return [
      ...kind(random, length_ms),
      ...lasting(
        "server outage",
        outage_ms,
        ({ thingsboard }) => {
          thingsboard.faults.down = true;
          thingsboard.faults.drop();
        },
        ({ thingsboard }) => {
          thingsboard.faults.down = false;
        },
      ),
    ];
  };
}

/** Somebody calls the tracker, so often at once. */
function calls(most: number, name: string, call: (stage: Stage, random: Random) => void): Kind {
  return (random, length_ms) =>
    strikes(random, length_ms, most, () => ({ what: name, act: (stage) => call(stage, random) }));
}

export const probability = (random: Random): number => Math.round(spread(random, 0.05, 1) * 100) / 100;
const off_ms = (random: Random): number => Math.round(spread(random, 50, 30 * MINUTE));
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

function flashCut(torn: boolean): Kind {
  return (random, length_ms) =>
    strikes(random, length_ms, 4, () => {
      // A record is 6 words; a block has 4 pages, which are erased once in 170 records.
      const [left, kind] = pick(random, [
        [count(random, 0, 12), undefined],
        [count(random, 0, 12), undefined],
        [count(random, 0, 200), undefined],
        [count(random, 0, 4), "erase"],
      ] as const);
      const ms = off_ms(random);
      const place = `${kind ?? "flash operation"} ${left + 1}`;
      return {
        what: `power ${torn ? "breaks down in" : "goes before"} ${place} for ${seconds(ms)}`,
        act: ({ power }) => power.cutInFlash({ left, torn, ...(kind && { kind }) }, ms),
      };
    });
}

export const kinds: Record<string, Kind> = {
  drops: (random, length_ms) =>
    strikes(random, length_ms, 6, () => ({
      what: "server drops the connection",
      act: ({ thingsboard }) => thingsboard.faults.drop(),
    })),
  restarts: (random, length_ms) =>
    strikes(random, length_ms, 3, () => ({
      what: "server restarts",
      act: ({ thingsboard }) => thingsboard.faults.restart(),
    })),
  outage: (_random, length_ms) =>
    lasting(
      "server outage",
      length_ms,
      ({ thingsboard }) => {
        thingsboard.faults.down = true;
        thingsboard.faults.restart();
      },
      ({ thingsboard }) => {
        thingsboard.faults.down = false;
      },
    ),
  hang: (_random, length_ms) =>
    lasting(
      "server hangs",
      length_ms,
      (stage) => {
        stage.hang(true);
        stage.thingsboard.faults.drop();
      },
      (stage) => stage.hang(false),
    ),
  refusal: server("refuse", 0, (random) => count(random, 1, 5)),
  rateLimit: server("rate_limited", false, () => true),
  lateConnack: server("connack_delay_ms", 0, (random) => Math.round(spread(random, 100, 2 * MINUTE))),
  latePuback: server("puback_delay_ms", 0, (random) => Math.round(spread(random, 100, 2 * MINUTE))),
  noPingresp: server("withhold_pingresp", false, () => true),
  segments: server("segment_bytes", 0, (random) => count(random, 1, 5)),
  merged: server("merge_ms", 0, (random) => Math.round(spread(random, 5, 5000))),
  randomClose: server("random_close", 0, probability),
  lostPubacks: next("drop_pubacks"),
  closedPubacks: next("close_before_pubacks"),
  cutPackets: (random, length_ms) =>
    strikes(random, length_ms, 5, () => {
      const cmd = pick(random, ["puback", "puback", "connack", "suback", "pingresp"] as const);
      return {
        what: `server cuts the next ${cmd}`,
        act: ({ thingsboard }) => {
          thingsboard.faults.cut_next = cmd;
        },
      };
    }),

  pdpdeact: (random, length_ms) =>
    strikes(random, length_ms, 4, () => ({
      what: "PDP context lost",
      act: ({ modem }) => modem.inject.pdpdeact(),
    })),
  closes: (random, length_ms) =>
    strikes(random, length_ms, 4, () => ({
      what: "every peer closes",
      act: ({ modem }) => modem.inject.close(),
    })),
  resets: (random, length_ms) =>
    strikes(random, length_ms, 4, () => ({
      what: "modem crashes",
      act: ({ modem }) => modem.inject.reset(),
    })),
  strayUrcs: (random, length_ms) =>
    strikes(random, length_ms, 8, () => {
      const line = pick(random, STRAY);
      return { what: `stray ${line}`, act: ({ modem }) => modem.inject.urc(line) };
    }),
  noise: (random, length_ms) =>
    strikes(random, length_ms, 10, () => {
      const bytes = count(random, 1, 100);
      return { what: `${bytes} bytes of noise`, act: ({ modem }) => modem.inject.garbage(bytes) };
    }),
  storm: modem("perMinute", {}, (random) => ({
    [pick(random, ["reset", "pdpdeact", "close", "garbage", "hole"] as const)]:
      Math.round(spread(random, 0.1, 3) * 100) / 100,
  })),
  mute: modem("mute", 0, probability),
  dead: modem("mute", 0, () => 1),
  muted: modem(
    "muted",
    new Set(),
    (random) => new Set(shuffle(random, COMMANDS).slice(0, count(random, 1, 3))),
  ),
  sendFail: modem("sendFail", 0, probability),
  silentOpen: modem("silentOpen", 0, probability),
  stickyId: modem("stickyId", 0, probability),
  lostUrcs: modem("lostUrc", 0, probability),
  splitChunks: modem("splitChunk", 0, probability),
  gluedUrcs: modem("glueUrcs", 0, (random) => count(random, 2, 5)),
  urcInSend: modem("urcInSend", 0, probability),
  garbage: modem("garbage", 0, (random) => Math.round(spread(random, 0.01, 0.3) * 100) / 100),
  simBusy: modem("simBusyPolls", 0, (random) => count(random, 1, 30)),
  echoStuck: modem("echoStuck", false, () => true),
  hole: modem("coverageHole", false, () => true),
  noFix: modem("noFixPolls", 0, () => 1e9),

  powerCuts: (random, length_ms) =>
    strikes(random, length_ms, 4, () => {
      const ms = off_ms(random);
      return { what: `power cut for ${seconds(ms)}`, act: ({ power }) => power.cut(ms) };
    }),
  powerCutsOfBoth: (random, length_ms) =>
    strikes(random, length_ms, 3, () => {
      const ms = off_ms(random);
      return {
        what: `power cut for ${seconds(ms)}, of the modem too`,
        act: ({ power, modem }) => {
          power.cut(ms);
          modem.inject.reset();
        },
      };
    }),

  toldLimits: afterOutage(
    server("told_limits", undefined, (random) =>
      pick(random, [
        { telemetry_data_points: "20:60" },
        { telemetry_data_points: "20:1,600:60" },
        { telemetry_messages: "10:60" },
      ]),
    ),
  ),
  untoldLimits: afterOutage(
    server("untold_limits", undefined, (random) =>
      pick(random, [
        { telemetry_data_points: "20:60" },
        { messages: "6:60", telemetry_data_points: "30:60" },
        { messages: "20:60", telemetry_messages: "4:60" },
      ]),
    ),
  ),
  refusedKey: afterOutage(
    server("refused_keys", [], (random) => [pick(random, ["lost", "contexts", "reboots"])]),
  ),
  refusedText: afterOutage(server("max_string_value_length", 0, () => 5)),
  refusedRecord: (random, length_ms) => [
    ...server("max_string_value_length", 0, () => 255)(random, length_ms),
    ...strikes(random, length_ms / 2, 2, () => ({
      what: "a report that the server refuses",
      act: (stage) => stage.report({ note: "x".repeat(300) }),
    })),
  ],
  forbiddenTopic: afterOutage(server("forbidden_topics", [], () => ["v1/devices/me/rpc/request/"])),
  rival: (random, length_ms) => [
    ...server("rival_ms", 0, () => Math.round(spread(random, 500, 60_000)))(random, length_ms),
    { at_ms: 1, what: "he logs in", act: ({ thingsboard }) => thingsboard.faults.drop() },
  ],
  repeatedCalls: (random, length_ms) => [
    ...server("repeat_requests", 0, () => 1)(random, length_ms),
    ...calls(3, "a call, twice", (stage) => stage.call("getStatus"))(random, length_ms),
  ],
  lostAnswers: calls(3, "a call whose answer is lost", (stage) => {
    stage.thingsboard.faults.lose_rpc_answers = 1;
    stage.call("getPosition");
  }),
  rebootCall: calls(1, "a call to reboot", (stage, random) => {
    if (random() < 0.5) stage.thingsboard.faults.lose_rpc_answers = count(random, 1, 2);
    stage.call("reboot");
  }),
  bursts: calls(4, "42 calls in one segment", ({ thingsboard }) => thingsboard.faults.burst(42)),
  waitingCalls: calls(1, "100 calls wait", (stage) => {
    stage.thingsboard.faults.drop();
    for (let i = 0; i < 100; i++) stage.call(`unknown${i}`);
  }),
  largeCall: calls(2, "a call of 4,200 bytes", (stage) => stage.call("large", "y".repeat(4200))),

  badContext: modem("contextOpenError", 0, (random) => pick(random, [565, 566, 569])),
  noOpen: modem("openError", 0, (random) => pick(random, [565, 566, 569])),
  deactivations: (random, length_ms) => [
    ...modem("contextLife_s", 0, () => Math.round(spread(random, 20, 600)))(random, length_ms),
    { at_ms: 1, what: "PDP context lost", act: (stage) => stage.modem.inject.pdpdeact() },
  ],
  blockedPort: modem("blocking", new Set(), (random) => new Set([pick(random, BLOCKING)])),
  deadSockets: modem("deadSockets", false, () => true),
  deadData: modem("deadData", false, () => true),
  lateBytes: modem("downlink_ms", 0, (random) => Math.round(spread(random, 50, 3000))),
  lateUrcs: modem("lateUrc_ms", 0, (random) => Math.round(spread(random, 50, 5000))),
  lateReady: (random, length_ms) => [
    ...modem("lateReady_ms", 0, () => Math.round(spread(random, 1000, 20_000)))(random, length_ms),
    ...strikes(random, length_ms, 3, () => ({
      what: "modem crashes",
      act: (stage) => stage.modem.inject.reset(),
    })),
  ],
  busySim: (random, length_ms) =>
    strikes(random, length_ms, 3, () => {
      const errors = shuffle(random, [3, 13, 14]).slice(0, count(random, 1, 3));
      return {
        what: `modem crashes, its SIM is busy: ${errors}`,
        act: ({ modem }) => {
          modem.faults.pinErrors = errors;
          modem.inject.reset();
        },
      };
    }),
  oddLocations: modem("location", {}, (random) => pick(random, Object.values(ODD_LOCATIONS))),
  noClock: modem("clockError", false, () => true),
  oldWeeks: modem("gnssTimeOff_ms", 0, () => -WEEKS_1024_MS),
  farFuture: (random, length_ms) =>
    strikes(random, length_ms, 3, () => ({
      what: "a fix dated 20 years ahead",
      act: ({ modem }) => {
        modem.faults.gnssTimeOff_ms = 20 * 365.25 * 24 * 60 * MINUTE;
        modem.faults.gnssTimeOffFixes = 1;
      },
    })),

  flashCuts: flashCut(false),
  tornFlash: flashCut(true),
};

/** Nothing is wrong but what the server asks for. */
export const CALLS = ["repeatedCalls", "lostAnswers", "rebootCall", "bursts", "waitingCalls", "largeCall"];

/** With these alone, at whatever strength, samples get through: some new one within an hour or so. */
export const PASSABLE = [
  "toldLimits",
  "untoldLimits",
  "refusedKey",
  "refusedText",
  "refusedRecord",
  "forbiddenTopic",
  "rival",
  ...CALLS,
  "badContext",
  "deactivations",
  "lateBytes",
  "lateUrcs",
  "lateReady",
  "busySim",
  "noClock",
  "segments",
  "splitChunks",
  "gluedUrcs",
  "urcInSend",
  "stickyId",
  "closes",
  "drops",
];
