/** How files lie in Storage's pages: each a header and its bytes, one behind the other. */
import type { Flash } from "./flash.ts";

/** The part of the flash that Storage uses, whole pages. */
export interface StorageArea {
  flash: Flash;
  start: number;
  end: number;
  /** The largest swap buffer compaction can get, bytes: free stack, or else a contiguous string in the variables. */
  swapBytes: number;
  /** Where compaction says that it is at work. */
  print(text: string): void;
}

/** A file's header as it lies in flash: a word with size and flags, then the name, padded with zeros. */
export interface FileHeader {
  address: number;
  size: number;
  flags: number;
  /** 28 bytes of latin1 with the padding cut off; "" when the file is deleted or anonymous. */
  name: string;
  deleted: boolean;
}

export const HEADER_BYTES = 32;
export const NAME_BYTES = 28;
export const FLAG_STORAGE_FILE = 64;
const FLAG_COMPRESSED = 128;
export const WORD = 4;
const SIZE_MASK = 0x00ffffff;
const ERASED_WORD = 0xffffffff;

export const align = (bytes: number): number => Math.ceil(bytes / WORD) * WORD;

/** The header at an address; undefined where none can be, or where it runs past the end. */
export function headerAt(area: StorageArea, address: number): FileHeader | undefined {
  if (address + HEADER_BYTES > area.end) return undefined;
  const raw = Buffer.from(area.flash.read(address, HEADER_BYTES));
  const word = raw.readUInt32LE(0);
  const size = word & SIZE_MASK;
  if (word === ERASED_WORD || word === 0 || address + HEADER_BYTES + size > area.end) return undefined;
  const name = raw.toString("latin1", WORD).split("\0", 1)[0] as string;
  return { address, size, flags: word >>> 24, name, deleted: raw.readUInt32LE(WORD) === 0 };
}

export function isErased(area: StorageArea, address: number, length: number): boolean {
  return area.flash.read(address, length).every((byte) => byte === 0xff);
}

/** Address of the next page, 0 when there is none in Storage. */
export function nextPage(area: StorageArea, address: number): number {
  const { start, pageSize } = area.flash;
  const next = start + (Math.floor((address - start) / pageSize) + 1) * pageSize;
  return next >= area.end ? 0 : next;
}

/** Where the file after this one has its header; 0 when there is no room for another. */
export function following(area: StorageArea, header: FileHeader): number {
  const address = align(header.address + HEADER_BYTES + header.size);
  return address + HEADER_BYTES > area.end ? 0 : address;
}

/** All files, live and deleted, in flash order. A gap is jumped to the next page, but only once. */
export function* files(area: StorageArea, from = area.start): Generator<FileHeader> {
  let header = headerAt(area, from);
  while (header) {
    yield header;
    const address = following(area, header);
    if (!address) return;
    header = headerAt(area, address);
    if (!header) {
      const page = nextPage(area, address);
      header = page ? headerAt(area, page) : undefined;
    }
  }
}

/** Kept by compaction and listed: not deleted and of a known kind. */
export function isRealFile(header: FileHeader): boolean {
  return !header.deleted && [0, FLAG_STORAGE_FILE, FLAG_COMPRESSED].includes(header.flags);
}
