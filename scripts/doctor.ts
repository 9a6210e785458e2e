/** `npm run doctor`: looks at a board and says what is wrong and what to do. */
import { DeviceError, SilentError } from "./device/device.ts";
import { openDevice } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { examine } from "./doctor/examine.ts";
import { factsOf } from "./doctor/facts.ts";
import { judge, type Verdict } from "./doctor/judge.ts";
import { type DoctorOptions, doctorCommand, readOptions } from "./doctor/options.ts";
import { consoleVerdict, reportLines } from "./doctor/report.ts";
import { probeServer } from "./probe/probe.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { type Paint, paintFor, plain, type Screen, showWait, whileWaiting } from "./screen.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings {
  say(line: string): void;
  /** What is no result: what goes wrong, what is waited for. */
  complain(line: string): void;
  sleep(ms: number): Promise<void>;
  open: typeof openDevice;
  /** Where a wait is shown. */
  screen: Screen;
  paint: Paint;
  /** Looks at the server from this computer. */
  look: typeof probeServer;
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  open: openDevice,
  screen: process.stderr,
  paint: plain,
  look: probeServer,
};

async function visit(options: DoctorOptions, around: Surroundings): Promise<number> {
  const { say, complain, sleep, open, look, screen, paint } = around;
  const address = await findAddress(options);
  const device = await whileWaiting("connecting to the board", screen, () => open(address));
  const wait = showWait("looking at the board", screen);
  try {
    const progress = screen.isTTY ? wait.update : complain;
    const evidence = await examine(device, { wait_s: options.wait, sleep, look, progress });
    wait.stop();
    const verdicts = judge(factsOf(evidence));
    if (options.json) say(jsonOf(verdicts));
    else reportLines(verdicts, paint).forEach(say);
    return verdicts.every(({ kind }) => kind === "ok") ? EXIT.OK : EXIT.UNWELL;
  } finally {
    wait.stop();
    await device.close();
  }
}

const jsonOf = (verdicts: Verdict[]): string => JSON.stringify(verdicts, undefined, 2);

/** A board that cannot be looked at is a verdict, too: for a program, and where nobody knows what is at the port. */
async function visitTold(options: DoctorOptions, around: Surroundings): Promise<number> {
  try {
    return await visit(options, around);
  } catch (error) {
    const isTold = error instanceof DeviceError && (options.json || error instanceof SilentError);
    if (!isTold) throw error;
    const verdict = consoleVerdict(error);
    if (options.json) around.say(jsonOf([verdict]));
    else reportLines([verdict], around.paint).forEach(around.complain);
    return EXIT.UNWELL;
  }
}

/** Returns the exit code: 0 when all is well. */
export async function doctor(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (options) return await visitTold(options, around);
    around.say(doctorCommand().helpInformation());
    return 0;
  }, around.complain);
}

await runCommand(import.meta.url, (args) => doctor(args, { paint: paintFor(process.stdout) }));
