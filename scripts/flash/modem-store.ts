/** The modem's file store: what is in it, and how a file gets there. Clauses: Quectel's FILE AT Commands Manual. */
import { count } from "../build/report.ts";
import { DeviceError } from "../device/device.ts";
import { type Certificate, isOurs } from "./certificates.ts";
import type { Relay } from "./relay.ts";

/** Something failed that may go well the next time. */
class Trouble extends Error {}

/** Such as bytes that were lost on the way, or a modem that starts and refuses everything meanwhile. */
const TRIES = 4;
/** How long the modem waits for the next byte of an upload before it ends it. */
const UPLOAD_S = 5;
const FULL = [403, 420];
/** What no second try mends, besides. */
const REFUSED: Record<number, string> = {
  406: "the modem does not take its name",
  413: "the modem has too many files",
  423: "it is too large for the modem",
};
const SILENT =
  "the modem does not answer, though its power key was pressed: is it there, with power? npm run doctor tells more";
const FREE_SOME =
  'on the board\'s console modem.at(\'AT+QFLST="*"\',print) lists its files, and AT+QFDEL="NAME" deletes one';

/** XOR of the 16-bit words, high byte first; an odd last byte is a high one. */
export function checksumOf(bytes: string): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum ^= bytes.charCodeAt(i) << (i % 2 ? 0 : 8);
  return sum;
}

/** Sends commands that must all be answered by OK. Throws `Trouble`, and `DeviceError` for what stays as it is. */
async function ask(relay: Relay, commands: string[], payload = false): Promise<string[][]> {
  const answers = await relay.ask(commands, payload);
  if (!answers.length) throw new DeviceError(SILENT);
  for (const [i, command] of commands.entries()) {
    const result = answers[i]?.at(-1) ?? "";
    const name = command.split("=")[0];
    const code = Number(/^\+CME ERROR: (\d+)$/.exec(result)?.[1] ?? 0);
    if (FULL.includes(code))
      throw new DeviceError(`the modem's file store is full (error ${code}): ${FREE_SOME}`);
    if (REFUSED[code]) throw new DeviceError(`${REFUSED[code]} (error ${code}): ${FREE_SOME}`);
    if (!result.startsWith("OK"))
      throw new Trouble(
        code || result === "ERROR" ? `it answers ${result} to ${name}` : `it does not answer ${name}`,
      );
  }
  return answers;
}

/** Sizes by name, of some files or of all. */
function sizesIn(lines: string[]): Map<string, number> {
  const found = lines.flatMap((line) => {
    const [, name, size] = /^\+QFLST: "(?:UFS:)?([^"]*)",(\d+)$/.exec(line) ?? [];
    return name ? [[name, Number(size)] as const] : [];
  });
  return new Map(found);
}

/** Size and checksum that the modem tells of a file. */
function toldOf(lines: string[], command: string): [size: number, checksum: number] {
  const line = lines.find((told) => told.startsWith(`+${command}: `)) ?? "";
  const [, size, checksum] = /: (\d+),([\da-fA-F]+)$/.exec(line) ?? [];
  return [Number(size), Number.parseInt(checksum ?? "", 16)];
}

/** Without echo, and with numbers for errors; the firmware has it so, too. A store without files may answer with an error. */
async function list(relay: Relay): Promise<Map<string, number>> {
  const answers = await relay.ask(["ATE0", "AT+CMEE=1", 'AT+QFLST="*"']);
  if (!answers.length) throw new DeviceError(SILENT);
  const lines = answers[2] ?? [];
  if (lines.at(-1) !== "OK" && lines.at(-1) !== "+CME ERROR: 405")
    throw new Trouble("it does not tell its files (AT+QFLST)");
  return sizesIn(lines);
}

/** Whether a file that is there is right, which name and size do not tell: an upload that was cut may have got other bytes. */
async function isRight(relay: Relay, { name, size, bytes }: Certificate): Promise<boolean> {
  if (bytes === undefined) return true;
  const [lines = []] = await relay.ask([`AT+QFDWL="${name}"`]);
  const [told, checksum] = toldOf(lines, "QFDWL");
  return told === size && checksum === checksumOf(bytes);
}

async function upload(
  relay: Relay,
  { name, size }: Certificate,
  bytes: string,
  onProgress: (done: number) => void,
): Promise<void> {
  await relay.load(bytes, onProgress);
  const answers = await ask(relay, [`AT+QFUPL="${name}",${size},${UPLOAD_S}`, `AT+QFLST="${name}"`], true);
  const [[told, checksum], stored] = [toldOf(answers[0] ?? [], "QFUPL"), sizesIn(answers[1] ?? []).get(name)];
  if (told !== size || stored !== size)
    throw new Trouble(`it got ${count(stored ?? (told || 0))} of ${count(size)} bytes`);
  if (checksum !== checksumOf(bytes)) throw new Trouble("its checksum is another");
}

/** The store of one modem. */
export interface ModemStore {
  /**
   * Sees to it that a file is there. "there": it was; "put": it is now; "missing": it is not, and we have it neither. Throws
   * `DeviceError`.
   */
  put(file: Certificate, onProgress: (done: number) => void): Promise<"there" | "put" | "missing">;
  /** Deletes what earlier settings had put there; gives the names. Throws `DeviceError`. */
  deleteOld(wanted: Certificate[]): Promise<string[]>;
}

/** `pause_ms`: from try to try. */
export function createModemStore(relay: Relay, pause_ms: number): ModemStore {
  /** What is there, as far as known. */
  let sizes: Map<string, number> | undefined;

  /** Tries again what may go well the next time. */
  async function tried<T>(what: string, action: (sizes: Map<string, number>) => Promise<T>): Promise<T> {
    for (let left = TRIES; ; left--) {
      try {
        sizes ??= await list(relay);
        return await action(sizes);
      } catch (error) {
        sizes = undefined;
        if (!(error instanceof Trouble)) throw error;
        if (left <= 1) throw new DeviceError(`the modem: ${what}: ${error.message}; run the same again`);
        await new Promise((resolve) => setTimeout(resolve, pause_ms));
      }
    }
  }

  return {
    put: (file, onProgress) =>
      tried(`${file.field} is not on it`, async (known) => {
        const size = known.get(file.name);
        if (size === file.size && (await isRight(relay, file))) return "there";
        if (file.bytes === undefined) return "missing";
        if (size !== undefined) await ask(relay, [`AT+QFDEL="${file.name}"`]);
        await upload(relay, file, file.bytes, onProgress);
        known.set(file.name, file.size);
        return "put";
      }),
    deleteOld: (wanted) =>
      tried("old certificates stay on it", async (known) => {
        const old = [...known.keys()].filter(
          (name) => isOurs(name) && !wanted.some((file) => file.name === name),
        );
        if (old.length)
          await ask(
            relay,
            old.map((name) => `AT+QFDEL="${name}"`),
          );
        return old;
      }),
  };
}
