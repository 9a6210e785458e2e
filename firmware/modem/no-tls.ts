/** `#tls` of a build without: plain TCP; a connection that is to be protected is not opened. */
import { Reason } from "../reason.ts";
import type { Protection } from "../socket.ts";
import { type Row, row } from "./way.ts";

export function beginTls(): void {}

export function isTrial(): boolean {
  return false;
}

export function isPlain(protection: Protection): boolean {
  return !protection.tls;
}

export function protectionWords(protection: Protection): string {
  return protection.tls ? "built without TLS" : "plain text";
}

/** Something to be refused after, as nothing is refused from inside `open`. */
export function tlsRow(_protection: Protection): Row | undefined {
  return row("AT", 1000);
}

export function tlsTold(_answer: Reason, _lines: string[], _protection: Protection, _host: string): Reason {
  return Reason.BuiltWithoutTls;
}

export function tlsOpened(answer: Reason, _protection: Protection): Reason {
  return answer;
}
