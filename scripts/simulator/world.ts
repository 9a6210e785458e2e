/** A board with its modem, ready to boot: the simulated one, or the real interpreter with the same modem. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { boardNamed } from "../boards.ts";
import type { Loader } from "../build/loader.ts";
import { fieldOf } from "../config/fields.ts";
import { pretokenise } from "../device/pretokenise.ts";
import { CODE_FILE, layOut } from "../flash/code-layout.ts";
import {
  BLOCK_BYTES,
  boxLength,
  HEADER_BYTES,
  isBoxed,
  LEAD_BYTES,
  LEAD_OFFSET,
  OUTBOX_FILE,
} from "../flash/outbox-file.ts";
import { SETTINGS_FILE } from "../flash/settings.ts";
import { FIRMWARE_FILE, isSlotsFile, SLOTS_FILE, SLOTS_FILE_BYTES } from "../flash/slots.ts";
import { roomOf } from "../flash/storage.ts";
import type { Clock } from "./clock.ts";
import type { BoardMeter } from "./energy/loads.ts";
import { createBoard } from "./espruino/board.ts";
import { fromBytes } from "./espruino/bytes.ts";
import { createFlash, type Flash } from "./espruino/flash.ts";
import type { SerialPeer } from "./espruino/serial-peer.ts";
import type { CtrlC, SimulatedBoard } from "./espruino/simulated-board.ts";
import { type BoardSpec, boardSpecs, flashOf } from "./espruino/specs.ts";
import { findFile, writeFile } from "./espruino/storage.ts";
import type { StorageArea } from "./espruino/storage-layout.ts";
import { type Interpreter, interpreterRoom, openSerialPort, startInterpreter } from "./interpreter.ts";
import type { Modem } from "./modem/modem.ts";
import type { Sensors } from "./sensors/sensors.ts";
import { modemPeer, modemPeerAfterSetup, modemPins, sharedUart } from "./wiring.ts";

export interface WorldOptions {
  /** Absent: nothing answers where the modem should be. */
  modem?: Modem;
  /** A GNSS receiver with a UART of its own. */
  receiver?: SerialPeer;
  /** The board's blob; absent: the plain interpreter. */
  blob?: string;
  /** The blob is what was flashed by cable, and the loader starts it, or what came over the air. */
  loader?: Loader;
  /** The blob goes into Storage as it is, text or tokens. */
  as_it_is?: boolean;
  /** The settings, `tb.json`; the ports of modem and receiver are put in here. */
  config?: Record<string, unknown>;
  /** In place of `config`: the text of `tb.json`, as it is. */
  settings?: string;
  /** False: the outbox's file is not made yet, where a board has it in one. */
  outbox?: boolean;
  /** Gets each line of the board's console. */
  print?: (line: string) => void;
}

/** Of the interpreters that the tests of the real one are for, at least. */
const REAL_VERSION = "2v29";
/** At which all boards set the modem's UART up. */
const MODEM_BAUD = 115_200;

/** The ports that a Linux' settings name. */
export interface Ports {
  modem_port?: string;
  gnss_port?: string;
}

/** What is in Storage. */
type Contents = Omit<WorldOptions, "modem" | "receiver" | "print">;

/**
 * What `npm run flash` would have put there, in its order, where the outbox's file is the first one, if there is one.
 * `form`: "tokens", as the flash tool writes it, cut in two where there is no room for it in one of `room` bytes; "text":
 * as it is, which the simulated board reads faster.
 */
function storageOf(
  options: Contents,
  spec_name: string,
  ports: Ports,
  room: number,
  form: "text" | "tokens",
): Record<string, string> {
  const { blob, config, loader } = options;
  const settings = options.settings ?? (config && JSON.stringify({ ...ports, ...config }));
  const board = boardNamed(spec_name);
  const bytes = Number(config?.outbox_bytes ?? fieldOf("outbox_bytes", board)?.default);
  const boxed = options.outbox !== false && settings !== undefined && board && isBoxed(board);
  const contents = (split: boolean): Record<string, string> => {
    const tokenise = (text: string): string => (form === "tokens" ? pretokenise(text, REAL_VERSION) : text);
    const { lead, boot } = options.as_it_is
      ? { lead: "", boot: blob ?? "" }
      : layOut(blob ?? "", tokenise, split);
    return {
      ...(boxed && {
        [OUTBOX_FILE]: `${"\xff".repeat(LEAD_OFFSET)}${lead}`.padEnd(boxLength(bytes), "\xff"),
      }),
      ...(loader && board && isSlotsFile(board) && { [SLOTS_FILE]: "\xff".repeat(SLOTS_FILE_BYTES) }),
      ...(settings !== undefined && { [SETTINGS_FILE]: settings }),
      ...(blob !== undefined && { [loader ? FIRMWARE_FILE : CODE_FILE]: boot }),
      ...(loader && { [CODE_FILE]: loader.boot }),
    };
  };
  const whole = contents(false);
  return boxed && roomFor(whole) > room ? contents(true) : whole;
}

const roomFor = (contents: Record<string, string>): number =>
  roomOf(Object.values(contents).map(({ length }) => length));

/** Writes what a board needs into its Storage; `spec_name`: its `process.env.BOARD`. */
export function install(storage: StorageArea, spec_name: string, options: Contents, ports: Ports = {}): void {
  const room = storage.end - storage.start;
  const text = storageOf(options, spec_name, ports, Number.POSITIVE_INFINITY, "text");
  // The smallest board has no room for the text.
  const contents = roomFor(text) > room ? storageOf(options, spec_name, ports, room, "tokens") : text;
  for (const [name, content] of Object.entries(contents)) {
    if (name !== OUTBOX_FILE || !findFile(storage, name)) writeFile(storage, name, fromBytes(content));
    else putLead(storage, content);
  }
}

