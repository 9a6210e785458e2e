import { crc32, fromBytes, toBytes } from "./bytes.ts";
import { pointedTo, typeName } from "./data.ts";
import { writeUnaligned } from "./flash.ts";
import { isArrayBuffer, printJson } from "./json.ts";
import { ParseError, parseJson } from "./json-parse.ts";
import type { Machine } from "./machine.ts";
import { KindError } from "./realm.ts";
import * as storage from "./storage.ts";

/** A plain object is written as JSON; all else as bytes. */
const isPlain = (data: unknown): data is object =>
  typeof data === "object" &&
  data !== null &&
  !Array.isArray(data) &&
  !ArrayBuffer.isView(data) &&
  !isArrayBuffer(data);

/** The realm's `require("Storage")`. What it reads is a copy: the interpreter's references into flash are not modelled. */
export function storageModule({ realm, spec, storage: area }: Machine): object {
  const module = realm.object();
  const bytesOf = (data: unknown): Uint8Array => {
    if (data === undefined) throw new Error("Can't get pointer to data to write");
    return fromBytes(pointedTo(data, spec.variableBytes));
  };
  const read = (name: unknown, offset?: number, length?: number): string | undefined => {
    const found = storage.readFile(area, String(name), offset, length);
    return found && toBytes(found);
  };
  realm.define(module, {
    read: (name, offset, length) => read(name, Math.trunc(offset) || 0, Math.trunc(length) || 0),
    readArrayBuffer(name) {
      const found = storage.readFile(area, String(name));
      return found && realm.uint8Array(found).buffer;
    },
    readJSON(name, noExceptions) {
      const text = read(name);
      if (text === undefined) return undefined;
      try {
        return parseJson(text, realm, true);
      } catch (error) {
        if (noExceptions) return undefined;
        throw error instanceof ParseError ? new KindError("SyntaxError", error.message) : error;
      }
    },
    write(name, data, offset = 0, size = 0) {
      if (isPlain(data))
        return storage.writeFile(area, String(name), bytesOf(printJson(data, { json: true })));
      return storage.writeFile(area, String(name), bytesOf(data), Math.trunc(offset), Math.trunc(size));
    },
    writeJSON: (name, data) =>
      storage.writeFile(
        area,
        String(name),
        bytesOf(printJson(data, { json: true, shortEscapes: true, dropQuotes: true })),
      ),
    erase(name) {
      storage.eraseFile(area, String(name));
    },
    eraseAll() {
      storage.eraseAll(area);
    },
    compact() {
      storage.compactStorage(area);
    },
    getFree: () => storage.stats(area).freeBytes,
    getStats() {
      const { firstPageWithTrash: _, ...rest } = storage.stats(area);
      return realm.object(rest);
    },
    list: (pattern, filter) =>
      realm.array(
        storage
          .list(area, filter?.sf)
          .map(({ name }) => name)
          .filter((name) => !pattern || name.match(pattern)),
      ),
    hash(pattern) {
      let hash = 0xabcddcba;
      for (const { name, address } of storage.list(area, false)) {
        if (pattern && !name.match(pattern)) continue;
        hash = ((hash << 1) | (hash >>> 31)) ^ address ^ crc32(name);
      }
      return hash | 0;
    },
    open() {
      throw new Error("StorageFile is not simulated");
    },
  });
  return module;
}

/** The realm's `require("Flash")`: raw pages, with no check of what they hold. */
export function flashModule({ realm, spec, storage: { flash, start } }: Machine): object {
  const module = realm.object();
  realm.define(module, {
    read: (length, address) =>
      length >= 1 ? realm.uint8Array(flash.read(Math.trunc(address), Math.trunc(length))) : undefined,
    write(data, address) {
      if (data === undefined) throw new Error("Data is not defined");
      writeUnaligned(flash, Math.trunc(address), fromBytes(pointedTo(data, spec.variableBytes)));
    },
    erasePage(address) {
      if (!Number.isInteger(address))
        throw new Error(`Address should be an integer, got ${typeName(address)}`);
      flash.erasePage(address);
    },
    getPage(address) {
      if (!(address >= flash.start && address < flash.start + flash.length)) return undefined;
      const page = Math.floor((address - flash.start) / flash.pageSize) * flash.pageSize;
      return realm.object({ addr: flash.start + page, length: flash.pageSize });
    },
    getFree() {
      const length = spec.freeBytes + (spec.freeHasStorage ? spec.storageBytes : 0);
      return realm.array(length ? [realm.object({ addr: start - spec.freeBytes, length })] : []);
    },
  });
  return module;
}
