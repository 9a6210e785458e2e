/** What the evidence comes to: the modem's own answers where there are any, the firmware's words where not. */
import { type BoardName, boardNamed } from "../boards.ts";
import { faultOf, fieldOf, type Tls } from "../config/fields.ts";
import { faultsOf, portOf, tlsOf } from "../config/settings.ts";
import { type BoardEnv, DeviceError } from "../device/device.ts";
import { certificatesOf as storeFiles } from "../flash/certificates.ts";
import { refuseOld } from "../flash/interpreter.ts";
import { type Answer, type Evidence, storeQuestion, type TrackerStatus } from "./evidence.ts";
import { saysAwaited, saysNothing, saysOfModem, withoutRetry } from "./words.ts";

export interface Facts extends Evidence {
  /** The build for this board; undefined: there is none. */
  build: BoardName | undefined;
  /** Why the interpreter is too old; "": it is not. */
  old: string;
  /** The code says that it is for this board. */
  ownBoard: boolean;
  settingsFaults: string[];
  host: string;
  port: number;
  tls: Tls;
  /** What the modem's store is to have for TLS, and whether it has; undefined: it was not asked. */
  files: { field: string; isThere: boolean | undefined }[];
  apn: string;
  pinGiven: boolean;
  /** Why the modem is not up; "" when it is, or does not say. */
  modemReason: string;
  /** Why there is no session with the server. */
  serverReason: string;
  fixReason: string;
  sim: {
    asked: boolean;
    /** "READY", "SIM PIN", …; "" when it said an error. */
    word: string;
    /** firmware/reason.ts. */
    error: number | undefined;
    triesLeft: number | undefined;
  };
  /** What AT+CEREG, CGREG and CREG said: 0 idle, 1 home, 2 searching, 3 denied, 4 unknown, 5 roaming. */
  registration: number[];
  isRegistered: boolean;
  /** 0 to 31, 99: none. */
  rssi: number | undefined;
  hasContext: boolean;
  imei: string;
  iccid: string;
  /** Samples the outbox has room for: fixes, which take a place each. */
  places: number;
}

/** AT 405: "file not found" (Quectel FILE 3). */
const NO_SUCH_FILE = 405;

/** The outbox's flash is divided so, less the places of each block that its state takes; firmware/tracker/journal.ts. */
const BLOCK_BYTES = 4096;
const PLACES_A_BLOCK = 167;

function placesOf(board: BoardName | undefined, outbox_bytes: unknown): number {
  const field = board && fieldOf("outbox_bytes", board);
  if (!field) return 0;
  const bytes = Number(
    outbox_bytes !== undefined && !faultOf(field, outbox_bytes) ? outbox_bytes : field.default,
  );
  return Math.floor(bytes / BLOCK_BYTES) * PLACES_A_BLOCK;
}

/** Why the interpreter is too old for its board; "": it is not. */
export function tooOld({ BOARD, VERSION }: BoardEnv): string {
  const board = boardNamed(BOARD);
  if (board === undefined) return "";
  try {
    refuseOld(board, VERSION);
    return "";
  } catch (error) {
    if (error instanceof DeviceError) return error.message;
    throw error;
  }
}

/** Whether the modem said that it has all of a file; undefined: it was not asked, or does not say. */
function isInStore(answer: Answer | undefined, size: number): boolean | undefined {
  if (!answer) return undefined;
  const listed = answer.lines.find((line) => line.startsWith("+QFLST:"));
  if (listed) return Number(listed.split(",").at(-1)) === size;
  return answer.reason === NO_SUCH_FILE || !answer.reason ? false : undefined;
}

/** While it is tried again, the tracker's reason is the last try's, which may have failed elsewhere. */
function modemReasonOf({ modem, reason }: TrackerStatus): string {
  if (modem.reason) return saysNothing(modem.reason) ? "" : modem.reason;
  const failure = withoutRetry(reason);
  return saysOfModem(failure) ? failure : "";
}

/** The same; the modem is up. */
function serverReasonOf({ state, reason, server }: TrackerStatus): string {
  const failure = withoutRetry(reason);
  if (state === "waiting") return failure || server;
  return server || (saysOfModem(failure) ? "" : failure);
}

export function factsOf(evidence: Evidence): Facts {
  const { env, settings, status, code, answers } = evidence;
  const board = boardNamed(env.BOARD);
  const given = settings ?? {};
  const server = (typeof given.server === "object" && given.server ? given.server : {}) as Record<
    string,
    unknown
  >;
  const modemIsUp = status?.modem.state === "up";
  const sim = answers["AT+CPIN?"];
  const numbers = (command: string, pattern: RegExp): number[] =>
    (answers[command]?.lines ?? []).flatMap((line) => {
      const match = pattern.exec(line);
      return match ? [Number(match[1])] : [];
    });
  const registration = numbers("AT+CEREG?;+CGREG?;+CREG?", /REG: \d,(\d)/);
  return {
    ...evidence,
    build: board,
    old: tooOld(env),
    ownBoard: code?.board === undefined || boardNamed(code.board) === board,
    settingsFaults: settings ? faultsOf({ ...settings, board: settings.board ?? board }, board) : [],
    host: String(server.host ?? "the server"),
    port: portOf(given),
    tls: tlsOf(given),
    files: storeFiles(given).map(({ field, name, size }) => ({
      field,
      isThere: isInStore(answers[storeQuestion(name)], size),
    })),
    apn: String(given.apn ?? ""),
    pinGiven: Boolean(given.pin),
    modemReason: !status || modemIsUp ? "" : modemReasonOf(status),
    serverReason: !status || !modemIsUp || status.state === "online" ? "" : serverReasonOf(status),
    fixReason: status && !status.fix && !saysAwaited(status.gnss) ? status.gnss : "",
    sim: {
      asked: sim !== undefined,
      word: /\+CPIN: (.*)/.exec(sim?.lines.join() ?? "")?.[1] ?? "",
      error: sim?.reason || undefined,
      triesLeft: numbers('AT+QPINC="SC"', /"SC",(\d+)/)[0],
    },
    registration,
    isRegistered: registration.some((stat) => stat === 1 || stat === 5),
    rssi: numbers("AT+CSQ", /\+CSQ: (\d+)/)[0],
    hasContext: numbers("AT+QIACT?", /\+QIACT: 1,(\d)/)[0] === 1,
    imei: status?.modem.imei ?? "",
    iccid: status?.modem.iccid ?? "",
    places: placesOf(board, given.outbox_bytes),
  };
}
