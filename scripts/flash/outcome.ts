/** What the user is told once the firmware was started. */
import { type BoardName, entryOf } from "../boards.ts";
import { count } from "../build/report.ts";
import { type Device, DeviceError } from "../device/device.ts";
import type { Firmware } from "./firmware.ts";
import type { Memory, Start } from "./restart.ts";

export interface Outcome {
  device: Device;
  board: BoardName;
  firmware: Firmware;
  start: Start;
  /** Memory without any program, where it was looked at. */
  idle: Memory | undefined;
  /** What is wrong with the settings on the board; "" when nothing is. */
  fault: string;
}

/** What a variable holds of a string: code that is copied into RAM takes so many more. */
const BYTES_A_VARIABLE = 12;

/** The lines of it. Throws `DeviceError` when the firmware did not come up. */
export function describeOutcome(outcome: Outcome): string[] {
  const { device, firmware, start } = outcome;
  const uncaught = start.lines.find((line) => line.startsWith("Uncaught"));
  if (!start.heard)
    throw new DeviceError(
      `${device.name}: the firmware is on the board, but did not start: ${
        uncaught ?? `the console said ${JSON.stringify(start.lines.at(-1) ?? "nothing")}`
      }; switch the board off and on, and if that does not help flash again`,
    );
  return [firmware.version, ...memoryLines(outcome), ...nextLines(outcome)];
}

function memoryLines({ firmware, start, idle }: Outcome): string[] {
  const now = start.running ?? start.loaded;
  if (!now) return [];
  const inUse = `${count(now.usage)} of ${count(now.total)} variables in use`;
  if (!idle || !start.loaded) return [inUse];
  const taken = start.loaded.usage - idle.usage;
  const inRam = firmware.code.length / BYTES_A_VARIABLE;
  return taken < firmware.variables + inRam / 2
    ? [
        `${inUse}: the functions run from flash (the code took ${count(taken)}, with a copy in RAM it would be about ${count(Math.round(firmware.variables + inRam))})`,
      ]
    : [
        `${inUse}: more than the ${count(firmware.variables)} the code should take; this interpreter copies functions to RAM`,
      ];
}

function nextLines({ device, board, fault }: Outcome): string[] {
  const address = `${/^[^/]+:\d+$/.test(device.name) ? "--tcp" : "--port"} ${device.name}`;
  const lines = fault
    ? [
        `${fault}: npm run config writes them to tracker.json, npm run flash -- ${address} --config tracker.json to the board`,
      ]
    : [
        `Next: the modem registers within some minutes, then "tracker: connected"; the first fix, outdoors, takes a minute or so`,
      ];
  if (entryOf(board).cedes_console)
    lines.push(
      "Its UART is the modem's from three seconds after each start on; the Bluetooth console stays. To get back in by cable run flash again, and switch the board off and on when it says so",
    );
  else if (!fault) lines.push(`Watch it: npm run repl -- ${address}`);
  return lines;
}
