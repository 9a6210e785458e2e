/** The firmware's trace of the modem's line: `> "AT+CSQ\r"`, `< "\r\n+CSQ: 20,99\r\n"`. */

export interface Traced {
  /** ">": to the modem. */
  direction: ">" | "<";
  bytes: string;
}

/** Reads a line of the console; undefined: it is none of the trace. */
export function readTrace(line: string): Traced | undefined {
  const match = /^([<>]) (".*")$/.exec(line);
  if (!match) return undefined;
  // Interpreters before 2v05 write \xNN and \v in JSON.
  const json = (match[2] as string)
    .replace(/\\x([0-9A-Fa-f]{2})/g, "\\u00$1")
    .replace(/((?:^|[^\\])(?:\\\\)*)\\v/g, "$1\\u000b");
  try {
    return { direction: match[1] as ">" | "<", bytes: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

/** MQTT 3.1.1's CONNECT: type, remaining length, protocol name and level. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the packet's
const CONNECT = /^\x10[\x80-\xff]*[\x00-\x7f]\x00\x04MQTT\x04/;

/** AT without the SIM's PIN and the APN's login. */
export const withoutLogins = (text: string): string =>
  text
    .replace(/(AT\+CPIN=")[^"]*/g, "$1***")
    .replace(/(AT\+QICSGP=\d+,\d+,"[^"]*",")([^"]*)(",")([^"]*)/g, (all, before, user, between, password) =>
      user || password ? `${before}***${between}***` : all,
    );

/** The traced bytes as a line to show or keep: SIM's PIN, the APN's password and the access token are left out. */
export function showTrace({ direction, bytes }: Traced): string {
  if (CONNECT.test(bytes))
    return `${direction} (MQTT CONNECT, ${bytes.length} bytes: holds the access token)`;
  return `${direction} ${JSON.stringify(withoutLogins(bytes))}`;
}
