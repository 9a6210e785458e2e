import { type Command, Option } from "commander";
import { BOARDS, type BoardName } from "../boards.ts";
import { featuresOption } from "../build/features.ts";
import { command, filePath, valuesOf } from "../command-line.ts";
import type { Address } from "../device/device.ts";
import { withAddress } from "../device/options.ts";

/** What `npm run flash` was asked for. */
export interface FlashOptions extends Address {
  /** Undefined: what the board says it is. */
  board?: BoardName;
  /** The settings' file; undefined: those on the board stay. */
  config?: string;
  /** What the firmware is built with, for `readChoices`; undefined: the board's own. */
  features?: string[];
  /** Go on where samples that wait in the board's outbox are lost. */
  force?: true;
  /** Storage may be compacted without a question. */
  compact?: true;
}

export function flashCommand(): Command {
  const does =
    "Builds the firmware for the board on a port, writes it into the board's flash, and starts it.";
  return withAddress(command("npm run flash", does))
    .addOption(new Option("--board <NAME>", "refuse any other").choices(BOARDS))
    .addOption(featuresOption())
    .option(
      "--config <FILE>",
      "write these settings too, as npm run config makes them, and the certificates they name (default: leave the board's own)",
      filePath,
    )
    .option(
      "--force",
      "go on, even if samples that the server does not have yet are lost with the board's outbox",
    )
    .option(
      "--compact",
      "clear deleted files away where there is no room otherwise, without asking: a power cut meanwhile loses all of Storage",
    );
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export const readOptions = (args: string[]) => valuesOf<FlashOptions>(flashCommand(), args);
