/**
 * Writing what lies in the lead of the outbox's file; see code-layout.ts.
 *
 * Other firmware needs another lead, and so its page erased, with the file's header, Storage's first, in it. For that time,
 * a tenth of a second, a power cut makes the interpreter take Storage for corrupt and erase all of it at its next start: what
 * a cut during `Storage.compact()` does for seconds, which a full Storage needs at each flash anyway. The board is a plain
 * interpreter then, and `flash` brings it back. The header is put back at once, by the board itself, before the code is even
 * sent; from then on a cut costs nothing, and the outbox's own pages are never touched. A lead that is erased, as in a file
 * that was made before there was code in it, needs no erasing.
 */
import { crc32 } from "node:zlib";
import { type BoardName, entryOf } from "../boards.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { CODE_FILE } from "./code-layout.ts";
import { BLOCK_BYTES, HEADER_BYTES, LEAD_BYTES, LEAD_OFFSET, OUTBOX_FILE } from "./outbox-file.ts";
import { erase } from "./storage.ts";

/** Of a line that is typed. */
const CHUNK_BYTES = 384;

const CHECKSUM = `(function(c){return c?E.CRC32(c):0})(require("Storage").read("${OUTBOX_FILE}",${LEAD_OFFSET},${LEAD_BYTES}))`;
/** From the last page to the first, which has the header. */
const ERASE = `(function(F,a){var h=F.read(${HEADER_BYTES},a),p=F.getPage(a).length,i;for(i=${BLOCK_BYTES}-p;i>0;i-=p)F.erasePage(a+i);F.erasePage(a);F.write(h,a)})`;

/** Whether the lead has this, and nothing behind it. */
export const isLeadStored = async (device: Device, lead: string): Promise<boolean> =>
  Number(await device.evaluate(CHECKSUM)) >>> 0 ===
  crc32(Buffer.from(lead.padEnd(LEAD_BYTES, "\xff"), "latin1"));

/** Writes it. Throws `DeviceError`; the firmware does not run then. */
export async function writeLead(
  device: Device,
  board: BoardName,
  lead: string,
  onProgress: (done: number) => void,
): Promise<void> {
  // The one that is there may need what the lead has now.
  await erase(device, CODE_FILE);
  if (!(await isLeadStored(device, "")))
    await device.evaluate(`${ERASE}(require("Flash"),${entryOf(board).storage_start})`);
  for (let i = 0; i < lead.length; i += CHUNK_BYTES) {
    const chunk = lead.slice(i, i + CHUNK_BYTES);
    await device.evaluate(
      `require("Storage").write("${OUTBOX_FILE}",atob("${btoa(chunk)}"),${LEAD_OFFSET + i})`,
    );
    onProgress(i + chunk.length);
  }
  if (!(await isLeadStored(device, lead)))
    throw new DeviceError(`${device.name}: what was sent into the lead of ${OUTBOX_FILE} is not there;`);
}
