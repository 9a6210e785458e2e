import { fileURLToPath } from "node:url";
import { blobRows } from "./bench/blobs.ts";
import { clientRows } from "./bench/client.ts";
import { codecRows } from "./bench/codec.ts";
import { herdRows } from "./bench/herd.ts";
import { interpreterRows } from "./bench/interpreter.ts";
import { livenessRows } from "./bench/liveness.ts";
import { publishRows } from "./bench/publish.ts";
import { describeRow, isOver, type Row } from "./bench/row.ts";
import { wearRows } from "./bench/wear.ts";
import { wireRows } from "./bench/wire.ts";

type Measurement = () => Row[] | Promise<Row[]>;

const MEASUREMENTS: Measurement[] = [
  blobRows,
  clientRows,
  interpreterRows,
  publishRows,
  wireRows,
  codecRows,
  wearRows,
  herdRows,
  livenessRows,
];
const NAME_WIDTH = 96;

/**
 * Prints one line a budget: name, figure, unit, budget, verdict. Returns the exit code: 1 when one that can be measured
 * here is over, or a measurement fails.
 */
export async function bench(measurements: Measurement[] = MEASUREMENTS): Promise<number> {
  let failed = false;
  for (const measure of measurements) {
    try {
      for (const row of await measure()) {
        console.log(describeRow(row, NAME_WIDTH));
        failed ||= isOver(row);
      }
    } catch (failure) {
      console.error(`${measure.name}: ${(failure as Error).message}`);
      failed = true;
    }
  }
  return failed ? 1 : 0;
}

if (fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = await bench();
