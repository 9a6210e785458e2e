/**
 * Text as MQTT wants it: strings of UTF-8 bytes. The boards have no Unicode: a string there is bytes already and
 * passes through. Node and Espruino for Linux have it, and there text is converted.
 */

/** Bytes to a string of these char codes. */
export const chr = String.fromCharCode;

/** Put in by the build: false for a board whose interpreter has no Unicode, undefined where it may have. */
declare const __UNICODE__: false | undefined;

/**
 * Whether this interpreter's strings hold more than bytes. JSON.parse is asked, since Espruino's fromCharCode cuts
 * to a byte even where strings hold more.
 */
const unicode =
  typeof __UNICODE__ === "undefined" ? (JSON.parse('"\\u20ac"') as string) > "\xff" : __UNICODE__;

/** A JSON escape of one UTF-16 unit. The sum has five digits, of which the last four are wanted. */
function unitEscape(unit: number): string {
  return "\\u" + (0x10000 + unit).toString(16).substr(1);
}

/** Bytes as text: on boards they stay what they are, elsewhere UTF-8 is decoded, and what is none stays bytes. */
export function toText(bytes: string): string {
  return unicode ? fromUtf8(bytes) || bytes : bytes;
}

/** The text of UTF-8 bytes, on boards the bytes themselves; "" where they are not UTF-8. */
export function fromUtf8(bytes: string): string {
  let escaped = "";
  let i = 0;
  if (!/[^ -~]/.test(bytes)) return bytes;
  while (i < bytes.length) {
    let code = bytes.charCodeAt(i++);
    // How many follow. 4: this is none that leads [3.1 of Unicode]; then the value becomes too large.
    const more = code < 128 ? 0 : code < 194 ? 4 : code < 224 ? 1 : code < 240 ? 2 : 3;
    code &= 127 >> more;
    for (let left = more; left--; ) {
      // 128 to 191 become 0 to 63; the end, NaN, becomes 128.
      const next = bytes.charCodeAt(i++) ^ 128;
      if (next > 63) return "";
      code = (code << 6) | next;
    }
    // Longer than need be; a surrogate [MQTT-1.5.3-1]; above U+10FFFF.
    if ((more && !(code >> (5 * more + 1))) || code >> 11 === 27 || code >> 16 > 16) return "";
    if (unicode) {
      if (code > 65535) {
        escaped += unitEscape((code >> 10) + 0xd7c0);
        code = 0xdc00 | (code & 1023);
      }
      escaped += unitEscape(code);
    }
  }
  // Not fromCharCode, for the reason given above.
  return unicode ? JSON.parse('"' + escaped + '"') : bytes;
}

/**
 * JSON of any value, in UTF-8; null for what JSON has no word for.
 * Where there is Unicode, non-ASCII characters are escaped. On boards JSON.stringify does so, too, but each byte on its
 * own ("é" as \u00C3\u00A9); those become the bytes again.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value) || "null";
  if (!unicode) return unescapeBytes(text);
  return text.replace(/[^ -~]/g, function (character) {
    return unitEscape(character.charCodeAt(0));
  });
}

/** JSON whose \u00.. above 127 are bytes again. Each escape is read whole: of \\u00e9 the two backslashes are one. */
function unescapeBytes(text: string): string {
  let done = "";
  let from = 0;
  for (;;) {
    const backslash = text.indexOf("\\", from);
    // As most have none: not a copy of it.
    if (backslash < 0) return from ? done + text.substr(from) : text;
    const isUnit = text.charAt(backslash + 1) === "u";
    const end = backslash + (isUnit ? 6 : 2);
    const code = isUnit ? parseInt(text.substr(backslash + 2, 4), 16) : 0;
    done += code > 127 ? text.substring(from, backslash) + chr(code) : text.substring(from, end);
    from = end;
  }
}
