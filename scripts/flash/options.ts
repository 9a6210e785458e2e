import { parseArgs } from "node:util";
import { BOARDS, type BoardName } from "../budgets.ts";
import { DEVICE_USAGE, deviceOptions, type findAddress } from "../device/options.ts";
import { UsageError } from "../start/options.ts";

/** What `npm run flash` was asked for. */
export interface FlashOptions {
  /** What tells the port; for `findAddress`. */
  device: Parameters<typeof findAddress>[0];
  /** Undefined: what the board says it is. */
  board: BoardName | undefined;
  /** The settings' file; undefined: those on the board stay. */
  config: string | undefined;
  /** Go on where samples that wait in the board's outbox are lost. */
  force: boolean;
}

export const USAGE = `npm run flash -- [options]
Builds the firmware for the board on a port, writes it into the board's flash, and starts it.
${DEVICE_USAGE}
  --board NAME          refuse any other: ${BOARDS.join(", ")}
  --config FILE         write these settings too, as npm run config makes them (default: leave the board's own)
  --force               go on, even if samples that the server does not have yet are lost with the board's outbox`;

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export function readOptions(args: string[]): FlashOptions | undefined {
  const string = { type: "string" } as const;
  const boolean = { type: "boolean" } as const;
  const parse = () =>
    parseArgs({
      args,
      options: { ...deviceOptions, board: string, config: string, force: boolean, help: boolean },
    });
  let values: ReturnType<typeof parse>["values"];
  try {
    values = parse().values;
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll("\n", " "));
  }
  const { help, board, config, force = false, ...device } = values;
  if (help) return undefined;
  if (board !== undefined && !(BOARDS as readonly string[]).includes(board))
    throw new UsageError(`--board ${board}: unknown, use ${BOARDS.join(" ")}`);
  return { device, board: board as BoardName | undefined, config, force };
}
