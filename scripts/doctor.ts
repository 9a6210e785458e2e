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

/** What the command stands on; the process's own when not told. */
export interface Surroundings {
  say(line: string): void;
  /** What is no result: what goes wrong, what is waited for. */
  complain(line: string): void;
  sleep(ms: number): Promise<void>;
  open: typeof openDevice;
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  open: openDevice,
};

async function visit(options: DoctorOptions, { say, complain, sleep, open }: Surroundings): Promise<number> {
  const device = await open(await findAddress(options)).catch((error: Error) => {
    if (!(error instanceof SilentError)) throw error;
    silentLines(error.message).forEach(complain);
  });
  if (!device) return EXIT.UNWELL;
  try {
    const evidence = await examine(device, { wait_s: options.wait, sleep, progress: complain });
    const verdicts = judge(factsOf(evidence));
    if (options.json) say(JSON.stringify(verdicts, undefined, 2));
    else reportLines(verdicts).forEach(say);
    return verdicts.every(({ kind }) => kind === "ok") ? EXIT.OK : EXIT.UNWELL;
  } finally {
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

await runCommand(import.meta.url, (args) => doctor(args));
