/**
 * X.509 certificates with their keys, as PEM: for X.509 login at ThingsBoard, and for the TLS servers of the simulated world.
 * @peculiar/x509 encodes and signs them with the keys of Node's own Web Crypto; no openssl is needed.
 */
// The library's own dependency wants it to be there first.
import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as never);

type Keys = webcrypto.CryptoKeyPair;

/** A certificate and its private key. */
export interface Identity {
  /** PEM. */
  certificate: string;
  /** PEM, in the form of its kind ("RSA PRIVATE KEY", "EC PRIVATE KEY"), which old modems want. */
  key: string;
  issuer_: { certificate: x509.X509Certificate; keys: Keys };
}

export interface Wanted {
  /** Common name of the subject; at ThingsBoard the device's name. */
  name: string;
  /** BG96 has suites for RSA alone. */
  kind?: "rsa" | "ecdsa";
  /** Who signs it; itself when missing. */
  by?: Identity;
  /** It may sign others. */
  authority?: true;
  /** Host names and addresses of a server. */
  hosts?: string[];
  /** It is for a client, not a server. */
  client?: true;
  /** From when to when it is valid: from yesterday for ten years when missing. */
  from?: Date;
  until?: Date;
}

const DAY_MS = 86_400_000;

const ALGORITHMS = {
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ecdsa: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
} as const;

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

/** Makes a key pair and its certificate. */
export async function makeCertificate(wanted: Wanted): Promise<Identity> {
  const { name, kind = "rsa", by, authority = false, hosts = [], client = false } = wanted;
  const now_ms = Date.now();
  const algorithm = ALGORITHMS[kind];
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as Keys;
  const usage = authority
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment;
  const purpose = client ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)).fill(1, 0, 1)).toString("hex"),
    subject: new x509.Name([{ CN: [{ utf8String: name }] }]).toString(),
    issuer: by?.issuer_.certificate.subject ?? new x509.Name([{ CN: [{ utf8String: name }] }]).toString(),
    notBefore: wanted.from ?? new Date(now_ms - DAY_MS),
    notAfter: wanted.until ?? new Date(now_ms + 3650 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: by?.issuer_.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: ALGORITHMS[by ? kindOf(by) : kind],
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(by?.issuer_.keys.publicKey ?? keys.publicKey),
      ...(authority ? [] : [new x509.ExtendedKeyUsageExtension([purpose])]),
      ...(hosts.length
        ? [
            new x509.SubjectAlternativeNameExtension(
              hosts.map((value) => ({ type: isAddress(value) ? ("ip" as const) : ("dns" as const), value })),
            ),
          ]
        : []),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  return {
    certificate: `${certificate.toString("pem").trim()}\n`,
    key: key.export({ format: "pem", type: kind === "rsa" ? "pkcs1" : "sec1" }).toString(),
    issuer_: { certificate, keys },
  };
}

const kindOf = (identity: Identity): "rsa" | "ecdsa" =>
  identity.issuer_.keys.privateKey.algorithm.name === "ECDSA" ? "ecdsa" : "rsa";
