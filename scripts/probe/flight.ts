/**
 * What a server sends in the open at the start of TLS 1.2: its certificates, whether it asks for ours, and why it gives up.
 * Node tells none of it where a handshake fails. RFC 5246, sections 6.2.1 and 7.4.
 */

export interface Flight {
  /** It speaks TLS. */
  isTls: boolean;
  /** What it sent, DER, its own first. */
  certificates: Buffer[];
  /** It asks for a certificate of ours. */
  asksForCertificate: boolean;
  /** The number of the alert it ended with, in the open; RFC 5246 7.2. */
  alert: number | undefined;
}

enum Content {
  Alert = 21,
  Handshake = 22,
}

enum Message {
  Certificate = 11,
  CertificateRequest = 13,
}

/** Bytes of what is in front of a record and of a message. */
const RECORD_HEAD = 5;
const MESSAGE_HEAD = 4;

/** Reads what came so far; what is cut off at the end is left out. */
export function readFlight(bytes: Buffer): Flight {
  const flight: Flight = { isTls: false, certificates: [], asksForCertificate: false, alert: undefined };
  const parts: Buffer[] = [];
  for (let at = 0; at + RECORD_HEAD <= bytes.length; ) {
    const content = bytes[at];
    // Anything else is no TLS, or encrypted from here on.
    if ((content !== Content.Alert && content !== Content.Handshake) || bytes[at + 1] !== 3) break;
    flight.isTls = true;
    const end = at + RECORD_HEAD + bytes.readUInt16BE(at + 3);
    const record = bytes.subarray(at + RECORD_HEAD, end);
    if (content === Content.Handshake) parts.push(record);
    else flight.alert = record[1];
    at = end;
  }
  readMessages(Buffer.concat(parts), flight);
  return flight;
}

function readMessages(bytes: Buffer, flight: Flight): void {
  for (let at = 0; at + MESSAGE_HEAD <= bytes.length; ) {
    const end = at + MESSAGE_HEAD + bytes.readUIntBE(at + 1, 3);
    if (end > bytes.length) return;
    const body = bytes.subarray(at + MESSAGE_HEAD, end);
    if (bytes[at] === Message.Certificate) flight.certificates = readCertificates(body);
    if (bytes[at] === Message.CertificateRequest) flight.asksForCertificate = true;
    at = end;
  }
}

/** A list with its length in front, each with its own; three bytes all. */
function readCertificates(body: Buffer): Buffer[] {
  const certificates: Buffer[] = [];
  for (let at = 3; at + 3 <= body.length; ) {
    const end = at + 3 + body.readUIntBE(at, 3);
    certificates.push(body.subarray(at + 3, end));
    at = end;
  }
  return certificates;
}
