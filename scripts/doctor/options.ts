import type { Command } from "commander";
import { command, valuesOf, wholeNumber } from "../command-line.ts";
import type { Address } from "../device/device.ts";
import { withAddress } from "../device/options.ts";

/** What `npm run doctor` was asked for. */
export interface DoctorOptions extends Address {
  /** How many seconds to wait for the tracker to get somewhere. */
  wait: number;
  /** Print the verdicts as JSON. */
  json?: true;
}

const WAIT_S = 120;
const MOST_S = 3600;

export function doctorCommand(): Command {
  const does =
    "Looks at a board and says what is wrong and what to do. Exits with 0 when all is well, else with 1.";
  return withAddress(command("npm run doctor", does))
    .option(
      "--wait <S>",
      `how long to wait for network, server and fix, 0 to ${MOST_S} seconds`,
      wholeNumber(0, MOST_S),
      WAIT_S,
    )
    .option("--json", "print what was found as JSON");
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export const readOptions = (args: string[]) => valuesOf<DoctorOptions>(doctorCommand(), args);
