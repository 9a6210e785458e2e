/** One record in flash: read, found whole, torn or broken, done with. slot.ts has its form. */
import { Half, Kind, kindOf, Part, Place, release, Size } from "./slot.ts";

/** Espruino's: bytes as text, and back. */
declare const E: { toString(bytes: Uint8Array): string; toUint8Array(text: string): Uint8Array };

/** Flash as `require("Flash")` has it. */
export interface Flash {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array | number[] | string, address: number): void;
  /** Erases the page that has this address. */
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number };
}

/** What `readRecord` found. */
export const enum Found {
  /** No record, or one that nobody needs any more. */
  Nothing,
  /** One that waits: it was read. */
  Waits,
  /** One that was whole once. To be counted, as it is found only once. */
  Lost,
  /** The kept text, whole: it was read. */
  Kept,
}

export let flash: Flash;
/** The record that was read last: its first slot, what text the others have, and its length in flash, bytes. */
export let record: Uint8Array;
export let rest: string;
export let length: number;

export function useFlash(its_flash: Flash): void {
  flash = its_flash;
}

/** Whoever needed the slot at an address is done with it. */
export function clear(at: number): void {
  const first = flash.read(Size.Content, at);
  release(first);
  flash.write(first, at);
}

/** Reads the slot at an address. */
export function look(at: number): Kind {
  record = flash.read(Size.Slot, at);
  return kindOf(record);
}

/** Reads the record at an address. Where none waits `length` is one slot, and one that is broken or torn is cleared. */
export function readRecord(at: number): Found {
  let kind = look(at);
  const head = record;
  rest = "";
  length = Size.Slot;
  if (kind === Kind.Fix || kind === Kind.OwnFix) return Found.Waits;
  const is_report = kind === Kind.Report || kind === Kind.OwnReport;
  if (is_report || kind === Kind.Text || kind === Kind.OwnText || kind === Kind.Kept) {
    const whole = kind === Kind.Kept ? Found.Kept : Found.Waits;
    const halves = new Uint16Array(head.buffer);
    let left = is_report
      ? (halves[Half.Ms] as number) & Part.More && 1
      : (halves[Half.SpeedOrLength] as number) - Size.TextHead;
    for (; left > 0 && (kind = look(at + length)) === Kind.More; left -= Size.TextMore) {
      rest += E.toString(new Uint8Array(record.buffer, Size.Content));
      length += Size.Slot;
    }
    record = head;
    if (left <= 0) return whole;
    length = Size.Slot;
    // The rest was still to be written.
    if (kind === Kind.Erased) kind = Kind.Torn;
    // Any other slot there is another record's.
    else if (kind !== Kind.Torn) kind = Kind.Broken;
    // The record is lost, whatever broke. The kept text is none.
    head[0] = whole === Found.Kept ? Kind.Kept : 0;
  }
  // Other firmware's, which is of no use here.
  if (kind > Kind.OwnReport && kind < Kind.Torn) kind = Kind.Broken;
  if (kind === Kind.Torn) clear(at);
  // A part is counted with its record, and neither the state nor the kept text is one.
  if (kind === Kind.Broken && head[0] !== Kind.More && head[0] !== Kind.State && head[0] !== Kind.Kept) {
    clear(at);
    // Where flash does not take that, it would be counted each time.
    const cleared = look(at) === Kind.Done;
    record = head;
    head[0] = 0;
    if (cleared) return Found.Lost;
  }
  return Found.Nothing;
}

/** The text that was read last; to be asked for once. */
export function textOf(): string {
  const text = (E.toString(new Uint8Array(record.buffer, Place.Text, Size.TextHead)) + rest).substr(
    0,
    new Uint16Array(record.buffer)[Half.SpeedOrLength],
  );
  // It may be long.
  rest = "";
  return text;
}

/** A text as slots, of this kind and without a time. */
export function textSlots(kind: Kind, text: string): Uint8Array {
  const slots = new Uint8Array(
    Size.Slot * (1 + Math.max(Math.ceil((text.length - Size.TextHead) / Size.TextMore), 0)),
  );
  slots[0] = kind;
  new Uint16Array(slots.buffer)[Half.SpeedOrLength] = text.length;
  new Uint8Array(slots.buffer, Place.Text, Size.TextHead).set(E.toUint8Array(text.substr(0, Size.TextHead)));
  for (let at: number = Size.Slot, i: number = Size.TextHead; at < slots.length; at += Size.Slot) {
    slots[at] = Kind.More;
    new Uint8Array(slots.buffer, at + Size.Content, Size.TextMore).set(
      E.toUint8Array(text.substr(i, Size.TextMore)),
    );
    i += Size.TextMore;
  }
  return slots;
}

/** The slots of the record that was read last, which is at this address, as `put` takes them. */
export function slotsOf(at: number): Uint8Array {
  const slots = flash.read(length, at);
  // The kinds may have been mended.
  for (let i = 0; i < length; i += Size.Slot) slots[i] = i ? Kind.More : (record[0] as number);
  return slots;
}
