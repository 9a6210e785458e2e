import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Cryptography } from "../tls/cryptography.ts";
import type { Faults, PsmGrant } from "./faults.ts";
import type { ModelName } from "./models.ts";

export interface ModemOptions {
  /** Default: real time. */
  clock?: Clock;
  /** Default: BG96. */
  model?: ModelName;
  /** Opens the way to a server. A `net.Socket` reports its own connect; any other duplex counts as connected. */
  connect?: (host: string, port: number) => Duplex;
  /** What servers say to the module's own AT+QHTTPGET, by URL; undefined, as the default: no such name. */
  http?: (url: string) => HttpAnswer | undefined;
  /** The network accepts this APN only. Default: any that is not empty. */
  apn?: string;
  /** Default: ready. `pin`: locked, wrong tries are counted. `puk`: blocked. */
  sim?: "ready" | "absent" | "puk" | { pin: string; tries?: number };
  coverage?: Coverage;
  psm?: PsmOptions;
  /** What the network grants of AT+CEDRXS: the cycle's four bits; default as asked, of an EC2x, which does not know it, nothing. */
  edrx?: { granted: "as asked" | "refused" | string };
  /** The MCU's UART rate. Given, bytes take their time in both directions; absent, whole strings pass at once. */
  baud?: number;
  /** Voltage at VBAT from the start; default true. Off, nothing happens until `power(true)`. */
  powered?: boolean;
  /** Already running at creation, as after a reset of the MCU alone. */
  startsOn?: boolean | Running;
  gnss?: GnssOptions;
  /** 0 ≤ x < 1. Default: a fixed seed, so runs repeat. */
  random?: () => number;
  faults?: Partial<Faults>;
  times?: Partial<Times>;
  /** Local time at the network, quarters of an hour east of UTC; default 8. */
  zone_quarters?: number;
  /** False: the network never sends its time. */
  networkTime?: boolean;
  /** What is in the file store, by name. */
  files?: Record<string, string>;
  /** Default: Node's TLS. A world on a fake clock awaits `quiet()` of tls/node.ts between its steps. */
  cryptography?: Cryptography;
  /** A BG96 of 2017: its TLS knows neither "sni" nor "checkhost" nor "ignorecertchain". */
  oldTls?: boolean;
  /** What VBAT has, V: for AT+CBC; default 3.856. */
  supply_v?: () => number;
  imei?: string;
  imsi?: string;
  iccid?: string;
}

/** What a modem that was never switched off still has from its last driver. */
export interface Running {
  /** Default true, the factory value. */
  echo?: boolean;
  /** PDP context 1 is active; default true when there are sockets. */
  context?: boolean;
  sockets?: RunningSocket[];
}

export interface RunningSocket {
  id: number;
  host: string;
  port: number;
  mode?: 0 | 1;
  /** The context of its TLS, with the factory's settings; absent: a TCP socket. */
  tls?: number;
}

export type RegistrationCommand = "CREG" | "CGREG" | "CEREG";

export type Technology = "CAT-M" | "CAT-NB" | "LTE" | "GSM";

export interface Coverage {
  /** 0 idle, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming. Default 1. */
  stat?: number;
  /** Which commands report `stat`; default CEREG alone on BG9x, all on EC2x. Without CEREG the network is GSM. */
  reportedBy?: RegistrationCommand[];
  /** What the other commands say; default 0. */
  others?: number;
  /** Default the model's LTE; GSM where CEREG is not among `reportedBy`. */
  technology?: Technology;
  /** No service from … to, ms after creation, whether the module is on or not. `faults.coverageHole` is one by hand. */
  holes?: { from_ms: number; to_ms: number }[];
  /** How long the search takes; default 3000. */
  search_ms?: number;
  /** And after PSM, where it stayed attached; default 1000. */
  resume_ms?: number;
  /** After the last byte the network keeps the radio connection for so long; default 10 s. */
  release_ms?: number;
  /** Changes of `stat`, counted from RDY (or from creation, with `startsOn`). */
  schedule?: { after_ms: number; stat: number }[];
  /** Without coverage for so long the PDP context is lost; default 30 s. */
  loseContext_ms?: number;
  /** CSQ; default 20. LTE-M modules may say 99 with data flowing. */
  csq?: number;
}

export interface PsmOptions {
  /** Default: as asked, of an EC2x refused. `faults.psmGrant` changes it while the modem runs. */
  granted?: PsmGrant;
  /** What the module prints as it goes; default the model's. "": nothing. */
  lastWords?: string;
}

/** What a server says to a GET. */
export interface HttpAnswer {
  status: number;
  body: string;
}

/** From QGPS=1 to the first fix, [least, most] ms. */
export interface GnssStarts {
  /** Nothing known: the first time, after VBAT was off, after AT+QGPSDEL=0. */
  cold_ms: [number, number];
  /** Time and almanac, no ephemeris. */
  warm_ms: [number, number];
  /** Ephemeris younger than this. */
  hot_ms: [number, number];
  ephemeris_ms: number;
  /** In place of cold and warm, with valid assistance data (XTRA). */
  assisted_ms: [number, number];
}

export interface GnssOptions {
  /** NMEA sentences of a receiver; absent: no sky, 516 for ever. */
  log?: string;
  /** From QGPS=1 to the first fix: the first time, and later. Defaults 5000, 1000. */
  coldStart_ms?: number;
  hotStart_ms?: number;
  /** In place of these two: by what the engine still knows. `REAL_STARTS` of gnss.ts is as real ones are. */
  starts?: GnssStarts;
  /** AT+QGPSXTRA=1 was told it before its last start. */
  xtra?: boolean;
  /** After RDY, QGPS=1 answers 503 for so long; default 1000. */
  busyAfterBoot_ms?: number;
  /** Times of the fixes: the log's own (default; each further pass of the loop later by its length), or now. */
  time?: "log" | "now";
  /** Course field: degrees and minutes as the manual's `ddd.mm` (default), decimal degrees, or empty as newer firmware. */
  course?: "minutes" | "decimal" | "empty";
  /** False: a module without receiver (EC21-J): ERROR. */
  receiver?: boolean;
}

/** How long things take, ms. */
export interface Times {
  /** Command to answer. */
  answer_ms: number;
  /** Start of the PWRKEY pulse to RDY; default the model's. */
  boot_ms: number;
  /** QIACT, QIDEACT. */
  activate_ms: number;
  deactivate_ms: number;
  /** CFUN=0, 1, 4. */
  functionality_ms: number;
  /** QIOPEN to its report, beside the connect itself. */
  open_ms: number;
  /** Unreachable server: until 569. */
  openTimeout_ms: number;
  /** FIN to FIN-ACK. */
  close_ms: number;
  /** Prompt to the last byte of the payload. */
  payloadTimeout_ms: number;
}

export const defaultTimes: Omit<Times, "boot_ms"> = {
  answer_ms: 2,
  activate_ms: 800,
  deactivate_ms: 300,
  functionality_ms: 200,
  open_ms: 100,
  openTimeout_ms: 75_000,
  close_ms: 60,
  payloadTimeout_ms: 5000,
};

/** mulberry32: small, seeded, good enough to draw faults. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