/** Gives the outbox's file that is there already the code's first part. */
function putLead({ flash, start }: StorageArea, content: string): void {
  const lead = fromBytes(content.slice(0, LEAD_OFFSET + LEAD_BYTES));
  if (lead.every((byte) => byte === 0xff)) return;
  const header = Uint8Array.from(flash.read(start, HEADER_BYTES));
  for (let at = 0; at < BLOCK_BYTES; at += flash.pageSize) flash.erasePage(start + at);
  flash.write(start, header);
  flash.write(start + HEADER_BYTES, lead);
}

interface SimulatedOptions extends Omit<WorldOptions, "modem"> {
  /** The modem; or, where it is in another thread, what is at the other end of its line. */
  modem?: Modem | SerialPeer;
  clock: Clock;
  meter?: BoardMeter;
  random?: () => number;
  /** Default: the linux board. */
  spec?: BoardSpec;
  /** What the board measures; absent: a full battery at rest. */
  sensors?: Sensors;
  /** What the board's console is connected to. */
  console?: SerialPeer;
  flash?: Flash;
  /** See BoardOptions. */
  ctrlC?: CtrlC;
  /** The power went in the middle of a flash operation: `cutPowerAfter` of `flash`. */
  onPowerCut?: () => void;
  /** The chip was reset by the program or its watchdog. */
  onReboot?: (reason: string) => void;
}

const isModem = (other: Modem | SerialPeer): other is Modem => "receive" in other;

/** Those of a simulated board: Linux has some. */
export function simulatedPorts({ name, modemUart, receiverUart }: BoardSpec, receiver: boolean): Ports {
  if (name !== boardSpecs.linux.name) return {};
  return { modem_port: modemUart, ...(receiver && receiverUart && { gnss_port: receiverUart }) };
}

/** The simulated board with the blob and the settings in its Storage, not booted yet. */
export function createSimulatedBoard(options: SimulatedOptions): SimulatedBoard {
  const { clock, modem, receiver, console } = options;
  const spec: BoardSpec = { ...(options.spec ?? boardSpecs.linux) };
  // A board that has USB moves its console there when a computer is plugged in.
  if (console && spec.consoles.includes("USB")) spec.console = "USB";
  const modemsEnd = modem && (isModem(modem) ? modemPeerAfterSetup(modem) : modem);
  const isShared = console && spec.console === spec.modemUart;
  const board = createBoard({
    board: spec,
    flash: options.flash ?? createFlash(flashOf(spec)),
    clock,
    serials: {
      ...(modemsEnd && { [spec.modemUart]: modemsEnd }),
      ...(receiver && spec.receiverUart && { [spec.receiverUart]: receiver }),
      ...(console && {
        [spec.console]: isShared && modemsEnd ? sharedUart(console, modemsEnd, MODEM_BAUD) : console,
      }),
    },
    ...(modem && isModem(modem) && { onPin: modemPins(spec, modem) }),
    ...(options.meter && { meter: options.meter }),
    ...(options.sensors && { sensors: options.sensors }),
    ...(options.print && { print: options.print }),
    ...(options.random && { random: options.random }),
    ...(options.ctrlC && { ctrlC: options.ctrlC }),
    ...(options.onPowerCut && { onPowerCut: options.onPowerCut }),
    ...(options.onReboot && { onReboot: options.onReboot }),
  });
  install(board.storage, spec.name, options, simulatedPorts(spec, !!receiver));
  return board;
}

/** A running tracker that can be asked. */
export interface RunningTracker {
  /** The value of an expression on the board's console. */
  evaluate(expression: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** One in the real interpreter. */
export interface RunningInterpreter extends RunningTracker {
  /** Ends the interpreter at once, wherever it is; it starts again from what is in flash. */
  powerCut(): Promise<void>;
  /** Where its flash is kept. */
  flashFile: string;
  /** As its settings name them. */
  ports: Ports;
}

/** Boots the real interpreter on the blob. When it ends by itself, as on `E.reboot()`, it is started again. */
export async function startRealInterpreter(
  options: WorldOptions & { modem: Modem; binary: string; console?: SerialPeer },
): Promise<RunningInterpreter> {
  const { binary, print, console } = options;
  const { storage: room } = await interpreterRoom(binary);
  const port = await openSerialPort(modemPeer(options.modem));
  const second = options.receiver && (await openSerialPort(options.receiver));
  const ports = { modem_port: port.path, ...(second && { gnss_port: second.path }) };
  const directory = mkdtempSync(join(tmpdir(), "espruino-"));
  const start = (storage?: Record<string, string>): Promise<Interpreter> =>
    startInterpreter({
      binary,
      directory,
      ...(storage && { storage }),
      ...(print && { print }),
      ...(console && { console }),
    });
  let stopped = false;
  let current = start(storageOf(options, "LINUX", ports, room, "tokens"));
  const again = async (): Promise<void> => {
    await (await current).ended;
    if (stopped) return;
    // Firmware on trial that throws at its start restarts the board at once; what was there before is next.
    current = start().catch(() => start());
    await again();
  };
  function free(): void {
    port.close();
    second?.close();
    rmSync(directory, { recursive: true, force: true });
  }
  await current.catch((error: Error) => {
    free();
    throw error;
  });
  again().catch((error: Error) => print?.(`the interpreter does not start again: ${error.message}`));
  return {
    evaluate: async (expression) => (await current).evaluate(expression),
    flashFile: join(directory, "espruino.flash"),
    ports,
    async powerCut() {
      await (await current).stop();
    },
    async stop() {
      stopped = true;
      // It may be the one that did not start again.
      await current.then(
        (interpreter) => interpreter.stop(),
        () => {},
      );
      free();
    },
  };
}
