/** One end of a TLS connection as bytes in and bytes out: the seam under which the cryptography is Node's, or none at all. */
import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";

/** A certificate, with its chain behind it, and its private key: PEM. */
export interface PemIdentity {
  certificate: string;
  key: string;
}

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2";

export interface TlsClientOptions {
  /** The name that is told in the hello (SNI); undefined: none. */
  server_name: string | undefined;
  least: TlsVersion;
  most: TlsVersion;
  /** By their numbers. */
  suites: readonly number[];
  /** Shown when the server asks for it. */
  identity: PemIdentity | undefined;
  /** Why the server, whose certificate is the first of these, is not to be trusted; undefined: it is. */
  judge(chain: readonly X509Certificate[]): string | undefined;
}

export interface TlsEvents {
  /** Bytes for the wire. */
  wire(bytes: string): void;
  /** The handshake is over, or failed, and why. */
  ready(failure: string | undefined): void;
  /** What came, deciphered. */
  data(bytes: string): void;
  /** The peer ended it, or it broke, after it was ready. */
  ended(): void;
}

export interface TlsEnd {
  /** Bytes from the wire. */
  take(bytes: string): void;
  /** No more of them will come. */
  wireEnded(): void;
  /** Sends, enciphered. */
  write(bytes: string): void;
  /** Says that this end is done; `said` when that is on the wire. */
  end(said: () => void): void;
  /** No event any more. */
  destroy(): void;
}

/** Begins a handshake as the client. */
export type Cryptography = (options: TlsClientOptions, events: TlsEvents) => TlsEnd;

/**
 * Begins a handshake as the server, on one end of a stream. It asks the client for a certificate, and takes any and none.
 * When the handshake is over, `secured` gets what is read and written in clear, and what the client showed.
 */
export type TlsServer = (
  wire: Duplex,
  identity: PemIdentity,
  secured: (clear: Duplex, shown: readonly X509Certificate[]) => void,
) => void;

/** The suites of a BG96, by their numbers: OpenSSL's names. All have RSA certificates, none is of TLS 1.3. */
export const RSA_SUITES: ReadonlyMap<number, string> = new Map([
  [0x0035, "AES256-SHA"],
  [0x002f, "AES128-SHA"],
  [0x0005, "RC4-SHA"],
  [0x0004, "RC4-MD5"],
  [0x000a, "DES-CBC3-SHA"],
  [0x003d, "AES256-SHA256"],
  [0xc011, "ECDHE-RSA-RC4-SHA"],
  [0xc012, "ECDHE-RSA-DES-CBC3-SHA"],
  [0xc013, "ECDHE-RSA-AES128-SHA"],
  [0xc014, "ECDHE-RSA-AES256-SHA"],
  [0xc027, "ECDHE-RSA-AES128-SHA256"],
  [0xc028, "ECDHE-RSA-AES256-SHA384"],
  [0xc02f, "ECDHE-RSA-AES128-GCM-SHA256"],
]);

/** What EC21 and EC25 have beside them. */
export const ECDSA_SUITES: ReadonlyMap<number, string> = new Map([
  [0xc009, "ECDHE-ECDSA-AES128-SHA"],
  [0xc00a, "ECDHE-ECDSA-AES256-SHA"],
  [0xc023, "ECDHE-ECDSA-AES128-SHA256"],
  [0xc024, "ECDHE-ECDSA-AES256-SHA384"],
  [0xc030, "ECDHE-RSA-AES256-GCM-SHA384"],
]);

const VERSIONS: readonly TlsVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2"];

/** Is `version` older than `than`? */
export const isOlder = (version: TlsVersion, than: TlsVersion): boolean =>
  VERSIONS.indexOf(version) < VERSIONS.indexOf(than);
