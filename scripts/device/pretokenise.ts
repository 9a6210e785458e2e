/** Code as the interpreter's own tokens: about a sixth smaller, and a little faster. */
import { loadEspruinoTools } from "./espruino-tools.ts";
import { versionNumber } from "./version.ts";

/** Before it the interpreter reads tokens in other ways or not at all, least of all the Wio LTE's 2v08. */
const SINCE = versionNumber("2v20.48");

/**
 * The code as an interpreter of this version reads it best: with strings as tokens from 2v20.48, with integers from
 * 2v26; unchanged for older ones. Bytes as char codes 0-255.
 */
export function pretokenise(code: string, version: string): string {
  if (!(versionNumber(version) >= SINCE)) return code;
  const { espruino, stop } = loadEspruinoTools();
  espruino.Config.PRETOKENISE = 1;
  espruino.Core.Env.getBoardData().VERSION = version;
  try {
    return espruino.Plugins.Pretokenise.tokenise(code);
  } finally {
    stop();
  }
}
