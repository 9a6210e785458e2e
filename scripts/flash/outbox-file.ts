/**
 * The Storage file with the outbox, of boards that have no flash besides Storage. Its records lie at fixed places in flash
 * pages, so Storage must not move it. It does not when nothing deleted lies in front of the file; and not even touch its
 * pages when it is the first file, as it then ends with a page. The format is firmware/tracker/slot.ts's. What is in front of
 * its first whole page, the lead, has code; see code-layout.ts.
 */
import { First, Format, Half, Kind, Part, Size } from "../../firmware/tracker/slot.ts";
import { type BoardName, entryOf } from "../boards.ts";
import { type FieldInfo, faultOf, fieldOf } from "../config/fields.ts";
import type { Device } from "../device/device.ts";

export const OUTBOX_FILE = "tb.box";

/** Has this board its outbox in the file? */
export const isBoxed = (board: BoardName): boolean => entryOf(board).storage_start !== undefined;

export const HEADER_BYTES = 32;
export const BLOCK_BYTES: number = Size.Block;
/** With the header a block: what a file may need until the first block begins, and has as the first file. */
const REST_BYTES = BLOCK_BYTES - HEADER_BYTES;
/** Where the lead begins in the file: with a write at 0 Storage would make the file anew. */
export const LEAD_OFFSET = 4;
export const LEAD_BYTES = REST_BYTES - LEAD_OFFSET;
/** Some milliseconds a record. */
const COUNT_TIMEOUT_MS = 60_000;

/** Each file, up to the outbox's: address of the header, length, name; of a deleted file "". */
const PLACES = `(function(a){var F=require("Flash"),e=a+process.env.STORAGE-31,l=[],g,h,s,n;while(a<e){h=F.read(32,a);s=h[0]|h[1]<<8|h[2]<<16;if(s+h[3]==0||s==0xffffff&&h[3]==255){if(g)break;g=1;n=F.getPage(a);a=n.addr+n.length}else{g=0;n=h[4]?E.toString(h).substr(4).split("\\0")[0]:"";l.push([a,s,n]);if(n=="${OUTBOX_FILE}")return l;a=a+s+35&~3}}return l})`;

/**
 * Records that wait between two addresses. One counts when all its slots have right checks, as it does for the firmware; a
 * block when its header has.
 */
export const WAITING = `(function(a,e){var F=require("Flash"),w=0,s,p,n,h,m;function C(b){return E.CRC32(new Uint8Array(b))|0}function H(b){var v=new Int32Array(b);return v[0]>0&&v[1]==C(new Int32Array([${Format.Version},v[0]]).buffer)}function K(s){var r=F.read(${Size.Slot},s),f;h=new Uint16Array(r.buffer);m=h[${Half.Ms}];h=h[${Half.SpeedOrLength}];f=new Int32Array(r.buffer)[0];r[0]&=${First.Kind};r[1]=r[2]=r[3]=0;return f&${First.Waits}&&(C(r.buffer)<<8&${First.Check}|r[0])==(f&~${First.Waits})?r[0]:0}for(;a<e;a+=${Size.Block}){s=F.read(${Size.Header},a).buffer;if(H(s))for(s=a+${Size.Header};s<a+${Size.Block};s+=${Size.Slot}){n=K(s);if(n==${Kind.Fix}||n==${Kind.OwnFix})w++;if(n==${Kind.Text}||n==${Kind.OwnText}||n==${Kind.Report}||n==${Kind.OwnReport}){n=n<${Kind.Report}?h-${Size.TextHead}:m&${Part.More}&&1;for(p=s;n>0&&K(p+=${Size.Slot})==${Kind.More};)n-=${Size.TextMore};if(n<=0)w++}}}return w})`;

export interface OutboxFile {
  /** Of its header. */
  address: number;
  /** What its whole blocks hold. */
  bytes: number;
  /** Names of the files in front of it; of a deleted one "". */
  before: string[];
}

const blockBytes = (bytes: number): number => Math.floor(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** The file's length for a setting. */
export const boxLength = (outbox_bytes: number): number => blockBytes(outbox_bytes) + REST_BYTES;

/** The first byte of the first block, and that after the last. */
function blocks(address: number, length: number): [from: number, to: number] {
  const data = address + HEADER_BYTES;
  return [blockBytes(data + BLOCK_BYTES - 1), blockBytes(data + length)];
}

/**
 * The setting in whole blocks: of the settings that go to the board, else of those it has, else the default. Undefined: this
 * board's outbox is in no file.
 */
export async function wantedBytes(
  device: Device,
  board: BoardName,
  settings: string | undefined,
): Promise<number | undefined> {
  if (!isBoxed(board)) return undefined;
  const field = fieldOf("outbox_bytes", board) as FieldInfo;
  const given =
    settings === undefined
      ? await device.evaluate('(require("Storage").readJSON("tb.json",true)||{}).outbox_bytes')
      : JSON.parse(settings).outbox_bytes;
  // A board flashed long ago may have one of no whole pages, of which the firmware takes those.
  const whole = typeof given === "number" ? blockBytes(given) : 0;
  return faultOf(field, whole) ? blockBytes(Number(field.default)) : whole;
}

/** Undefined: there is none. */
export async function findBox(device: Device, board: BoardName): Promise<OutboxFile | undefined> {
  const places = (await device.evaluate(`${PLACES}(${entryOf(board).storage_start})`)) as [
    number,
    number,
    string,
  ][];
  const [address, length, name] = places.pop() ?? [0, 0, ""];
  if (name !== OUTBOX_FILE) return undefined;
  const [from, to] = blocks(address, length);
  return { address, bytes: to - from, before: places.map(([, , name]) => name) };
}

/** Its lead can have code: it shares pages with no other file, and none with its blocks. */
export const hasLead = async (device: Device, { address, before }: OutboxFile): Promise<boolean> =>
  !before.length &&
  Number(await device.evaluate(`require("Flash").getPage(${address}).length`)) <= BLOCK_BYTES;

/** Compaction would move it, once these files are erased. */
export function isMovable({ before }: OutboxFile, erased: string[]): boolean {
  return before.some((name) => name === "" || erased.includes(name));
}

/** How many samples in it the server does not have yet. */
export async function countWaiting(device: Device, { address, bytes }: OutboxFile): Promise<number> {
  const [from] = blocks(address, bytes);
  return (await device.evaluate(`${WAITING}(${from},${from + bytes})`, COUNT_TIMEOUT_MS)) as number;
}

/** Makes the file, all erased, in place of the old one if there is one. There must be room. */
export async function makeBox(device: Device, outbox_bytes: number): Promise<void> {
  await device.evaluate(
    `(function(S){S.erase("${OUTBOX_FILE}");return S.write("${OUTBOX_FILE}","\\xff",0,${boxLength(outbox_bytes)})})(require("Storage"))`,
  );
}
