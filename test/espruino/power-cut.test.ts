/** The power went at some of the words that the simulated board wrote: the real interpreter goes on from that flash. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createFlash, type Flash, type FlashOperation } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { readFile } from "../../scripts/simulator/espruino/storage.ts";
import {
  interpreterRoom,
  openSerialPort,
  PAGE_BYTES,
  startInterpreter,
} from "../../scripts/simulator/interpreter.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { blobFor } from "../../scripts/simulator/real-tracker.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { TOKEN, TRACK } from "../blob/peers.ts";
import { createWorld } from "../blob/world.ts";
import { fixesIn } from "../faults/record.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to boot it on such a flash";
/** So long online, then without the server: until the ring has come to its second block, and to the first again, which has nothing that waits. */
const ONLINE_S = 250;
const LIFE_S = 420;
const SAMPLES = 6;
/** The modem's port in the image, and as long whatever it is then. */
const PORT = '"/dev/ttyUSB2"';

interface Life {
  done: FlashOperation[];
  /** What was in flash before each of the operations that were asked for: there the power goes. */
  images: Map<number, Buffer>;
  settings: string;
}

/** The first minutes of a tracker with a fix a second, each time the same. */
async function live(storage_bytes: number, server_port: number, cuts: number[] = []): Promise<Life> {
  const spec = { ...boardSpecs.linux, pageSize: PAGE_BYTES, storageBytes: storage_bytes };
  const flash: Flash = createFlash(flashOf(spec));
  const done: FlashOperation[] = [];
  const images = new Map<number, Buffer>();
  const world = createWorld({
    spec,
    flash,
    blob: await blobFor(binary),
    config: {
      server: { host: "127.0.0.1", port: server_port, username: TOKEN },
      interval_s: 1,
      outbox_bytes: 8192,
    },
  });
  const settings = readFile(world.board.storage, "tb.json")?.toString() ?? "";
  flash.beforeOperation = (operation) => {
    if (cuts.includes(done.length)) images.set(done.length, Buffer.from(flash.bytes));
    done.push(operation);
  };
  for (let second = 0; second < LIFE_S; second += 5) {
    if (second === ONLINE_S) {
      world.thingsboard.faults.down = true;
      world.thingsboard.faults.drop();
    }
    await world.run(5);
  }
  await world.stop();
  return { done, images, settings };
}

describe("a flash at which the power went", { skip }, () => {
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: TOKEN }] });
  let server_port = 0;
  let storage_bytes = 0;
  let cuts: number[] = [];

  before(async () => {
    server_port = (await thingsboard.listen({ mqttPort: 0 })).mqttPort;
    storage_bytes = (await interpreterRoom(binary)).storage;
    const { done } = await live(storage_bytes, server_port);
    const erased = done.flatMap(({ kind }, i) => (kind === "erase" ? [i] : []));
    const last = erased.at(-1) as number;
    assert.ok(erased.length >= 3, "the ring came round");
    // Before the last erase, after it, in the header, in the state; and some along the way.
    cuts = [
      ...[last, last + 1, last + 2, last + 5],
      ...Array.from({ length: SAMPLES }, (_, i) => Math.floor(((i + 0.5) * done.length) / SAMPLES)),
    ];
  });
  after(() => thingsboard.close());

  test("still has code, settings and all that waited", async (t) => {
    const { images, done, settings } = await live(storage_bytes, server_port, cuts);
    for (const cut of cuts) {
      const image = images.get(cut) as Buffer;
      const waiting = fixesIn(image, true);
      const directory = mkdtempSync(join(tmpdir(), "power-cut-"));
      const modem = createModem({
        startsOn: true,
        gnss: { log: readFileSync(TRACK, "latin1"), time: "now" },
      });
      const peer = { write: (bytes: string) => modem.receive(bytes), onData: (_: string) => {} };
      modem.onTransmit = (bytes) => peer.onData(bytes);
      const port = await openSerialPort(peer);
      const own = JSON.stringify(port.path).padEnd(PORT.length);
      const at = image.indexOf(PORT);
      assert.ok(at > 0 && own.length === PORT.length, `${port.path} in ${settings}`);
      image.write(own, at, "latin1");
      writeFileSync(join(directory, "espruino.flash"), image);
      const interpreter = await startInterpreter({ binary, directory });
      try {
        const until_ms = Date.now() + 120_000;
        for (;;) {
          const left = await interpreter
            .evaluate("global.tracker?tracker.status().waiting:-1")
            .catch(() => -1);
          if (left === 0 && (await interpreter.evaluate("tracker.status().sent")) !== 0) break;
          assert.ok(Date.now() < until_ms, `cut ${cut}: ${left} still wait`);
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
        const there = new Set(thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts));
        assert.deepEqual(
          waiting.filter(({ ts }) => !there.has(ts)).map(({ ts }) => ts),
          [],
          `cut ${cut}, before ${done[cut]?.kind} and what followed`,
        );
        // LOW_MEMORY warns only: a small interpreter had to collect its garbage over a full outbox.
        const flags = JSON.stringify(await interpreter.evaluate("E.getErrorFlags()"));
        assert.ok(!/"(MEMORY|CALLBACK|FIFO_FULL)"/.test(flags), flags);
        t.diagnostic(`cut ${cut}: ${waiting.length} waited`);
      } finally {
        await interpreter.stop();
        port.close();
        modem.dispose();
        rmSync(directory, { recursive: true, force: true });
      }
    }
  });
});
