/** `npm run line`: tests, flashes and starts one board after the other, as they are plugged in, and keeps a record of it. */
import { PassThrough } from "node:stream";
import { readChoices } from "./build/features.ts";
import { readBoards } from "./config/boards-file.ts";
import { type Base, fleetOf, type OwnSettings } from "./config/fleet.ts";
import { fileFaults } from "./config/pem-files.ts";
import { faultsOf, parseSettings, valueAt } from "./config/settings.ts";
import type { Address } from "./device/device.ts";
import { Fault } from "./fault.ts";
import { buildFirmware, type Firmware } from "./flash/firmware.ts";
import { INTERRUPTED, PRESS_MS, type Signals } from "./flash/interruption.ts";
import { buildRelay } from "./flash/relay-program.ts";
import { readSettings } from "./flash/settings.ts";
import { openAllotment } from "./line/allotment.ts";
import { lock } from "./line/lock.ts";
import { type LineOptions, lineCommand, readOptions } from "./line/options.ts";
import { listPlaces, nameOf, watchPlaces } from "./line/places.ts";
import { openResults } from "./line/results.ts";
import { rowLine, tallyOf } from "./line/tally.ts";
import { type Job, type WorkTools, workOn } from "./line/work.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { type Paint, paintFor, plain } from "./screen.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings extends Omit<WorkTools, "prompt" | "step" | "output"> {
  say(line: string): void;
  complain(line: string): void;
  /** Where something is plugged in now. */
  places(options: LineOptions): () => Promise<Address[]>;
  signals: Signals;
  /** From look to look at the ports. */
  look_ms: number;
  /** See `PRESS_MS`. */
  press_ms: number;
  paint: Paint;
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  places: listPlaces,
  signals: process,
  look_ms: 500,
  press_ms: PRESS_MS,
  paint: plain,
  firmware: buildFirmware,
  relay: buildRelay,
  times: {},
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => new Date(),
};

/** Returns the exit code. */
export async function line(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) {
      around.say(lineCommand().helpInformation());
      return EXIT.OK;
    }
    const unlock = lock(options.result);
    try {
      return await run(options, around);
    } finally {
      unlock();
    }
  }, around.complain);
}

/** All that can be wrong is found out before the first board. */
function jobOf(options: LineOptions): Job {
  const { path, text } = readSettings(options.config);
  const read = parseSettings(text);
  const refuse = (faults: string[]): Fault =>
    new Fault(faults.map((fault) => `${path}: ${fault}`).join("\n"));
  if ("faults" in read) throw refuse(read.faults);
  const base: Base = { path, settings: read.settings };
  readChoices(options.features ?? []);
  const fleet = options.csv === undefined ? undefined : fleetOf(base, readBoards(options.csv), () => path);
  const faults = fleet
    ? fleet.flatMap(({ board, settings }) =>
        fileFaults(path, settings).map((fault) => `row ${board.row} of ${options.csv}: ${fault}`),
      )
    : [...faultsOf(base.settings), ...fileFaults(path, base.settings)];
  if (faults.length) throw refuse(faults);
  const pins = (fleet ?? []).filter((own) => isNobodysPin(own, base));
  if (pins.length)
    throw new Fault(
      pins
        .map(
          ({ board }) =>
            `${options.csv}: row ${board.row}: a pin, and neither chip nor imei that say which board's SIM it opens: add one, or put a PIN that all have into ${path}`,
        )
        .join("\n"),
    );
  const results = openResults(options.result);
  const allotment = fleet && openAllotment(options.result, options.csv ?? "", fleet);
  return { options, base, allotment, results, underWay: new Map() };
}

/** A board is tested, its SIM too, before it gets a row that names none: that row's PIN would not be known then. */
const isNobodysPin = ({ board }: OwnSettings, base: Base): boolean =>
  board.given.has("pin") &&
  board.given.get("pin") !== valueAt(base.settings, "pin") &&
  !board.chip &&
  !board.imei;

async function run(options: LineOptions, around: Surroundings): Promise<number> {
  const { say, complain, signals, sleep, look_ms, paint } = around;
  const job = jobOf(options);
  const places = watchPlaces(around.places(options));
  const tools = toolsOf(options, around);
  const tally = tallyOf();
  const working = new Map<string, Promise<void>>();
  const stop = new AbortController();
  const abort = new AbortController();
  let pressed_ms = Number.NEGATIVE_INFINITY;
  const onCtrlC = (): void => {
    if (performance.now() - pressed_ms < around.press_ms) return;
    pressed_ms = performance.now();
    if (stop.signal.aborted) abort.abort();
    stop.abort();
    const [left, it, is] = [
      [...working.keys()].join(", "),
      ...(working.size > 1 ? ["them", "they are"] : ["it", "it is"]),
    ];
    if (left && !abort.signal.aborted) complain(`Finishing ${left}; Ctrl-C again leaves ${it} as ${is}`);
  };

  async function work(address: Address): Promise<void> {
    const { result, before } = await workOn(address, job, tools, abort.signal);
    if (!before) job.results.add(result);
    tally.count(result, before);
    say(rowLine(result, before, paint));
    places.free(address);
    working.delete(nameOf(address));
    if (options.boards !== undefined && tally.passed >= options.boards) stop.abort();
  }

  signals.on("SIGINT", onCtrlC);
  try {
    say(`Plug boards in; results go to ${options.result}; Ctrl-C ends the line`);
    let failure: { error: unknown } | undefined;
    /** No further board; those under way are finished. */
    const end = (error: unknown): void => {
      failure ??= { error };
      stop.abort();
    };
    while (!stop.signal.aborted) {
      const came = await places.come().catch((error: unknown) => {
        end(error);
        return [];
      });
      for (const address of came) working.set(nameOf(address), work(address).catch(end));
      await sleep(look_ms);
    }
    await Promise.all(working.values());
    if (failure) throw failure.error;
    say(tally.summary(options.result));
    if (abort.signal.aborted) return INTERRUPTED;
    return tally.failed ? EXIT.UNWELL : EXIT.OK;
  } finally {
    signals.off("SIGINT", onCtrlC);
  }
}

/** Those of each board. What is built is built once, as nothing else runs meanwhile. */
function toolsOf({ verbose }: LineOptions, around: Surroundings): WorkTools {
  const { firmware, relay, say } = around;
  const built = new Map<string, Promise<Firmware>>();
  const relays = new Map<string, Promise<string>>();
  const once = <T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
    const made = kept.get(key) ?? make();
    kept.set(key, made);
    // The next board tries anew: what was wrong may be mended by then.
    made.catch(() => kept.delete(key));
    return made;
  };
  return {
    ...around,
    firmware: (board, features) => once(built, board, () => firmware(board, features)),
    relay: (board) => once(relays, board, () => relay(board)),
    prompt: say,
    step: verbose ? say : () => {},
    output: new PassThrough().resume(),
  };
}

await runCommand(import.meta.url, (args) => line(args, { paint: paintFor(process.stdout) }), {
  // A board is not left half written because nobody reads how far it is.
  unread: () => {},
});
