/** A simulated board whose console is on a loopback port, in real time: what the tests of the host tools connect to. */
import { existsSync, readFileSync } from "node:fs";
import type { BoardName } from "../../scripts/boards.ts";
import { isAnswer } from "../../scripts/device/answers.ts";
import { realClock } from "../../scripts/simulator/clock.ts";
import { type ConsoleServer, serveConsole } from "../../scripts/simulator/console-server.ts";
import { fromBytes, toBytes } from "../../scripts/simulator/espruino/bytes.ts";
import { createFlash, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import type { SimulatedBoard } from "../../scripts/simulator/espruino/simulated-board.ts";
import { type BoardSpec, boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { readFile, writeFile } from "../../scripts/simulator/espruino/storage.ts";
import { createModem, type Modem } from "../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";

export const TOKEN = "A1_TEST_TOKEN";
const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);

/** The text of `dist/<board>.js`, as the build left it. */
export function builtBlob(board: BoardName = "linux"): string {
  const file = new URL(`../../dist/${board}.js`, import.meta.url);
  if (!existsSync(file)) throw new Error(`dist/${board}.js is missing: npm run build`);
  return readFileSync(file, "latin1");
}

/** Real time, on a machine that has much to do. */
const LINE_MS = 60_000;

export interface ConsoleOptions {
  /** Default: linux. Changes of a board: `{...boardSpecs.linux, version: "1v99"}`. */
  spec?: BoardName | BoardSpec;
  /** In `.bootcde`; `builtBlob()` is the tracker. Absent: the plain interpreter. */
  blob?: string;
  /** In `tb.json`, over the settings that work in the rig's world; `{}` is those alone. Absent: no `tb.json`. */
  config?: Record<string, unknown>;
  /** `tb.json` as it is, in place of `config`. */
  settings?: string;
  /** More files in Storage. */
  files?: Record<string, string>;
  /** Given, even as `{}`: there is a modem, through which the stand-in is reached by any host name. */
  modem?: ModemOptions;
  flash?: Flash;
  /** See WorldOptions. */
  outbox?: boolean;
}

export interface SimulatedConsole {
  board: SimulatedBoard;
  flash: Flash;
  /** Where the console is: `openDevice({ tcp })`. */
  tcp: string;
  port: number;
  /** What the console printed, without echoes and the answers to `evaluate`. */
  lines: string[];
  /** The next line that matches, or one that was printed since `from`. Rejects after a minute. */
  line(pattern: RegExp, from?: number): Promise<string>;
  /** The stand-in; its device is "tracker", with `TOKEN`. */
  thingsboard: ThingsBoard;
  modem: Modem | undefined;
  /** A file of the board's Storage, in bytes. */
  file(name: string): string | undefined;
  /** The cable is pulled; the board goes on. */
  unplug(): void;
  /** The board loses its power, and with it the connection. */
  powerCut(): void;
  /** Power comes back, or the reset button is pressed. */
  boot(): void;
  close(): Promise<void>;
}

/** Boots a simulated board and offers its console. Close it in the end. */
export async function startSimulatedConsole(options: ConsoleOptions = {}): Promise<SimulatedConsole> {
  const spec = typeof options.spec === "object" ? options.spec : boardSpecs[options.spec ?? "linux"];
  const flash = options.flash ?? createFlash(flashOf(spec));
  const server: ConsoleServer = await serveConsole();
  const lines: string[] = [];
  const looking = new Set<() => void>();
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: TOKEN }] });
  const modem =
    options.modem &&
    createModem({
      startsOn: true,
      gnss: { log: readFileSync(TRACK, "latin1"), time: "now", coldStart_ms: 100 },
      connect: () => {
        const [near, far] = duplexPair();
        thingsboard.accept(far);
        return near;
      },
      ...options.modem,
    });
  const board = createSimulatedBoard({
    clock: realClock,
    spec,
    flash,
    console: server.peer,
    print(line) {
      if (isAnswer(line)) return;
      lines.push(line);
      for (const look of [...looking]) look();
    },
    onPowerCut: server.unplug,
    ...(modem && { modem }),
    ...(options.blob !== undefined && { blob: options.blob }),
    ...(options.outbox !== undefined && { outbox: options.outbox }),
    ...(options.settings !== undefined && { settings: options.settings }),
    ...(options.config && {
      config: {
        server: { host: "server.example", username: TOKEN, client_id: "tracker-1" },
        apn: "internet",
        interval_s: 1,
        ...options.config,
      },
    }),
  });
  for (const [name, content] of Object.entries(options.files ?? {}))
    writeFile(board.storage, name, fromBytes(content));
  board.boot();
  return {
    board,
    flash,
    tcp: `127.0.0.1:${server.port}`,
    port: server.port,
    lines,
    line(pattern, from = lines.length) {
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          looking.delete(look);
        };
        const look = (): void => {
          const found = lines.slice(from).find((line) => pattern.test(line));
          if (found === undefined) return;
          end();
          resolve(found);
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`no line like ${pattern}; the console said:\n${lines.join("\n")}`));
        }, LINE_MS);
        looking.add(look);
        look();
      });
    },
    thingsboard,
    modem,
    file(name) {
      const content = readFile(board.storage, name);
      return content && toBytes(content);
    },
    unplug: server.unplug,
    powerCut() {
      board.powerCut();
      server.unplug();
    },
    boot: () => board.boot(),
    async close() {
      board.dispose();
      modem?.dispose();
      await thingsboard.close();
      await server.close();
    },
  };
}
