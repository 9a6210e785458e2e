/** `npm run doctor`: looks at a board and says what is wrong and what to do. */
import { SilentError } from "./device/device.ts";
import { openDevice } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { examine } from "./doctor/examine.ts";
import { factsOf } from "./doctor/facts.ts";
import { judge } from "./doctor/judge.ts";
import { type DoctorOptions, doctorCommand, readOptions } from "./doctor/options.ts";
import { reportLines, silentLines } from "./doctor/report.ts";
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
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  open: openDevice,
  screen: process.stderr,
  paint: plain,
};

async function visit(options: DoctorOptions, around: Surroundings): Promise<number> {
  const { say, complain, sleep, open, screen, paint } = around;
  const address = await findAddress(options);
  const device = await whileWaiting("connecting to the board", screen, () => open(address)).catch((error) => {
    if (!(error instanceof SilentError)) throw error;
    silentLines(error.message, paint).forEach(complain);
  });
  if (!device) return EXIT.UNWELL;
  const wait = showWait("looking at the board", screen);
  try {
    const progress = screen.isTTY ? wait.update : complain;
    const evidence = await examine(device, { wait_s: options.wait, sleep, progress });
    wait.stop();
    const verdicts = judge(factsOf(evidence));
    if (options.json) say(JSON.stringify(verdicts, undefined, 2));
    else reportLines(verdicts, paint).forEach(say);
    return verdicts.every(({ kind }) => kind === "ok") ? EXIT.OK : EXIT.UNWELL;
  } finally {
    wait.stop();
    await device.close();
  }
}

/** Returns the exit code: 0 when all is well. */
export async function doctor(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (options) return await visit(options, around);
    around.say(doctorCommand().helpInformation());
    return 0;
  }, around.complain);
}

await runCommand(import.meta.url, (args) => doctor(args, { paint: paintFor(process.stdout) }));
