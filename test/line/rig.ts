/** `npm run line` on simulated boards that are plugged in and out, with the built relay and a small blob. */
import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type BoardName, entryOf } from "../../scripts/boards.ts";
import { rowsOf } from "../../scripts/csv.ts";
import type { Address } from "../../scripts/device/device.ts";
import { firmwareOf } from "../../scripts/flash/firmware.ts";
import { line, type Surroundings } from "../../scripts/line.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import type { SimulatedConsole } from "../device/rig.ts";
import { board, relayFor, smallBlob } from "../flash/rig.ts";

export const HOST = "server.example";
export const TIMES = {
  ...{ answer_ms: 1000, patience_ms: 100, version_ms: 3000, boot_ms: 20 },
  // Five AT without an answer, as a machine that has much to do may leave them, and the power key would switch the modem off.
  ...{ probe_ms: 100, quiet_ms: 100, settle_ms: 20, lead_ms: 20, pause_ms: 10 },
};
const PAUSE_MS = 5;
/** So that writing takes a while. */
const LONG = `print("${"x".repeat(3000)}".length)`;

export interface Plugged extends SimulatedConsole {
  chip: string;
}

/** A board with a number of its own, as its modem and its SIM have one. */
export async function boardNumber(
  t: TestContext,
  number: number,
  modem: ModemOptions = {},
  name: BoardName = "rak5010",
  blob?: string,
): Promise<Plugged> {
  const chip = `chip-${number}`;
  const rig = await board(t, {
    ...(blob !== undefined && { blob }),
    spec: { ...boardSpecs[name], ...(name !== "linux" && { chip }) },
    modem: {
      imei: `86000000000000${number}`,
      iccid: `8949000000000000000${number}`,
      times: { boot_ms: 50 },
      gnss: { busyAfterBoot_ms: 0 },
      coverage: { search_ms: 0 },
      ...modem,
    },
  });
  return Object.assign(rig, { chip });
}

export interface Ran {
  code: number;
  said: string[];
  complained: string[];
}

export interface Bench {
  directory: string;
  /** Of a file there. */
  path(name: string): string;
  /** What is plugged in; changed while the line runs. */
  plugged: Set<Pick<Plugged, "tcp">>;
  /** Runs the line until so many rows were told, or `until` ends it. */
  run(args: string[], rows: number, around?: Partial<Surroundings>): Promise<Ran>;
  /** The rows of the result file, by the names of its columns. */
  results(): Record<string, string>[];
}

/** A directory with the settings of all, there until the test ends. */
export function bench(t: TestContext, settings: object = {}): Bench {
  const directory = mkdtempSync(join(tmpdir(), "line-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = (name: string): string => join(directory, name);
  writeFileSync(
    path("fleet.tracker.json"),
    JSON.stringify({
      board: "rak5010",
      server: { host: HOST, username: "TOKEN_OF_ALL" },
      apn: "internet",
      ...settings,
    }),
  );
  const plugged: Bench["plugged"] = new Set();
  return {
    ...{ directory, path, plugged },
    async run(args, rows, around = {}) {
      const said: string[] = [];
      const complained: string[] = [];
      const signals = (around.signals as EventEmitter | undefined) ?? new EventEmitter();
      let told = 0;
      // The ports of the simulated boards are consoles over the network.
      const places = () => async (): Promise<Address[]> => [...plugged].map(({ tcp }) => ({ tcp }));
      const code = await line(
        ["--config", path("fleet.tracker.json"), "--result", path("result.csv"), ...args],
        {
          places,
          look_ms: 20,
          press_ms: 0,
          sleep: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
          firmware: async (name: BoardName) => firmwareOf(smallBlob(entryOf(name).env_names[0], LONG)),
          relay: relayFor,
          times: TIMES,
          ...around,
          signals,
          say(text) {
            said.push(text);
            around.say?.(text);
            if (/^(PASS|FAIL|THERE)/.test(text) && ++told === rows) signals.emit("SIGINT");
          },
          complain: (text) => complained.push(text),
        },
      );
      return { code, said, complained };
    },
    results() {
      if (!existsSync(path("result.csv"))) return [];
      const [header = [], ...rows] = rowsOf("result.csv", readFileSync(path("result.csv"), "utf8"));
      return rows
        .filter((cells) => cells.length === header.length)
        .map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])));
    },
  };
}
