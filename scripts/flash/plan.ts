/** What becomes of a board's Storage: found out before anything on it is changed, then done. */
import type { BoardName } from "../boards.ts";
import type { Loader } from "../build/loader.ts";
import { count } from "../build/report.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { CODE_FILE, type CodeLayout, layOut, type Tokenise } from "./code-layout.ts";
import { isLeadStored } from "./lead.ts";
import { boxLength, countWaiting, findBox, hasLead, isMovable, makeBox, OUTBOX_FILE } from "./outbox-file.ts";
import { type Output, waitFor } from "./progress.ts";
import { SETTINGS_FILE, storedSettings } from "./settings.ts";
import {
  FIRMWARE_FILE,
  findSlots,
  isSlotsFile,
  makeSlots,
  noSlots,
  SLOTS_FILE,
  SLOTS_FILE_BYTES,
  type Slots,
} from "./slots.ts";
import {
  erase,
  findWay,
  isOrphan,
  isStored,
  type NewFile,
  type Room,
  readStorage,
  refuseProgram,
  roomOf,
  type StorageState,
  tooFull,
  type Way,
} from "./storage.ts";

/** A sector of 128 KB takes a second or two to erase. */
const COMPACTION_TIMEOUT_MS = 60_000;

export interface Wanted {
  board: BoardName;
  /** Undefined: those on the board stay. */
  settings: string | undefined;
  /** The blob, and its form in Storage. */
  code: string;
  tokenise: Tokenise;
  /** With slots for firmware that comes over the air, if there is room; undefined: the firmware has no use for any. */
  loader: Loader | undefined;
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
  /** The slots' file is made, behind the outbox's. */
  slots: boolean;
  /** Written into the lead of the outbox's file, before the others; "": nothing is. */
  lead: string;
  /** Written, in this order. */
  files: NewFile[];
  /** Addresses of updates that must not run any more, once the files are there. */
  retire: number[];
  /** Files that are of no use then. */
  stale: string[];
  /** Told to the user. */
  notes: string[];
}

/** Where the user is told. */
export interface Told {
  say(line: string): void;
  output: Output;
}

/** Nothing is to be done. */
export const isDone = ({ outbox_bytes, slots, lead, files, retire, stale }: Plan): boolean =>
  !outbox_bytes && !slots && !lead && !files.length && !retire.length && !stale.length;

/** All that needs room. */
export const roomsOf = ({
  outbox_bytes,
  slots,
  files,
}: Pick<Plan, "outbox_bytes" | "slots" | "files">): Room[] => [
  ...(outbox_bytes ? [{ name: OUTBOX_FILE, bytes: { length: boxLength(outbox_bytes) } }] : []),
  ...(slots ? [{ name: SLOTS_FILE, bytes: { length: SLOTS_FILE_BYTES } }] : []),
  ...files,
];

const namesOf = (files: NewFile[]): string[] => files.map(({ name }) => name);

const OURS = [OUTBOX_FILE, SLOTS_FILE, SETTINGS_FILE, FIRMWARE_FILE, CODE_FILE];
const isOurs = ([name]: [string, number]): boolean => OURS.includes(name) || isOrphan(name);

/** Throws `DeviceError` when there is no room, or samples in the outbox would be lost. */
export async function planFor(device: Device, wanted: Wanted): Promise<Plan> {
  const { board, loader } = wanted;
  if (!loader) return planWith(device, wanted, undefined);
  const slots = await findSlots(device, loader);
  if (slots || isSlotsFile(board))
    try {
      return await planWith(device, wanted, slots);
    } catch (error) {
      // The outbox and what waits in it, and the firmware itself, come before slots.
      if (slots || !(error instanceof DeviceError)) throw error;
    }
  const plan = await planWith(device, { ...wanted, loader: undefined }, undefined);
  plan.notes.push(noSlots(board));
  return plan;
}

