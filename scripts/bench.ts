import { airRows } from "./bench/air.ts";
import { blobRows } from "./bench/blobs.ts";
import { clientRows } from "./bench/client.ts";
import { codecRows } from "./bench/codec.ts";
import { energyRows } from "./bench/energy.ts";
import { faultyEnergyRows } from "./bench/energy-faults.ts";
import { herdRows } from "./bench/herd.ts";
import { interpreterRows } from "./bench/interpreter.ts";
import { livenessRows } from "./bench/liveness.ts";
import { otaRows } from "./bench/ota.ts";
import { publishRows } from "./bench/publish.ts";
import { describeRow, isOver, type Row } from "./bench/row.ts";
import { wearRows } from "./bench/wear.ts";
import { wireRows } from "./bench/wire.ts";
import { command, valuesOf } from "./command-line.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { type Paint, paintFor, plain, whileWaiting } from "./screen.ts";

type Measurement = () => Row[] | Promise<Row[]>;

const MEASUREMENTS: Measurement[] = [
  blobRows,
  clientRows,
  interpreterRows,
  publishRows,
  wireRows,
  airRows,
  otaRows,
  codecRows,
  wearRows,
  energyRows,
  faultyEnergyRows,
  herdRows,
  livenessRows,
];
const NAME_WIDTH = 96;

export const benchCommand = () =>
  command(
    "npm run bench",
    "Measures what the documents promise, a line a budget: name, figure, unit, budget, verdict; and what a connection takes. Takes some minutes. " +
      "Exits with 0 when all that can be measured here is within its budget, else with 1. With ESPRUINO=<path of a board-like " +
      "interpreter> it measures that, too.",
  );

/** Returns the exit code. */
export async function bench(
  args: string[],
  measurements: Measurement[] = MEASUREMENTS,
  paint = plain,
): Promise<number> {
  return withFaultsTold(
    () => {
      if (valuesOf(benchCommand(), args)) return measureAll(measurements, paint);
      console.log(benchCommand().helpInformation());
      return EXIT.OK;
    },
    (line) => console.error(line),
  );
}

/** One that fails does not keep the others from being measured. */
async function measureAll(measurements: Measurement[], paint: Paint): Promise<number> {
  let failed = false;
  for (const measure of measurements) {
    try {
      const what = `measuring ${measure.name.replace(/Rows$/, "")}`;
      for (const row of await whileWaiting(what, process.stderr, async () => measure())) {
        console.log(describeRow(row, NAME_WIDTH, paint));
        failed ||= isOver(row);
      }
    } catch (failure) {
      console.error(`${measure.name}: ${(failure as Error).message}`);
      failed = true;
    }
  }
  return failed ? EXIT.UNWELL : EXIT.OK;
}

await runCommand(import.meta.url, (args) => bench(args, MEASUREMENTS, paintFor(process.stdout)));
