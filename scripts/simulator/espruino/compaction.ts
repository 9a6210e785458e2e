import { align, files, HEADER_BYTES, isRealFile, nextPage, type StorageArea } from "./storage-layout.ts";

/**
 * Streams the live files from `start` on through a swap buffer back into the same pages: a page is erased and written
 * as soon as nothing in it is still to be read. Between an erase and the last word written Storage is broken, which is
 * why a power cut here loses everything. False when the buffer is too small to go on.
 */
export function compact(area: StorageArea, start: number, swapBytes: number): boolean {
  const { flash, end } = area;
  const buffer: number[] = [];
  let writeAddress = start;
  const pageEnd = (): number => nextPage(area, writeAddress) || end;

  const flush = (readAddress: number): void => {
    while (buffer.length && readAddress >= pageEnd()) {
      const piece = buffer.splice(0, pageEnd() - writeAddress);
      if ((writeAddress - flash.start) % flash.pageSize === 0) flash.erasePage(writeAddress);
      flash.write(writeAddress, Uint8Array.from(piece));
      writeAddress += piece.length;
    }
  };

  let lastHeader = start;
  for (const header of files(area, start)) {
    lastHeader = header.address;
    if (!isRealFile(header)) continue;
    let address = header.address + HEADER_BYTES;
    const dataEnd = address + align(header.size);
    buffer.push(...flash.read(header.address, HEADER_BYTES));
    flush(address);
    while (address < dataEnd) {
      const count = Math.min(swapBytes - buffer.length, dataEnd - address);
      if (count <= 0) return false;
      buffer.push(...flash.read(address, count));
      address += count;
      flush(address);
    }
  }
  const tail = endOfFiles(area, lastHeader);
  flush(end);
  const firstFree = writeAddress === start ? start : nextPage(area, writeAddress - 1);
  if (firstFree) for (let page = firstFree; page < tail; page += flash.pageSize) flash.erasePage(page);
  return true;
}

/** Where the erasing may stop: the place at which the walk over the files ended. */
function endOfFiles(area: StorageArea, lastHeader: number): number {
  const header = [...files(area, lastHeader)][0];
  if (!header) return area.end;
  const after = align(header.address + HEADER_BYTES + header.size);
  if (after + HEADER_BYTES > area.end) return area.end;
  return nextPage(area, after) || area.end;
}
