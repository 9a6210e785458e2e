/** `npm run doctor`: looks at a board and says what is wrong and what to do. */
import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { DeviceError, SilentError } from "./device/device.ts";
import { openDevice } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { examine } from "./doctor/examine.ts";
import { factsOf } from "./doctor/facts.ts";
import { judge, type Verdict } from "./doctor/judge.ts";
import { type DoctorOptions, doctorCommand, readOptions } from "./doctor/options.ts";
import { consoleVerdict, reportLines, silentLines } from "./doctor/report.ts";
import { probeServer } from "./probe/probe.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings {
  say(line: string): void;
  /** What is no result: what goes wrong, what is waited for. */
  complain(line: string): void;
  sleep(ms: number): Promise<void>;
  open: typeof openDevice;
  /** Looks at the server from this computer. */
  look: typeof probeServer;
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  open: openDevice,
  look: probeServer,
};

async function visit(
  options: DoctorOptions,
  { say, complain, sleep, open, look }: Surroundings,
): Promise<number> {
  const device = await open(await findAddress(options));
  try {
    const evidence = await examine(device, { wait_s: options.wait, sleep, look, progress: complain });
    const verdicts = judge(factsOf(evidence));
    if (options.json) say(jsonOf(verdicts));
    else reportLines(verdicts).forEach(say);
    return verdicts.every(({ kind }) => kind === "ok") ? 0 : 1;
  } finally {
    await device.close();
  }
}

const jsonOf = (verdicts: Verdict[]): string => JSON.stringify(verdicts, undefined, 2);

/** With `--json` that the board cannot be reached is a verdict, too: a program reads nothing else. */
async function visitTold(options: DoctorOptions, around: Surroundings): Promise<number> {
  try {
    return await visit(options, around);
  } catch (error) {
    if (!options.json || !(error instanceof DeviceError)) throw error;
    around.say(jsonOf([consoleVerdict(error)]));
    return 1;
  }
}

/** Returns the exit code: 0 when all is well. */
export async function doctor(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  try {
    const options = readOptions(args);
    if (options) return await visitTold(options, around);
    around.say(doctorCommand().helpInformation());
    return 0;
  } catch (error) {
    if (error instanceof SilentError) silentLines(error.message).forEach(around.complain);
    else if (error instanceof UsageError || error instanceof DeviceError) around.complain(error.message);
    else throw error;
    return 1;
  }
}

if (fileURLToPath(import.meta.url) === process.argv[1])
  process.exitCode = await doctor(process.argv.slice(2));
