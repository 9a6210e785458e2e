/** `npm start`: the tracker on a simulated board and modem, reporting to a ThingsBoard stand-in. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BoardName } from "./boards.ts";
import type { Loader } from "./build/loader.ts";
import { build } from "./build.ts";
import { isAnswer } from "./device/answers.ts";
import { Fault } from "./fault.ts";
import { readTrace, showTrace } from "./repl/trace.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { startBoardThread } from "./simulator/board-thread/board-thread.ts";
import { realClock } from "./simulator/clock.ts";
import { createMeter } from "./simulator/energy/meter.ts";
import { measureModem } from "./simulator/energy/modem.ts";
import { type BoardSpec, boardSpecs } from "./simulator/espruino/specs.ts";
import { interpreterRoom } from "./simulator/interpreter.ts";
import { createModem } from "./simulator/modem/modem.ts";
import { createReceiver } from "./simulator/receiver.ts";
import { BATTERY_V, type Play } from "./simulator/sensors/sensors.ts";
import { modemPeerAfterSetup, modemPins } from "./simulator/wiring.ts";
import { simulatedPorts, startRealInterpreter } from "./simulator/world.ts";
import { fingerprintOf, makeCertificates } from "./start/certificates.ts";
import { offerConsole } from "./start/console.ts";
import { energyLine } from "./start/energy-line.ts";
import { readOptions, type StartOptions, startCommand } from "./start/options.ts";
import { isFix, sampleLine } from "./start/sample-line.ts";
import { DEVICE, foreign, type OnSample, standIn } from "./start/servers.ts";
import { simulatorRoutes } from "./start/simulator-api.ts";
import { APN, boardSettings, modemFiles, type Wanted, writeTrackerFile } from "./start/tracker-file.ts";
import { createWaiting } from "./start/waiting.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const blobOf = (board: BoardName): string => join(HERE, `../dist/${board}.js`);
const loaderOf = (board: BoardName): string => join(HERE, `../dist/${board}.loader.json`);
/** Where the settings' file is put; git ignores it. */
const SETTINGS = join(HERE, "../dist/start");
const TRACK = join(HERE, "simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea");
/** What was used is told so often. */
const ENERGY_MS = 60_000;

/** Throws `Fault` with what is wrong with the interpreter, or with what it is to run. */
function refuse(binary: string, more: string): (error: Error) => never {
  return (error) => {
    throw new Fault(`--espruino ${binary}: ${error.message}${more}`);
  };
}

async function run(options: StartOptions): Promise<number> {
  const { espruino: binary, board } = options;
  const spec: BoardSpec = boardSpecs[board];
  // Before anything takes long.
  if (binary) await interpreterRoom(binary).catch(refuse(binary, "; is it Espruino for Linux?"));
  console.log("building the firmware …");
  // One that is only over its budget is there to be tried.
  const built = await build(["--board", board, "--features", `gnss=${options.gnss}`]);
  if (built !== 0 && !existsSync(blobOf(board))) return 1;
  const waiting = createWaiting();
  let fixes = 0;
  let reports = 0;
  const onSample: OnSample = (time_ms, values) => {
    if (fixes + reports === 0) waiting.over();
    if (isFix(values)) fixes++;
    else reports++;
    waiting.say(sampleLine(time_ms, values));
  };
  if (options.tls !== "off") waiting.for("making certificates");
  const certificates =
    options.tls === "off" ? undefined : await makeCertificates(options.tls === "mutual", DEVICE);
  const meter = createMeter({ clock: realClock, board });
  let player: ((play: Play) => void) | undefined;
  const server = options.broker
    ? foreign(options.broker, onSample)
    : await standIn(
        options,
        certificates,
        onSample,
        simulatorRoutes(meter, board, () => player),
      );
  const { host, port } = server;
  const { token, interval_s, debug } = options;
  const wanted: Wanted = { board, server: { host, port }, token, interval_s, debug, certificates };
  const terminal = options.console && (await offerConsole(options.console.port));
  const track = options.log?.text ?? readFileSync(TRACK, "latin1");
  const receiver = options.gnss === "nmea" ? createReceiver({ clock: realClock, log: track }) : undefined;
  let battery_v = BATTERY_V;
  const modem = createModem({
    startsOn: true,
    model: spec.modemModel,
    baud: 115200,
    gnss: options.gnss === "modem" ? { log: track, time: "now" } : { receiver: false },
    files: modemFiles(wanted),
    ...(spec.modemOnBattery && { supply_v: () => battery_v }),
    ...(server.connect && { connect: server.connect }),
  });
  measureModem(modem, meter);
  const loader = loaderOf(board);
  const world = {
    blob: readFileSync(blobOf(board), "latin1"),
    ...(existsSync(loader) && { loader: JSON.parse(readFileSync(loader, "latin1")) as Loader }),
    config: boardSettings(wanted),
    print(line: string) {
      const traced = readTrace(line);
      if (!isAnswer(line)) waiting.say(`board: ${traced ? showTrace(traced) : line}`);
    },
    ...(receiver && { receiver: receiver.peer }),
    ...(terminal && { console: terminal.peer }),
  };
  waiting.for(binary ? `starting ${binary}` : "starting the simulated board");
  const real = binary && (await startRealInterpreter({ ...world, modem, binary }).catch(refuse(binary, "")));
  const tracker =
    real ||
    (await startBoardThread({
      ...world,
      board,
      meter,
      modem: modemPeerAfterSetup(modem),
      onPin: modemPins(spec, modem),
    }));
  if ("play" in tracker)
    player = (play) => {
      // It is the modem's, too.
      if ("battery_v" in play) battery_v = play.battery_v;
      tracker.play(play);
    };
  waiting.over();
  const file = writeTrackerFile(SETTINGS, wanted, real ? real.ports : simulatedPorts(spec, !!receiver));
  const console_address = terminal ? terminal.linkedIn(SETTINGS) : undefined;
  const hints = [
    ...(options.log ? [options.log.note] : []),
    ...server.hints,
    ...(certificates?.device ? [] : [`token:   ${token}`]),
    ...(certificates
      ? [`root:    ${join(dirname(file), "ca.pem")}, SHA-256 ${fingerprintOf(certificates.ca)}`]
      : []),
    `APN:     ${APN}`,
    `config:  npm run flash -- --config ${file}${console_address ? ` ${console_address}` : ""}`,
    ...(console_address ? [`console: npm run repl -- ${console_address}`] : []),
  ];
  for (const hint of hints) console.log(hint);
  waiting.for(options.gnss === "none" ? "waiting for the first report" : "waiting for the first fix");

  const energy = setInterval(() => waiting.say(energyLine(meter.read())), ENERGY_MS);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
    if (options.seconds) setTimeout(resolve, options.seconds * 1000);
  });
  waiting.over();
  clearInterval(energy);
  const used = energyLine(meter.read());
  await tracker.stop();
  await terminal?.close();
  modem.dispose();
  receiver?.dispose();
  await server.close();
  console.log(used);
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
