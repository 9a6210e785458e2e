/** What becomes of a board's Storage: found out before anything on it is changed, then done. */
import type { BoardName } from "../boards.ts";
import { count } from "../build/report.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { boxLength, countWaiting, findBox, isMovable, makeBox, OUTBOX_FILE } from "./outbox-file.ts";
import { type Output, waitFor } from "./progress.ts";
import { erase, isStored, type NewFile, type Room, readStorage, type Way, wayFor } from "./storage.ts";

/** A sector of 128 KB takes a second or two to erase. */
const COMPACTION_TIMEOUT_MS = 60_000;

export interface Wanted {
  board: BoardName;
  /** What the board is to have. */
  files: NewFile[];
  /** Of the outbox's file, in whole blocks; undefined: this board has none. */
  outbox_bytes: number | undefined;
  /** Go on where samples would be lost. */
  force: boolean;
}

export interface Plan {
  way: Way;
  /** What is erased first; of the way "erase". */
  erase: string[];
  /** The outbox's file is made, in front of all that is written; 0: it is not. */
  outbox_bytes: number;
  /** Written, in this order. */
  files: NewFile[];
  /** Told to the user. */
  notes: string[];
}

/** Where the user is told. */
export interface Told {
  say(line: string): void;
  output: Output;
}

/** Nothing is to be done. */
export const isDone = ({ outbox_bytes, files }: Plan): boolean => !outbox_bytes && !files.length;

/** All that needs room. */
export const roomsOf = ({ outbox_bytes, files }: Pick<Plan, "outbox_bytes" | "files">): Room[] => [
  ...(outbox_bytes ? [{ name: OUTBOX_FILE, bytes: { length: boxLength(outbox_bytes) } }] : []),
  ...files,
];

const namesOf = (files: NewFile[]): string[] => files.map(({ name }) => name);

/** Throws `DeviceError` when there is no room, or samples in the outbox would be lost. */
export async function planFor(device: Device, wanted: Wanted): Promise<Plan> {
  const missing: NewFile[] = [];
  for (const file of wanted.files) if (!(await isStored(device, file))) missing.push(file);
  const state = await readStorage(device);
  const { board, outbox_bytes = 0 } = wanted;
  const box = outbox_bytes ? await findBox(device, board) : undefined;

  const plan: Plan = { way: "write", erase: [], outbox_bytes: 0, files: missing, notes: [] };
  let why = "";
  if (box?.bytes !== (outbox_bytes || undefined)) {
    plan.outbox_bytes = outbox_bytes;
    if (box) why = `outbox_bytes is ${count(outbox_bytes)} now, and was ${count(box.bytes)}`;
  }
  plan.way = wayFor(state, roomsOf(plan));
  if (plan.way === "erase") {
    plan.erase = namesOf(missing);
    plan.notes.push("There is no room beside the old firmware: erasing it first");
  }
  if (plan.way !== "write" && box && !plan.outbox_bytes && isMovable(box, plan.erase)) {
    plan.outbox_bytes = outbox_bytes;
    why = "clearing deleted files away moves it";
  }
  if (plan.way !== "write" && plan.outbox_bytes) {
    // Once for all: as the first file it will not be moved again.
    plan.way = "erase";
    plan.files = wanted.files;
    plan.erase = [OUTBOX_FILE, ...namesOf(wanted.files)];
    plan.notes = ["Erasing the old firmware first, so that the outbox gets the first place in Storage"];
    wayFor(state, roomsOf(plan));
  }
  if (!plan.outbox_bytes) return plan;
  if (!box) plan.notes.push(`The outbox gets ${count(outbox_bytes)} bytes of Storage: ${OUTBOX_FILE}`);
  else {
    const waiting = await countWaiting(device, box);
    if (waiting && !wanted.force)
      throw new DeviceError(
        `the outbox, ${OUTBOX_FILE}, would be made anew (${why}), and with it ${count(waiting)} samples that the server does not have yet would be lost: flash when tracker.status().waiting is 0, or with --force`,
      );
    plan.notes.push(
      `The outbox, ${OUTBOX_FILE}, is made anew: ${why}${waiting ? `; ${count(waiting)} samples that waited in it are lost` : ""}`,
    );
  }
  return plan;
}

/**
 * Makes room the least harmful way, and says what it does. The app must not run any more: its functions are in what is
 * moved. A power cut during compaction makes the interpreter erase the whole Storage at its next start, so the board
 * then is a plain interpreter.
 */
export async function makeRoom(device: Device, plan: Plan, { say, output }: Told): Promise<void> {
  for (const note of plan.notes) say(note);
  if (plan.way !== "write") {
    for (const name of plan.erase) await erase(device, name);
    say(
      "Clearing deleted files away (Storage.compact), some seconds: keep the power on, or all of its Storage is lost",
    );
    await waitFor("Clearing up", COMPACTION_TIMEOUT_MS, output, () =>
      device.evaluate('require("Storage").compact()', COMPACTION_TIMEOUT_MS),
    );
    const after = await readStorage(device);
    if (wayFor(after, roomsOf(plan)) !== "write")
      throw new DeviceError(
        `the Storage could not be compacted (${count(after.free)} bytes are free): copy what you want to keep, then require("Storage").eraseAll() on the board's console, which also loses what waits in the outbox, and flash again`,
      );
  }
  if (plan.outbox_bytes) await makeBox(device, plan.outbox_bytes);
}
