import { existsSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { BOARDS, type BoardName } from "../boards.ts";
import { command, filePath, text, UsageError, valuesOf, wholeNumber } from "../command-line.ts";
import { type BoardSpec, boardSpecs } from "../simulator/espruino/specs.ts";
import { misfit, POLICY_NAMES, type Policy, policiesFor, policyOf } from "./policies.ts";
import { type ReceiverLog, readLog } from "./receiver-log.ts";

/** The modem's engine, an NMEA receiver with a UART of its own, or nowhere: as in `npm run build -- --features gnss=…`. */
const GNSS_SOURCES = ["modem", "nmea", "none"] as const;
type GnssSource = (typeof GNSS_SOURCES)[number];

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Stop after so long; undefined: at Ctrl-C. */
  seconds: number | undefined;
  /** How the trackers report. */
  policy: Policy;
  /** Those to choose from. */
  policies: readonly Policy[];
  /** How many there are. */
  trackers: number;
  /** Open the page in a browser. */
  open: boolean;
  /** Whose firmware runs, on that board simulated. */
  board: BoardName;
  /** Where fixes come from. */
  gnss: GnssSource;
  /** What to replay; undefined: the track that comes with the simulator. */
  log: ReceiverLog | undefined;
  /** The server to use instead of the stand-in. */
  broker: { host: string; port: number } | undefined;
  token: string;
  /** Over TLS; mutual: the tracker logs in by certificate. */
  tls: "off" | "on" | "mutual";
  /** The stand-in's; undefined: the usual, or the next that is free. 0: any. */
  http_port: number | undefined;
  mqtt_port: number | undefined;
  /** The real interpreter's binary. */
  espruino: string | undefined;
  /** Offer the board's console: on this TCP port (0: any that is free), or on a pseudo-terminal. */
  console: { port?: number } | undefined;
  /** Trace AT and MQTT traffic. */
  debug: boolean;
}

export function startCommand(): Command {
  const does = "The tracker on a simulated board and modem, reporting to a ThingsBoard stand-in.";
  return command("npm start", does)
    .option("--seconds <N>", "stop after N seconds (default: at Ctrl-C)", wholeNumber(1, 10_000_000))
    .option(
      "--interval <S>",
      "seconds from fix to fix, 1 to 86400 (default: the policy's)",
      wholeNumber(1, 86_400),
    )
    .addOption(
      new Option(
        "--policy <NAME>",
        "how it reports: connected, or asleep in between (default: live)",
      ).choices(POLICY_NAMES),
    )
    .option("--trackers <N>", `so many of them, 1 to ${MOST_TRACKERS}`, wholeNumber(1, MOST_TRACKERS), 1)
    .option("--open", "open the page in a browser")
    .addOption(
      new Option("--board <NAME>", "the board whose firmware runs, on that board simulated")
        .choices(BOARDS)
        .default("linux"),
    )
    .addOption(
      new Option(
        "--gnss <SOURCE>",
        "where fixes come from: the modem, an NMEA receiver beside it, or nowhere",
      )
        .choices(GNSS_SOURCES)
        .default("modem"),
    )
    .option("--log <FILE.nmea>", "replay this receiver's log", filePath)
    .option(
      "--broker <HOST[:PORT]>",
      "report to a real ThingsBoard or any MQTT broker (default: the stand-in)",
      address,
    )
    .option("--token <T>", "the device's access token there")
    .addOption(
      new Option(
        "--tls [mutual]",
        "over TLS, the server verified by a certificate made now; mutual: the tracker logs in by one, too",
      ).choices(["mutual"]),
    )
    .option(
      "--http-port <N>",
      "the page, and the stand-in's HTTP (default: 8080, or the next that is free)",
      port,
    )
    .option("--mqtt-port <N>", "its MQTT (default: 1883, with --tls 8883, or the next that is free)", port)
    .option(
      "--espruino <PATH>",
      "run the blob in this binary of Espruino for Linux",
      text(existsSync, "the path of a file"),
    )
    .option("--console", "offer the board's console on a pseudo-terminal, for npm run repl, flash, doctor")
    .option("--console-port <N>", "the same on a TCP port of this machine", port)
    .option("--debug", "show the AT and MQTT traffic");
}

