/** The PEM files that settings name for TLS, and what is wrong with them. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readText } from "../config/file.ts";
import { Fault } from "../fault.ts";

/** What a file is to hold: the settings' names. */
export type Part = "ca" | "cert" | "key";

/** OID of "TLS Web Client Authentication" (RFC 5280 4.2.1.12). */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates in a PEM text; undefined where one cannot be read. */
export function certificatesIn(pem: string): X509Certificate[] | undefined {
  try {
    return (pem.match(CERTIFICATES) ?? []).map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** "RSA 2048", "EC prime256v1". */
export function keyWords({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return `${publicKey.asymmetricKeyType?.toUpperCase()} ${modulusLength ?? namedCurve ?? ""}`.trim();
}

/** What is wrong with a file, in one line without its name; "" when it is right. */
export function fileFault(part: Part, path: string): string {
  let text: string | undefined;
  try {
    text = readText(path);
  } catch (error) {
    if (error instanceof Fault) return error.message.slice(path.length + 2);
    throw error;
  }
  if (text === undefined) return "no such file";
  return part === "key" ? keyFault(text) : certificateFault(part, text);
}

function certificateFault(part: Part, text: string): string {
  const certificates = certificatesIn(text);
  if (/PRIVATE KEY/.test(text)) return "holds a private key: that belongs into server.key alone";
  if (!certificates) return "its certificate is broken";
  const [first] = certificates;
  if (!first) return "holds no certificate in PEM form";
  const outdated = certificates.map(dateFault).find((fault) => fault);
  if (outdated) return outdated;
  if (part === "ca") return "";
  if (first.publicKey.asymmetricKeyType !== "rsa")
    return `has a key of the kind ${keyWords(first)}: the modem knows RSA alone`;
  if (first.keyUsage && !first.keyUsage.includes(CLIENT_AUTH)) return "is no client's certificate";
  return "";
}

/** "" while it is valid. */
function dateFault({ validFrom, validTo, subject }: X509Certificate): string {
  const now_ms = Date.now();
  const name = subject.replaceAll("\n", ", ");
  if (Date.parse(validTo) < now_ms) return `${name} has expired, on ${validTo}`;
  if (Date.parse(validFrom) > now_ms) return `${name} is not valid before ${validFrom}`;
  return "";
}

function keyFault(text: string): string {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "holds no private key in PEM form";
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_MISSING_PASSPHRASE"
      ? "is encrypted, and a modem knows no passphrase: openssl pkey -in OLD -out NEW takes that off"
      : "its private key is broken";
  }
  return key.asymmetricKeyType === "rsa" ? "" : "is no RSA key, and the modem knows RSA alone";
}

/** Whether a certificate and a key that are right each belong together. */
export function belong(certPath: string, keyPath: string): boolean {
  const [certificate] = certificatesIn(readText(certPath) ?? "") ?? [];
  return certificate?.checkPrivateKey(createPrivateKey(readText(keyPath) ?? "")) ?? false;
}
