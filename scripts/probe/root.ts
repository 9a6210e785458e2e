/** The root of a server's chain: what a tracker is to trust. */
import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

export interface Root {
  certificate: X509Certificate;
  /** It is in the list that Node carries, which is Mozilla's; else nobody but the server says that it is to be trusted. */
  isPublic: boolean;
}

/** Undefined: it is in no list, and the server does not send it. */
export function rootOf(
  chain: X509Certificate[],
  lists: readonly string[] = rootCertificates,
): Root | undefined {
  const roots = lists.map((pem) => new X509Certificate(pem));
  // From the server's own upwards: what a list has in the middle of a chain is all that is needed.
  for (const certificate of chain) {
    const root =
      roots.find(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256) ??
      roots.find((one) => isIssuedBy(certificate, one));
    if (root) return { certificate: root, isPublic: true };
  }
  const last = chain.at(-1);
  return last && isIssuedBy(last, last) ? { certificate: last, isPublic: false } : undefined;
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