const port = wholeNumber(0, 65535);
/** Each is a thread of its own. */
const MOST_TRACKERS = 20;
const DEFAULT_INTERVAL_S = 5;
const hasReceiver = (board: BoardName): boolean =>
  (boardSpecs[board] as BoardSpec).receiverUart !== undefined;

function address(given: string): StartOptions["broker"] {
  const [, host, port = "1883"] = /^([\w.-]+)(?::(\d+))?$/.exec(given) ?? [];
  if (!host) throw new InvalidArgumentError("It must be HOST or HOST:PORT.");
  return { host, port: wholeNumber(1, 65535)(port) };
}

/** "", or why a board cannot be what the options ask for. */
export function boardMisfit(
  board: BoardName,
  { gnss, espruino }: Pick<StartOptions, "gnss" | "espruino">,
): string {
  if (espruino !== undefined && board !== "linux")
    return `--espruino takes no --board ${board}: it is Espruino for Linux`;
  if (gnss === "nmea" && !hasReceiver(board))
    return `--gnss nmea takes no --board ${board}, which has no UART for a receiver: use ${BOARDS.filter(hasReceiver).join(" or ")}`;
  return "";
}

/** The values of the options, as commander names them. */
interface StartValues extends Partial<Pick<StartOptions, "seconds" | "broker" | "espruino" | "debug">> {
  interval?: number;
  policy?: string;
  trackers: number;
  open?: true;
  board: BoardName;
  gnss: GnssSource;
  log?: string;
  token?: string;
  tls?: true | "mutual";
  httpPort?: number;
  mqttPort?: number;
  console?: true;
  consolePort?: number;
}

/** Throws `UsageError`. */
function policyIn({ policy, interval, board, tls }: StartValues): Pick<StartOptions, "policy" | "policies"> {
  if (policy !== undefined && interval !== undefined)
    throw new UsageError("--interval takes no --policy, which has an interval of its own");
  const policies = policiesFor(interval ?? DEFAULT_INTERVAL_S);
  const found = policies.find(({ name }) => name === policy) ?? policyOf(interval ?? DEFAULT_INTERVAL_S);
  const why = misfit(found, board, tls !== undefined);
  if (why) throw new UsageError(`--${why}`);
  return { policy: found, policies };
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export function readOptions(args: string[]): StartOptions | undefined {
  const values = valuesOf<StartValues>(startCommand(), args);
  if (!values) return undefined;
  const { seconds, board, gnss, log, broker, token, espruino, consolePort, debug = false } = values;
  if (broker && token === undefined)
    throw new UsageError("--broker needs --token: the device's access token there");
  const { tls, httpPort: http_port, mqttPort: mqtt_port, trackers } = values;
  if (broker && (tls || mqtt_port !== undefined))
    throw new UsageError("--broker takes no --tls, --mqtt-port: they are the stand-in's");
  if (trackers > 1 && (broker || espruino !== undefined))
    throw new UsageError(
      `--trackers takes no ${broker ? "--broker: each needs a token of its own" : "--espruino: it is one board"}`,
    );
  const why = boardMisfit(board, { gnss, espruino });
  if (why) throw new UsageError(why);
  if (gnss === "none" && log !== undefined)
    throw new UsageError("--gnss none takes no --log: there is no receiver to replay it");
  return {
    seconds,
    ...policyIn(values),
    trackers,
    open: values.open ?? false,
    board,
    gnss,
    log: log === undefined ? undefined : readLog(log),
    broker,
    token: token ?? "SIMULATED_TRACKER",
    tls: tls === true ? "on" : (tls ?? "off"),
    http_port,
    mqtt_port,
    espruino,
    console: consolePort !== undefined ? { port: consolePort } : values.console ? {} : undefined,
    debug,
  };
}
