/** Whom the module's TLS trusts: chain, dates and name, each as far as its settings say. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

export interface Trust {
  /** The certificates of "cacert"; undefined: any chain will do. */
  authorities: readonly X509Certificate[] | undefined;
  /** The module's time; undefined: dates do not matter. */
  now_ms: number | undefined;
  /** Undefined: the name does not matter. */
  host: string | undefined;
}

/** Why these certificates, the server's own first, are refused; undefined: they are not. */
export function refusal(chain: readonly X509Certificate[], trust: Trust): string | undefined {
  const [own] = chain;
  if (!own) return "the server shows no certificate";
  const path = trust.authorities ? pathToAuthority(own, chain, trust.authorities) : [own];
  if (!path) return `no authority of ours signed ${nameOf(own)}, nor who signed that`;
  const { now_ms, host } = trust;
  for (const certificate of now_ms === undefined ? [] : path) {
    if (Date.parse(certificate.validFrom) > (now_ms as number))
      return `${nameOf(certificate)} is not yet valid`;
    if (Date.parse(certificate.validTo) < (now_ms as number)) return `${nameOf(certificate)} expired`;
  }
  if (host !== undefined && !(isIP(host) ? own.checkIP(host) : own.checkHost(host)))
    return `${nameOf(own)} is not for ${host}`;
  return undefined;
}

const nameOf = (certificate: X509Certificate): string => certificate.subject.replaceAll("\n", ", ");

const signed = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** From the server's own to the authority; undefined: there is none. */
function pathToAuthority(
  own: X509Certificate,
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const path: X509Certificate[] = [];
  let last: X509Certificate | undefined = own;
  while (last && !path.includes(last)) {
    const certificate: X509Certificate = last;
    path.push(certificate);
    if (authorities.some(({ raw }) => raw.equals(certificate.raw))) return path;
    const authority = authorities.find((issuer) => signed(issuer, certificate));
    if (authority) return [...path, authority];
    last = chain.find((issuer) => signed(issuer, certificate));
  }
  return undefined;
}

/** The certificates in a file of "cacert". Throws when there is none, or one is not right. */
export function certificatesIn(pem: string): X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (!found) throw new Error("there is no certificate in it");
  return found.map((text) => new X509Certificate(text));
}

/** Throws when the key is not the certificate's. */
export function checkIdentity(certificate: string, key: string): void {
  const [own] = certificatesIn(certificate);
  if (!own?.checkPrivateKey(createPrivateKey(key))) throw new Error("the key is not the certificate's");
}
