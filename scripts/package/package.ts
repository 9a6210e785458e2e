/** What ThingsBoard gets to hand a board new firmware: the blob behind a line that says what it is for. */
import { type BoardName, entryOf } from "../boards.ts";
import { pretokenise } from "../device/pretokenise.ts";
import { checksumOf } from "../simulator/thingsboard/ota-package.ts";

export interface Package {
  /** By which ThingsBoard and the firmware know it: title and version are assigned, and have to be those of the board's code. */
  title: string;
  version: string;
  /** Tells a board before it loads anything what its first line says, too. */
  tag: string;
  bytes: Buffer;
  /** As ThingsBoard shows them. */
  crc32: string;
  sha256: string;
}

/** Whose tokens all later interpreters read; none before it reads any. */
const TOKENS = "2v20.48";

/** The package of a board's blob, as tokens, which take a sixth less in flash and on the air. `name`, `version`: of package.json, from which the build has them, too. */
export function packageOf(
  board: BoardName,
  code: string,
  { name, version }: { name: string; version: string },
): Package {
  const { env_names } = entryOf(board);
  const title = `${name} ${env_names[0]}`;
  const tag = `${title} ${version} ${TOKENS}`;
  const bytes = Buffer.from(`//${tag}\n${pretokenise(code, TOKENS)}`, "latin1");
  return {
    title,
    version,
    tag,
    bytes,
    crc32: checksumOf(bytes, "CRC32"),
    sha256: checksumOf(bytes, "SHA256"),
  };
}
