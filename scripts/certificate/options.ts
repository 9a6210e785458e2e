import type { Command } from "commander";
import { command, text, valuesOf, wholeNumber } from "../command-line.ts";

/** What `npm run certificate` was asked for. */
export interface CertificateOptions {
  /** The device's name, the subject of its certificate. */
  device: string;
  /** The folder to write into. */
  out: string;
  /** How long it is valid. */
  days: number;
  /** Settings to put it into. */
  config?: string;
  /** Overwrite. */
  force?: true;
}

/** Of a common name (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;
const DAYS = 3650;
/** Dates from 2050 on are written in another form, which old modems were never shown. */
const MOST_DAYS = 7300;

export function certificateCommand(): Command {
  const does =
    "Makes a key and a certificate for a device's X.509 login at ThingsBoard: NAME.crt.pem and NAME.key.pem.";
  const isName = (name: string) => name.length <= LONGEST_NAME && /^[ -~]*[!-~][ -~]*$/.test(name);
  return command("npm run certificate", does)
    .requiredOption(
      "--device <NAME>",
      "the device's name in ThingsBoard",
      text(isName, `1 to ${LONGEST_NAME} characters of ASCII`),
    )
    .option("--out <DIR>", "write into this folder", ".")
    .option("--days <N>", `how long it is valid, 1 to ${MOST_DAYS}`, wholeNumber(1, MOST_DAYS), DAYS)
    .option("--config <FILE>", "put it into these settings, too: tls 2, cert and key")
    .option("--force", "overwrite the files where they are there already: the old key is lost");
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export const readOptions = (args: string[]) => valuesOf<CertificateOptions>(certificateCommand(), args);
