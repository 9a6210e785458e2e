/** `npm start`: trackers on simulated boards and modems, reporting to a ThingsBoard stand-in; and a page to look at them. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "./fault.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { paintFor } from "./screen.ts";
import { createFastClock } from "./simulator/fast-clock.ts";
import { interpreterRoom } from "./simulator/interpreter.ts";
import { fingerprintOf, makeCertificates } from "./start/certificates.ts";
import { offerConsole } from "./start/console.ts";
import { energyLine } from "./start/energy-line.ts";
import { createEventStream } from "./start/event-stream.ts";
import { buildFirmware } from "./start/firmware.ts";
import { fleetOf, trackFrom } from "./start/fleet.ts";
import { openPage } from "./start/open-page.ts";
import { readOptions, type StartOptions, startCommand } from "./start/options.ts";
import { pageFiles } from "./start/page-files.ts";
import { choosePort } from "./start/ports.ts";
import { sampleLine } from "./start/sample-line.ts";
import type { StoredSample } from "./start/servers.ts";
import { simulatorRoutes } from "./start/simulator-api.ts";
import { createSite } from "./start/site.ts";
import { createStage, type Stage } from "./start/stage.ts";
import { APN, writeTrackerFile } from "./start/tracker-file.ts";
import { createWaiting } from "./start/waiting.ts";
import type { World } from "./start/world.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Where the settings' file is put; git ignores it. */
const SETTINGS = join(HERE, "../dist/start");
const TRACK = join(HERE, "simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea");
/** So much of it is left out at first, as it stands there: whoever looks on sees it move soon. */
const STANDS = 0.01;
/** What was used is told so often. */
const ENERGY_MS = 60_000;
const USUAL_PORT = 8080;

/** Throws `Fault` with what is wrong with the interpreter, or with what it is to run. */
function refuse(binary: string, more: string): (error: Error) => never {
  return (error) => {
    throw new Fault(`--espruino ${binary}: ${error.message}${more}`);
  };
}

async function run(options: StartOptions): Promise<number> {
  const { espruino: binary, gnss, tls, trackers } = options;
  // Before anything takes long.
  if (binary) await interpreterRoom(binary).catch(refuse(binary, "; is it Espruino for Linux?"));
  const paint = paintFor(process.stdout);
  const waiting = createWaiting();
  /** Asked for by whoever looks on, from the first moment on. */
  let stage: Stage | undefined;
  const stream = createEventStream(() => stage?.hello());
  const told = (tracker: string): string => (trackers > 1 ? `${tracker}: ` : "");

  function say(line: string, tracker = ""): void {
    waiting.say(line);
    stream.tell("line", { tracker, text: line });
  }

  function onSample({ device, ts, values }: StoredSample): void {
    waiting.over();
    waiting.say(told(device) + sampleLine(ts, values, paint));
  }

  function onLine(tracker: string, line: string): void {
    waiting.say(paint("dim", `${trackers > 1 ? tracker : "board"}: ${line}`));
    stream.tell("line", { tracker, text: line });
  }

  const site = await createSite({
    port: await choosePort("--http-port", options.http_port, USUAL_PORT),
    routes: simulatorRoutes({
      get stage() {
        return stage;
      },
    }),
    stream,
    files: pageFiles,
    rest: () => stage?.world?.rest,
  });
  const page = `page:    ${paint(["bold", "cyan"], `${site.origin}/`)}`;
  console.log(page);
  if (options.open) openPage(`${site.origin}/`, say);
  console.log("building the firmware …");
  if (tls !== "off") waiting.for("making certificates");
  const names = fleetOf(trackers, options.token).map(({ name }) => name);
  const certificates = tls === "off" ? undefined : await makeCertificates(tls === "mutual", names);
  waiting.over();
  const terminal = options.console && (await offerConsole(options.console.port));
  /** Lines for people. */
  let hints: string[] = [];

  function hintsOf(world: World): string[] {
    const file = writeTrackerFile(SETTINGS, world.wanted, world.first_tracker.ports);
    const console_address = terminal ? terminal.linkedIn(SETTINGS) : undefined;
    return [
      ...(options.log ? [options.log.note] : []),
      ...world.hints,
      ...(certificates?.device ? [] : [`token:   ${options.token}`]),
      ...(certificates
        ? [`root:    ${join(dirname(file), "ca.pem")}, SHA-256 ${fingerprintOf(certificates.ca)}`]
        : []),
      `APN:     ${APN}`,
      `config:  npm run flash -- --config ${file}${console_address ? ` ${console_address}` : ""}`,
      ...(console_address ? [`console: npm run repl -- ${console_address}`] : []),
    ];
  }

  stage = createStage({
    options,
    clock: createFastClock(),
    track: options.log?.text ?? trackFrom(readFileSync(TRACK, "latin1"), STANDS),
    certificates,
    origin: site.origin,
    console: terminal?.peer,
    firmware: (board, policy) => buildFirmware(board, policy, options),
    tell: stream.tell,
    onLine,
    onSample,
    hints: () => hints,
    onWorld(world) {
      hints = hintsOf(world);
    },
    waiting,
    say,
  });
  const world = await stage.make(options.board, options.policy).catch(async (error: Error) => {
    await site.close();
    if (binary && !(error instanceof Fault)) refuse(binary, "")(error);
    throw error;
  });
  for (const hint of hints) console.log(hint);
  console.log(page);
  waiting.for(gnss === "none" ? "waiting for the first report" : "waiting for the first fix");

  const energyNow = (): string => energyLine((stage?.world ?? world).energy());
  const energy = setInterval(() => say(energyNow()), ENERGY_MS);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
    if (options.seconds) setTimeout(resolve, options.seconds * 1000);
  });
  waiting.over();
  clearInterval(energy);
  const used = energyNow();
  const { fixes, reports } = (stage.world ?? world).counts;
  await site.close();
  await stage.end();
  await terminal?.close();
  console.log(used);
  const [arrived, what] = gnss === "none" ? [reports, "reports of its own"] : [fixes, "fixes"];
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
