/** The certificates of a run with TLS, made anew each time. */
import { X509Certificate } from "node:crypto";
import { type Identity, makeCertificate } from "../certificate/make.ts";
import type { PemIdentity } from "../simulator/tls/cryptography.ts";

export interface Certificates {
  /** The authority's certificate, PEM. */
  ca: string;
  server: PemIdentity;
  /** The tracker's, for log-in by certificate. */
  device: PemIdentity | undefined;
}

/** Those of a fleet: each tracker's own in place of `device`, by its name. */
export interface FleetCertificates extends Certificates {
  devices: ReadonlyMap<string, PemIdentity>;
}

/** Names that this machine is reached by. */
const HOSTS = ["127.0.0.1", "localhost"];

async function serverOf(authority: Identity): Promise<PemIdentity> {
  const { certificate, key } = await makeCertificate({ name: "localhost", by: authority, hosts: HOSTS });
  // With its authority's, as most servers of that kind send it: `npm run config -- --fetch-ca` finds it there.
  return { certificate: certificate + authority.certificate, key };
}

/** RSA: the modem has no suites for others. `devices`: the trackers' names, the first one's is `device`. */
export async function makeCertificates(
  mutual: boolean,
  devices: readonly string[],
): Promise<FleetCertificates> {
  const authority = await makeCertificate({ name: "npm start", authority: true });
  const made = new Map<string, PemIdentity>();
  for (const name of mutual ? devices : [])
    made.set(name, await makeCertificate({ name, by: authority, client: true }));
  return {
    ca: authority.certificate,
    server: await serverOf(authority),
    device: made.get(devices[0] ?? ""),
    devices: made,
  };
}

/** A server's certificate for the same host, by an authority that nobody knows. */
export const makeWrongServer = async (): Promise<PemIdentity> =>
  serverOf(await makeCertificate({ name: "somebody else", authority: true }));

/** "AB:CD:…", the SHA-256 that browsers, openssl and `npm run config` show. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;