/** The plan for a board with a loader, or without. `slots`: those that are there. */
async function planWith(device: Device, wanted: Wanted, slots: Slots | undefined): Promise<Plan> {
  const state = await readStorage(device);
  refuseProgram(state);
  const { loader } = wanted;
  const stale = loader ? [] : staleIn(state);
  const { board, outbox_bytes = 0 } = wanted;
  const box = outbox_bytes ? await findBox(device, board) : undefined;
  const keeps = box?.bytes === (outbox_bytes || undefined);
  const leads = box && keeps ? await hasLead(device, box) : outbox_bytes > 0 && state.free === state.total;
  // Then the outbox's file can become the first one.
  const alone = outbox_bytes > 0 && state.files.every(isOurs);

  const whole = layOut(wanted.code, wanted.tokenise, false);
  let plan = await missing(device, wanted, whole, keeps ? 0 : outbox_bytes);
  plan.slots = loader !== undefined && !slots;
  plan.retire = slots?.live ?? [];
  let way = findWay(state, roomsOf(plan));
  if (way && way !== "write" && loader && slots && isSlotsFile(board)) {
    // Clearing deleted files away would move it.
    plan.slots = true;
    plan.retire = [];
    way = findWay(state, roomsOf(plan));
  }
  if (!way && leads && !loader) {
    const split = layOut(wanted.code, wanted.tokenise, true);
    plan = await missing(device, wanted, split, plan.outbox_bytes);
    way = findWay(state, roomsOf(plan));
  }
  if (!way && (leads || !alone)) throw tooFull(state, roomsOf(plan));
  if (way) plan.way = way;
  if (way === "erase") {
    plan.erase = namesOf(plan.files);
    plan.notes.push("There is no room beside the old firmware: erasing it first");
  }
  let why = box && !keeps ? `outbox_bytes is ${count(outbox_bytes)} now, and was ${count(box.bytes)}` : "";
  if (!way) why ||= "only as the first file in Storage it leaves room for the code";
  const moves = box && keeps && plan.way !== "write" && isMovable(box, plan.erase);
  if (moves) why = "clearing deleted files away moves it";
  if (!way || moves || (plan.outbox_bytes && plan.way !== "write")) {
    // Once for all: as the first file it will not be moved again.
    const settings = wanted.settings ?? (alone ? await storedSettings(device) : undefined);
    plan = anew(outbox_bytes, settings, whole, loader);
    if (alone && !loader && !findWay(state, roomsOf(plan)))
      plan = anew(outbox_bytes, settings, layOut(wanted.code, wanted.tokenise, true), undefined);
    if (!findWay(state, roomsOf(plan))) throw tooFull(state, roomsOf(plan));
  } else if (plan.slots && plan.way !== "write") plan.erase.push(SLOTS_FILE);
  plan.stale = stale;
  if (plan.slots)
    plan.notes.push(
      `Two slots for firmware over the air take ${count(SLOTS_FILE_BYTES)} bytes of Storage: ${SLOTS_FILE}`,
    );
  if (plan.retire.length) plan.notes.push("The firmware that came over the air gives way to this one");
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

/** What is not on the board as it should be. */
async function missing(
  device: Device,
  { settings, loader }: Wanted,
  { lead, boot }: CodeLayout,
  outbox_bytes: number,
): Promise<Plan> {
  const plan: Plan = {
    ...{ way: "write", erase: [], outbox_bytes, slots: false, lead: "" },
    ...{ files: [], retire: [], stale: [], notes: [] },
  };
  if (lead && !(await isLeadStored(device, lead))) {
    plan.lead = lead;
    if (!outbox_bytes && !(await isLeadStored(device, "")))
      plan.notes.push(
        `The page with the code's first part and the header of ${OUTBOX_FILE} is erased: keep the power on, or all of its Storage is lost`,
      );
  }
  // The code goes with its lead.
  for (const file of filesOf(settings, boot, loader))
    if ((plan.lead && file.name === CODE_FILE) || !(await isStored(device, file))) plan.files.push(file);
  return plan;
}

/** All of it, with the outbox as the first of our files. */
function anew(
  outbox_bytes: number,
  settings: string | undefined,
  { lead, boot }: CodeLayout,
  loader: Loader | undefined,
): Plan {
  const files = filesOf(settings, boot, loader);
  return {
    way: "erase",
    erase: [OUTBOX_FILE, ...(loader ? [SLOTS_FILE] : []), ...namesOf(files)],
    outbox_bytes,
    slots: loader !== undefined,
    lead,
    files,
    retire: [],
    stale: [],
    notes: ["Erasing the old firmware first, so that the outbox gets the first place in Storage"],
  };
}

/** The last one is what runs at the start. */
const filesOf = (settings: string | undefined, boot: string, loader: Loader | undefined): NewFile[] => [
  ...(settings === undefined ? [] : [{ name: SETTINGS_FILE, bytes: settings }]),
  ...(loader ? [{ name: FIRMWARE_FILE, bytes: boot }] : []),
  { name: CODE_FILE, bytes: loader?.boot ?? boot },
];

/** What a board without a loader has of one; their room counts as that of deleted files from here on. */
function staleIn(state: StorageState): string[] {
  const stale = state.files.filter(([name]) => name === FIRMWARE_FILE || name === SLOTS_FILE);
  state.files = state.files.filter((file) => !stale.includes(file));
  if (state.fileBytes !== undefined) state.fileBytes -= roomOf(stale.map(([, length]) => length));
  return stale.map(([name]) => name);
}

/**
 * Makes room the least harmful way, and says what it does. The app must not run any more: its functions are in what is
 * moved. A power cut during compaction makes the interpreter erase the whole Storage at its next start, so the board
 * then is a plain interpreter.
 */
export async function makeRoom(device: Device, plan: Plan, { say, output }: Told): Promise<void> {
  for (const note of plan.notes) say(note);
  if (plan.way !== "write") {
    for (const name of [...plan.erase, ...plan.stale]) await erase(device, name);
    say(
      "Clearing deleted files away (Storage.compact), some seconds: keep the power on, or all of its Storage is lost",
    );
    await waitFor("Clearing up", COMPACTION_TIMEOUT_MS, output, () =>
      device.evaluate('require("Storage").compact()', COMPACTION_TIMEOUT_MS),
    );
    const after = await readStorage(device);
    if (findWay(after, roomsOf(plan)) !== "write")
      throw new DeviceError(
        `the Storage could not be compacted (${count(after.free)} bytes are free): copy what you want to keep, then require("Storage").eraseAll() on the board's console, which also loses what waits in the outbox, and flash again`,
      );
  }
  if (plan.outbox_bytes) await makeBox(device, plan.outbox_bytes);
  if (plan.slots) await makeSlots(device);
}
