/** The certificates of a run with TLS, made anew each time. */
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
  return {
    ca: authority.certificate,
    server: await makeCertificate({ name: "localhost", by: authority, hosts: HOSTS }),
    device: mutual ? await makeCertificate({ name: device, by: authority, client: true }) : undefined,
  };
}
