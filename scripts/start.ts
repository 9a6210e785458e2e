/** `npm start`: the tracker on a simulated board and modem, reporting to a ThingsBoard stand-in. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";
import { isAnswer } from "./device/answers.ts";
import { Fault } from "./fault.ts";
import { readTrace, showTrace } from "./repl/trace.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { startBoardThread } from "./simulator/board-thread/board-thread.ts";
import { realClock } from "./simulator/clock.ts";
import { createModem } from "./simulator/modem/modem.ts";
import { createReceiver } from "./simulator/receiver.ts";
import { createThingsBoard } from "./simulator/thingsboard/server.ts";
import { modemPeerAfterSetup } from "./simulator/wiring.ts";
import { startRealInterpreter } from "./simulator/world.ts";
import { offerConsole } from "./start/console.ts";
import { readOptions, type StartOptions, startCommand } from "./start/options.ts";
import { isFix, sampleLine } from "./start/sample-line.ts";
import { tappedConnect } from "./start/wire-tap.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const BLOB = join(HERE, "../dist/linux.js");
const TRACK = join(HERE, "simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea");

type OnSample = (time_ms: number, values: Record<string, unknown>) => void;

/** The server to report to, and how its connections are made. */
interface Server {
  host: string;
  port: number;
  /** How to try an RPC on the tracker, where that is known. */
  hint: string;
  connect?: ReturnType<typeof tappedConnect>;
  close(): Promise<void>;
}

/** The stand-in: it tells each sample as it stored it. */
async function standIn(token: string, onSample: OnSample): Promise<Server> {
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token }] });
  thingsboard.on("telemetry", ({ points }) => {
    const samples = new Map<number, Record<string, unknown>>();
    for (const { ts, key, value } of points) samples.set(ts, { ...samples.get(ts), [key]: value });
    for (const [ts, values] of samples) onSample(ts, values);
  });
  const { mqttPort, httpPort } = await thingsboard.listen({ mqttPort: 0, httpPort: 0 });
  const api = `http://127.0.0.1:${httpPort}/api`;
  return {
    host: "127.0.0.1",
    port: mqttPort,
    hint: `latest:  curl ${api}/devices/tracker/telemetry\ncall:    curl -d '{"method":"getStatus"}' ${api}/rpc/tracker`,
    close: () => thingsboard.close(),
  };
}

/** A server of the user's: what it acknowledged is read off the wire. */
function foreign(address: NonNullable<StartOptions["broker"]>, onSample: OnSample): Server {
  const connect = tappedConnect((payload) => {
    const messages = [JSON.parse(payload)].flat() as { ts?: number; values?: Record<string, unknown> }[];
    for (const message of messages)
      onSample(message.ts ?? Date.now(), message.values ?? (message as Record<string, unknown>));
  });
  return { ...address, hint: `server: ${address.host}:${address.port}`, connect, close: async () => {} };
}

function realInterpreter(binary: string, world: Omit<Parameters<typeof startRealInterpreter>[0], "binary">) {
  return startRealInterpreter({ ...world, binary }).catch((error: Error) => {
    throw new Fault(`--espruino ${binary}: ${error.message}; is it Espruino for Linux?`);
  });
}

async function run(options: StartOptions): Promise<number> {
  // One that is only over its budget is there to be tried.
  if ((await build(["--board", "linux", "--features", `gnss=${options.gnss}`])) !== 0 && !existsSync(BLOB))
    return 1;
  let fixes = 0;
  let reports = 0;
  const onSample: OnSample = (time_ms, values) => {
    if (isFix(values)) fixes++;
    else reports++;
    console.log(sampleLine(time_ms, values));
  };
  const server = options.broker ? foreign(options.broker, onSample) : await standIn(options.token, onSample);
  const terminal = options.console && (await offerConsole(options.console.port));
  const track = options.log?.text ?? readFileSync(TRACK, "latin1");
  const receiver = options.gnss === "nmea" ? createReceiver({ clock: realClock, log: track }) : undefined;
  const modem = createModem({
    startsOn: true,
    baud: 115200,
    gnss: options.gnss === "modem" ? { log: track, time: "now" } : { receiver: false },
    ...(server.connect && { connect: server.connect }),
  });
  const world = {
    blob: readFileSync(BLOB, "latin1"),
    config: {
      server: { host: server.host, port: server.port, username: options.token, client_id: "npm-start" },
      apn: "internet",
      interval_s: options.interval_s,
      debug: options.debug ? 1 : 0,
      // For an interpreter with a board's Storage, too.
      outbox_bytes: 8192,
    },
    print(line: string) {
      const traced = readTrace(line);
      if (!isAnswer(line)) console.log(`board: ${traced ? showTrace(traced) : line}`);
    },
    ...(receiver && { receiver: receiver.peer }),
    ...(terminal && { console: terminal.peer }),
  };
  const tracker = options.espruino
    ? await realInterpreter(options.espruino, { ...world, modem })
    : await startBoardThread({ ...world, modem: modemPeerAfterSetup(modem) });
  if (options.log) console.log(options.log.note);
  console.log(server.hint);
  if (terminal) console.log(terminal.hint);

  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
    if (options.seconds) setTimeout(resolve, options.seconds * 1000);
  });
  await tracker.stop();
  await terminal?.close();
  modem.dispose();
  receiver?.dispose();
  await server.close();
  const [arrived, what] = options.gnss === "none" ? [reports, "reports of its own"] : [fixes, "fixes"];
  console.log(`${arrived} ${what} ${options.broker ? "acknowledged by" : "stored on"} the server`);
  return arrived || !options.seconds ? 0 : 1;
}

/** Returns the exit code. */
export async function start(args: string[]): Promise<number> {
  return withFaultsTold(
    () => {
      const options = readOptions(args);
      if (options) return run(options);
      console.log(startCommand().helpInformation());
      return EXIT.OK;
    },
    (line) => console.error(line),
  );
}

await runCommand(import.meta.url, async (args) => process.exit(await start(args)));
