import { compact } from "./compaction.ts";
import { writeUnaligned } from "./flash.ts";
import {
  align,
  type FileHeader,
  FLAG_STORAGE_FILE,
  files,
  following,
  HEADER_BYTES,
  headerAt,
  isErased,
  isRealFile,
  NAME_BYTES,
  nextPage,
  type StorageArea,
  WORD,
} from "./storage-layout.ts";

export interface StorageStats {
  totalBytes: number;
  freeBytes: number;
  fileBytes: number;
  fileCount: number;
  trashBytes: number;
  trashCount: number;
}

const cutName = (name: string): string => name.slice(0, NAME_BYTES).split("\0", 1)[0] as string;

export function findFile(area: StorageArea, name: string): FileHeader | undefined {
  const wanted = cutName(name);
  for (const header of files(area)) if (!header.deleted && header.name === wanted) return header;
  return undefined;
}

/** A file's bytes; undefined when there is none. Offset and length are clipped; length 0 is all. */
export function readFile(area: StorageArea, name: string, offset = 0, length = 0): Buffer | undefined {
  const header = findFile(area, name);
  if (!header) return undefined;
  const from = Math.min(Math.max(offset, 0), header.size);
  const count = Math.min(length <= 0 ? header.size : length, header.size - from);
  return Buffer.from(area.flash.read(header.address + HEADER_BYTES + from, count));
}

/** Deletes a file by clearing the first word of its name. */
export function eraseFile(area: StorageArea, name: string): boolean {
  const header = findFile(area, name);
  if (!header) return false;
  area.flash.write(header.address + WORD, new Uint8Array(WORD));
  return true;
}

/**
 * Writes at an offset of a file, as Espruino does: at offset 0 an existing file is deleted and a new one made, unless
 * it holds the same already or is still erased. Throws an Error with Espruino's own message.
 */
export function writeFile(
  area: StorageArea,
  name: string,
  data: Uint8Array,
  offset = 0,
  requestedSize = 0,
  flags = 0,
): boolean {
  if (offset < 0 || requestedSize < 0) return false;
  const size = requestedSize || data.length;
  if (!size) throw new Error("Can't create zero length file");
  let header = findFile(area, name);
  if (offset === 0) {
    const sameShape = header && header.size === size && header.flags === flags;
    if (!header || !sameShape || !isErased(area, header.address + HEADER_BYTES, size)) {
      if (header && sameShape && data.length === size) {
        const stored = area.flash.read(header.address + HEADER_BYTES, size);
        if (Buffer.compare(stored, data) === 0) return true;
      }
      if (header) eraseFile(area, name);
      header = createFile(area, name, size, flags);
    }
  }
  if (!header) throw new Error("Unable to find or create file");
  if (offset + data.length > header.size) throw new Error("Too much data for file size");
  const address = header.address + HEADER_BYTES + offset;
  if (!isErased(area, address, data.length)) throw new Error("File already written with different data");
  if (data.length) writeUnaligned(area.flash, address, data);
  return true;
}

/** Puts a header where the file fits, compacting when only that makes room; undefined when there is none. */
function createFile(area: StorageArea, name: string, size: number, flags: number): FileHeader | undefined {
  const needed = align(size) + HEADER_BYTES;
  let room = findRoom(area, needed);
  if (!room.address && needed < room.free + room.trash && compactStorage(area)) room = findRoom(area, needed);
  if (!room.address) return undefined;
  const raw = Buffer.alloc(HEADER_BYTES);
  raw.writeUInt32LE(((flags << 24) | size) >>> 0, 0);
  raw.write(cutName(name), WORD, "latin1");
  area.flash.write(room.address, raw);
  return { address: room.address, size, flags, name: cutName(name), deleted: false };
}

function findRoom(area: StorageArea, needed: number): { address: number; free: number; trash: number } {
  let free = 0;
  let trash = 0;
  let address = area.start;
  while (address) {
    for (let header = headerAt(area, address); header; header = headerAt(area, address)) {
      if (header.deleted) trash += header.size;
      address = following(area, header);
      if (!address) return { address: 0, free, trash };
    }
    const page = nextPage(area, address);
    // Behind an empty page all is empty.
    const space = (page && headerAt(area, page) ? page : area.end) - address;
    free += space;
    if (space >= needed) return { address, free, trash };
    address = page;
  }
  return { address: 0, free, trash };
}

export function stats(area: StorageArea): StorageStats & { firstPageWithTrash: number } {
  const result = { fileBytes: 0, fileCount: 0, trashBytes: 0, trashCount: 0 };
  let last = area.start;
  let unbrokenPage = area.start;
  let firstPageWithTrash = 0;
  for (const header of files(area)) {
    if ((header.address - area.flash.start) % area.flash.pageSize === 0) unbrokenPage = header.address;
    const bytes = align(header.size) + HEADER_BYTES;
    last = header.address + bytes;
    if (header.deleted) {
      result.trashBytes += bytes;
      result.trashCount++;
      firstPageWithTrash ||= unbrokenPage;
    } else {
      result.fileBytes += bytes;
      result.fileCount++;
    }
  }
  return { totalBytes: area.end - area.start, freeBytes: area.end - last, ...result, firstPageWithTrash };
}

/** Moves the live files together; false when there was nothing to gain or no memory to do it with. */
export function compactStorage(area: StorageArea): boolean {
  const { trashBytes, fileBytes, firstPageWithTrash } = stats(area);
  if (!trashBytes) return false;
  const swapBytes = Math.min(fileBytes, area.flash.pageSize + HEADER_BYTES);
  if (swapBytes > area.swapBytes) return false;
  area.print("Compacting... ");
  const done = compact(area, firstPageWithTrash, swapBytes);
  if (done) area.print("\n");
  return done;
}

export function eraseAll(area: StorageArea): void {
  for (let page = area.start; page < area.end; page += area.flash.pageSize) area.flash.erasePage(page);
}

/** The check at the first boot: what follows the last file must be erased, or Storage counts as corrupt. */
export function isValid(area: StorageArea): boolean {
  let header = headerAt(area, area.start);
  if (!header) return isErased(area, area.start, area.end - area.start);
  while (header) {
    const address = following(area, header);
    if (!address) return align(header.address + HEADER_BYTES + header.size) <= area.end;
    header = headerAt(area, address);
    if (!header) {
      const page = nextPage(area, address);
      // The interpreter looks at the last header it read: this page's, or the last page's own tail.
      if (!page) return isErased(area, address, HEADER_BYTES);
      header = headerAt(area, page);
      if (!header) return isErased(area, page, HEADER_BYTES);
    }
  }
  return true;
}

/** Names of the files, StorageFiles by their first chunk; `storageFiles` picks only those, or only the others. */
export function list(area: StorageArea, storageFiles?: boolean): { name: string; address: number }[] {
  const found: { name: string; address: number }[] = [];
  for (const { name, flags, address } of [...files(area)].filter(isRealFile)) {
    const isStorageFile = (flags & FLAG_STORAGE_FILE) !== 0;
    if (storageFiles !== undefined && storageFiles !== isStorageFile) continue;
    if (isStorageFile && !name.endsWith("\x01")) continue;
    found.push({ name: isStorageFile && storageFiles ? name.slice(0, -1) : name, address });
  }
  return found;
}
