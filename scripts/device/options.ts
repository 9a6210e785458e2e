/** How the commands are told which board is meant: `--port`, `--tcp`, `--baud`. */
import { type Command, Option } from "commander";
import { text, wholeNumber } from "../command-line.ts";
import type { Address } from "./device.ts";
import { pickPort } from "./ports.ts";

export const FASTEST_BAUD = 4_000_000;

/** Gives a command these options; their values are an `Address`, without `port` and `tcp` where one is to be picked. */
export function withAddress(command: Command): Command {
  const isPath = text((path) => path !== "", "the path of a serial port");
  return command
    .option(
      "--port <PATH>",
      "the board's serial port, as /dev/ttyACM0, /dev/cu.usbmodem1101 or COM3 (default: the only one that looks like a board)",
      isPath,
    )
    .addOption(
      new Option("--tcp <HOST:PORT>", "its console over the network")
        .argParser(text(isHostAndPort, "HOST:PORT"))
        // It has no speed.
        .conflicts(["port", "baud"]),
    )
    .option(
      "--baud <N>",
      "speed of the serial port (default 115200; a RAK8212's UART: 9600)",
      wholeNumber(1, FASTEST_BAUD),
    );
}

export function isHostAndPort(text: string): boolean {
  const port = Number(/^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d+)$/.exec(text)?.[1] ?? 0);
  return port >= 1 && port <= 65535;
}

/** The same, with the port picked where none was given. Throws `pickPort`'s `DeviceError`. */
export async function findAddress({ port, tcp, baud }: Address, pick = pickPort): Promise<Address> {
  const where = tcp === undefined ? { port: port ?? (await pick()) } : { tcp };
  return { ...where, ...(baud !== undefined && { baud }) };
}
