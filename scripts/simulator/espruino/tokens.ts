/** Code that was pretokenised (`.bootcde` as the flash tool writes it), as text again for V8. */
import { loadEspruinoTools } from "../../device/espruino-tools.ts";

/** The interpreter's reserved words and operators are single bytes from here on; see src/jslex.h. */
const FIRST_TOKEN = 0x8a;
const RAW_STRING8 = 0xd1;
const RAW_STRING16 = 0xd2;
const RAW_INT0 = 0xd3;
const RAW_INT8 = 0xd4;
const RAW_INT16 = 0xd5;

/** A slash behind one of these begins a regular expression. */
const BEFORE_REGEXP =
  /(?:^|[([{},;=:!&|?+\-*%^~<>]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof))\s*$/;
/** What is copied as it is: strings, comments; regular expressions where they can be. */
const QUOTED = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`(?:\\.|[^`\\])*`?|\/\/[^\n]*|\/\*.*?(?:\*\/|$)/sy;
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//sy;

let words: string[] | undefined;

/** The words by token, from EspruinoTools; one token at a time, for its `untokenise` loses the sign of integers. */
function wordOf(token: number): string {
  if (!words) {
    const { espruino, stop } = loadEspruinoTools();
    stop();
    words = Array.from({ length: RAW_STRING8 - FIRST_TOKEN }, (_, i) =>
      espruino.Plugins.Pretokenise.untokenise(String.fromCharCode(FIRST_TOKEN + i)),
    );
  }
  return words[token - FIRST_TOKEN] as string;
}

const literal = (bytes: string): string =>
  JSON.stringify(bytes).replace(/[\x7f-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);

let last: { source: string; text: string } | undefined;

/** The same program without tokens; text without any comes back unchanged. Bytes as char codes 0-255. */
export function detokenise(source: string): string {
  if (!/[\x8a-\xd5]/.test(source)) return source;
  // A board that starts again, in most tests, has the code of before.
  if (last?.source !== source) last = { source, text: withoutTokens(source) };
  return last.text;
}

function withoutTokens(source: string): string {
  let text = "";
  let at = 0;
  const byte = (offset: number): number => source.charCodeAt(at + offset);
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const raw = (header: number, length: number): void => {
    text += literal(source.substr(at + header, length));
    at += header + length;
  };
  const number = (value: number, length: number): void => {
    text += value;
    at += length;
  };
  while (at < source.length) {
    const token = byte(0);
    const copied = match(QUOTED) ?? (BEFORE_REGEXP.test(text.slice(-20)) ? match(REGEXP) : undefined);
    if (copied !== undefined) {
      text += copied;
      at += copied.length;
    } else if (token === RAW_STRING8) raw(2, byte(1));
    else if (token === RAW_STRING16) raw(3, byte(1) | (byte(2) << 8));
    else if (token === RAW_INT0) number(0, 1);
    else if (token === RAW_INT8) number((byte(1) << 24) >> 24, 2);
    else if (token === RAW_INT16) number(((byte(1) | (byte(2) << 8)) << 16) >> 16, 3);
    else if (token >= FIRST_TOKEN && token < RAW_STRING8) {
      text += ` ${wordOf(token)} `;
      at++;
    } else text += source[at++];
  }
  return text;
}
