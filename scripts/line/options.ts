import { type Command, Option } from "commander";
import { featuresOption } from "../build/features.ts";
import { command, filePath, text, valuesOf, wholeNumber } from "../command-line.ts";
import { FASTEST_BAUD, isHostAndPort } from "../device/options.ts";

/** What the self-test can be told to leave out. */
export const SKIPPABLE = ["sim", "registration", "gnss", "accelerometer", "battery"] as const;
export type Skippable = (typeof SKIPPABLE)[number];

/** What `npm run line` was asked for. */
export interface LineOptions {
  /** What all boards' settings have in common. */
  config: string;
  /** The table with what is each board's own. */
  csv?: string;
  result: string;
  /** The only ports to look at; undefined: all that look like a board. */
  port?: string[];
  /** Consoles over the network. */
  tcp?: string[];
  baud?: number;
  /** End once so many passed. */
  boards?: number;
  skip?: Skippable[];
  /** Seconds until a board must be registered. */
  wait: number;
  features?: string[];
  compact?: true;
  verbose?: true;
}

const WAIT_S = 180;
const MOST_S = 3600;
const MOST_BOARDS = 1_000_000;

/** An option that may stand several times. */
const several =
  (read: (text: string) => string) =>
  (given: string, before: string[] = []): string[] => [...before, read(given)];

export function lineCommand(): Command {
  const does =
    "Waits for boards on USB, one or several at once; tests, flashes and starts each, and writes a row of it into a file. Ctrl-C " +
    "ends it once the boards under way are done; with the same file it goes on where it was.";
  return command("npm run line", does)
    .option("--config <FILE>", "the settings that all boards have in common", filePath, "tracker.json")
    .option("--csv <FILE>", "a table with what is each board's own, as of npm run config -- --csv", filePath)
    .option("--result <FILE>", "append a row of each board to this file", filePath, "line-result.csv")
    .addOption(
      new Option(
        "--port <PATH>",
        "look at this port alone, as /dev/ttyACM0, /dev/cu.usbmodem1101 or COM3; may stand several times (default: all that look like a board's)",
      ).argParser(several(text((path) => path !== "", "the path of a serial port"))),
    )
    .addOption(
      new Option("--tcp <HOST:PORT>", "a console over the network; may stand several times").argParser(
        several(text(isHostAndPort, "HOST:PORT")),
      ),
    )
    .option(
      "--baud <N>",
      "speed of the serial ports (default 115200; a RAK8212's UART: 9600)",
      wholeNumber(1, FASTEST_BAUD),
    )
    .option("--boards <N>", "end once so many passed", wholeNumber(1, MOST_BOARDS))
    .addOption(
      new Option("--skip <TEST...>", "leave out of the self-test what cannot be there yet").choices(
        SKIPPABLE,
      ),
    )
    .option(
      "--wait <S>",
      `how long a board has to register in the network, 1 to ${MOST_S} seconds`,
      wholeNumber(1, MOST_S),
      WAIT_S,
    )
    .addOption(featuresOption())
    .option(
      "--compact",
      "clear deleted files away where there is no room otherwise: a power cut meanwhile loses all of that board's Storage",
    )
    .option("--verbose", "say each step of each board");
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export const readOptions = (args: string[]) => valuesOf<LineOptions>(lineCommand(), args);
