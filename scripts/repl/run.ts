/** The console of a board, from connecting to leaving it. */
import { fileURLToPath } from "node:url";
import { evaluated } from "../device/answers.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { EXIT } from "../run-command.ts";
import { whileWaiting } from "../screen.ts";
import { findCode } from "./code-map.ts";
import { createConsoleLines } from "./console-lines.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import { type LogFile, openLog } from "./log-file.ts";
import { readSecrets, withoutSecrets } from "./secrets.ts";
import { createTerminal } from "./terminal.ts";

export interface ReplRun {
  /** Connects; called again after the board was restarted. */
  open(): Promise<Device>;
  /** `-e`: print this one's value and leave. */
  expression?: string | undefined;
  /** `--log`. */
  log?: string | undefined;
  history?: string | undefined;
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { isTTY?: boolean };
  /** For what goes wrong. */
  complain(line: string): void;
  /** Where the builds are. */
  dist?: string;
}

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
/** A USB console goes away while its board restarts. */
const AWAY_MS = 20_000;
const LOOK_MS = 500;

/** Returns the exit code. Throws `DeviceError`. */
export async function runRepl(run: ReplRun): Promise<number> {
  // What is wrong with it is told before anything else is done.
  const file = run.log === undefined ? undefined : openLog(run.log, { complain: run.complain });
  let device: Device | undefined;
  try {
    device = await whileWaiting("connecting to the board", process.stderr, run.open);
    const log = file && (await discreet(file, device));
    if (run.expression !== undefined) return await evaluateOnce(device, run, log);
    return await converse(device, run, log);
  } finally {
    await device?.close();
    file?.close();
  }
}

/** The log, without what the board's settings keep secret. */
async function discreet(file: LogFile, device: Device): Promise<LogFile> {
  const secrets = await readSecrets(device);
  return { ...file, write: (line) => file.write(withoutSecrets(line, secrets)) };
}

/** Lines that nobody is shown, as those of a conversation: what is printed between them is the expression's own. */
const BEGIN = "\x020";
const END = "\x021";

/** Shows what the expression prints, and its value as JSON; throws what the interpreter threw, in its words. */
async function evaluateOnce(device: Device, run: ReplRun, log: LogFile | undefined): Promise<number> {
  const conversation = createConversation({ device, log, show: () => {} });
  const show = (line: string): void => void run.output.write(`${line}\n`);
  let printing = false;
  let printed = 0;
  const stop = device.onData(
    createConsoleLines((line) => {
      if (line === BEGIN || line === END) printing = line === BEGIN;
      else if (printing) {
        printed++;
        show(line);
      }
    }),
  );
  const mark = (line: string): string => `print(${JSON.stringify(line)})`;
  try {
    const value = await device.evaluate(
      `${mark(BEGIN)};(function(v){${mark(END)};return v})(${evaluated(run.expression as string)})`,
    );
    if (value !== undefined) show(JSON.stringify(value, undefined, 2));
    else if (!printed) show("undefined");
    return EXIT.OK;
  } finally {
    stop();
    await conversation.end();
  }
}

/** Where stack traces' places are looked up; nothing on a board that does not say. */
async function codeOf(device: Device, { dist = DIST }: ReplRun): ReturnType<typeof findCode> {
  try {
    return await findCode(device, dist);
  } catch (error) {
    if (error instanceof DeviceError) return {};
    throw error;
  }
}

async function converse(first: Device, run: ReplRun, log: LogFile | undefined): Promise<number> {
  const { map, reason } = await codeOf(first, run);
  /** The connection may go. */
  let restarting = false;
  let leaving = false;
  let leave = (_code: number): void => {};
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });

  function watch(device: Device): void {
    void device.closed.then(() => {
      if (restarting || leaving || device !== conversation.device) return;
      run.complain(
        `${device.name} is gone: unplugged, or the board was switched off; plug it in and start again`,
      );
      leave(1);
    });
  }

  async function reboot(): Promise<void> {
    const { device } = conversation;
    restarting = true;
    device.write("\x10E.reboot()\n");
    const gone = await Promise.race([device.closed.then(() => true), pause(LOOK_MS * 2).then(() => false)]);
    restarting = false;
    if (!gone) return;
    terminal.show("the board restarts, and its port with it");
    try {
      conversation.attach(await again(run.open));
      watch(conversation.device);
      terminal.show(`connected to ${conversation.device.name} again`);
    } catch (error) {
      run.complain((error as Error).message);
      leave(1);
    }
  }

  const terminal = createTerminal({ ...run, reboot });
  const conversation: Conversation = createConversation({
    device: first,
    show: terminal.show,
    log,
    code: map,
  });
  terminal.show(
    `${first.name}: Espruino ${first.env.VERSION} on ${first.env.BOARD}; .help for help, .exit leaves`,
  );
  if (reason) terminal.show(reason);
  watch(first);
  void terminal.converse(conversation).then(() => leave(0));
  run.output.once("error", () => leave(0));
  const code = await left;
  leaving = true;
  await conversation.end();
  if (conversation.device !== first) await conversation.device.close();
  return code;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Connects as soon as the port is back. */
async function again(open: () => Promise<Device>): Promise<Device> {
  const end_ms = Date.now() + AWAY_MS;
  for (;;) {
    await pause(LOOK_MS);
    try {
      return await open();
    } catch (error) {
      if (Date.now() > end_ms) throw error;
    }
  }
}
