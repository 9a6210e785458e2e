/** What new firmware takes of the air and of time, from the assignment to all of it being there, in the simulated world. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createWorld } from "../../test/blob/world.ts";
import { SOURCES } from "../build/boards.ts";
import { buildLoader, type Loader } from "../build/loader.ts";
import { ROOT } from "../build/program.ts";
import { packageOf } from "../package/package.ts";
import { createCounter } from "./counted.ts";
import type { Row } from "./row.ts";

/** As for the connections of air.ts: LTE in poor reception. */
const DOWNLINK_MS = 400;
/** An image for the same board by golioth, on Zephyr: examples/zephyr/fw_update of its SDK. */
const GOLIOTH_BYTES = 348_864;
const SMALL_BYTES = 24 * 1024;
const VERSION = "999.0.0";

const count = (figure: number): string => figure.toLocaleString("en-US");

/** Loads a package of so many bytes, of which only the first line counts here. */
async function download(size: number, loader: Loader): Promise<Row[]> {
  let now_ms = (): number => 0;
  const counter = createCounter(() => now_ms());
  const world: ReturnType<typeof createWorld> = createWorld({
    loader,
    config: { interval_s: 3600 },
    modem: { faults: { downlink_ms: DOWNLINK_MS }, times: { open_ms: DOWNLINK_MS } },
    connect() {
      const [near, far] = counter.pair();
      world.thingsboard.accept(far);
      return near;
    },
  });
  now_ms = () => world.clock.now();
  try {
    await world.runUntil(/^tracker: connected/, 120);
    await world.run(60);
    const { title, bytes } = packageOf("linux", "0;", { name: "espruino-thingsboard", version: VERSION });
    const padded = Buffer.concat([bytes, Buffer.alloc(size - bytes.length, "\n")]);
    counter.take();
    const from_ms = now_ms();
    world.thingsboard.assign("tracker", { title, version: VERSION, bytes: padded, algorithm: "CRC32" });
    await world.runUntil(/^ota: DOWNLOADED/, 3600);
    const { up, down } = counter.take();
    return [
      {
        name: `firmware of ${count(size)} bytes over the air, in chunks of 512; golioth's is ${count(GOLIOTH_BYTES)}`,
        figure: up + down,
        unit: "bytes",
      },
      { name: `its download, at ${DOWNLINK_MS} ms down`, figure: (now_ms() - from_ms) / 1000, unit: "s" },
    ];
  } finally {
    await world.stop();
  }
}

/** Of what has no budget. */
export async function otaRows(): Promise<Row[]> {
  const blob = join(ROOT, "dist/linux.js");
  if (!existsSync(blob)) return [{ name: "firmware over the air", unit: "bytes", why: "npm run build" }];
  const loader = await buildLoader("linux", SOURCES);
  return [...(await download(SMALL_BYTES, loader)), ...(await download(readFileSync(blob).length, loader))];
}
