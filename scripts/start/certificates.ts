/** The certificates of a run with TLS, made anew each time. */
import { X509Certificate } from "node:crypto";
import { makeCertificate } from "../certificate/make.ts";
import type { PemIdentity } from "../simulator/tls/cryptography.ts";

export interface Certificates {
  /** The authority's certificate, PEM. */
  ca: string;
  server: PemIdentity;
  /** The tracker's, for log-in by certificate. */
  device: PemIdentity | undefined;
}

/** Names that this machine is reached by. */
const HOSTS = ["127.0.0.1", "localhost"];

/** RSA: the modem has no suites for others. */
export async function makeCertificates(mutual: boolean, device: string): Promise<Certificates> {
  const authority = await makeCertificate({ name: "npm start", authority: true });
  const { certificate, key } = await makeCertificate({ name: "localhost", by: authority, hosts: HOSTS });
  return {
    ca: authority.certificate,
    // With its authority's, as most servers of that kind send it: `npm run config -- --fetch-ca` finds it there.
    server: { certificate: certificate + authority.certificate, key },
    device: mutual ? await makeCertificate({ name: device, by: authority, client: true }) : undefined,
  };
}

/** "AB:CD:…", the SHA-256 that browsers, openssl and `npm run config` show. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
