/** How the commands are told which board is meant: `--port`, `--tcp`, `--baud`. */
import { UsageError } from "../start/options.ts";
import type { Address } from "./device.ts";
import { pickPort } from "./ports.ts";

/** For `parseArgs`. */
export const deviceOptions = {
  port: { type: "string" },
  tcp: { type: "string" },
  baud: { type: "string" },
} as const;

/** Their part of a command's usage. */
export const DEVICE_USAGE = `  --port PATH           the board's serial port (default: the only one that looks like a board)
  --tcp HOST:PORT       its console over the network
  --baud N              speed of the serial port (default 115200; a RAK8212's UART: 9600)`;

interface DeviceValues {
  port?: string | undefined;
  tcp?: string | undefined;
  baud?: string | undefined;
}

const FASTEST_BAUD = 4_000_000;

/** Reads the values that `parseArgs` found; neither `port` nor `tcp`: it is to be picked. Throws `UsageError`. */
export function readAddress({ port, tcp, baud }: DeviceValues): Address {
  if (port !== undefined && tcp !== undefined) throw new UsageError("--port and --tcp: only one of them");
  if (port === "") throw new UsageError("--port: must be the path of a serial port");
  if (tcp !== undefined) {
    const number = Number(/^(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d+)$/.exec(tcp)?.[1] ?? 0);
    if (number < 1 || number > 65535) throw new UsageError(`--tcp ${tcp}: must be HOST:PORT`);
    if (baud !== undefined) throw new UsageError("--baud: a console over TCP has no speed");
  }
  const speed = Number(baud ?? 1);
  if (!/^\d+$/.test(baud ?? "1") || speed < 1 || speed > FASTEST_BAUD)
    throw new UsageError(`--baud ${baud}: must be a whole number, such as 115200 or 9600`);
  return {
    ...(port !== undefined && { port }),
    ...(tcp !== undefined && { tcp }),
    ...(baud !== undefined && { baud: speed }),
  };
}

/** The same, with the port picked where none was given. Throws `UsageError`, or `pickPort`'s `DeviceError`. */
export async function findAddress(values: DeviceValues, pick = pickPort): Promise<Address> {
  const address = readAddress(values);
  if (address.port !== undefined || address.tcp !== undefined) return address;
  return { ...address, port: await pick() };
}
