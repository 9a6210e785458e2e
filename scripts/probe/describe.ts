/** A look at a server in lines to read. */
import type { X509Certificate } from "node:crypto";
import { keyWords } from "../certificate/pem.ts";
import { CAUSES } from "./cause.ts";
import type { Report, Target } from "./probe.ts";

/** "R11, Let's Encrypt": the common name and who it belongs to. */
export function nameWords(distinguished: string): string {
  const part = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(distinguished)?.[1];
  return [part("CN"), part("O")].filter(Boolean).join(", ") || distinguished.replaceAll("\n", ", ");
}

const dateWords = (date: string): string => new Date(date).toISOString().slice(0, 10);

/** The chain, a line a certificate. */
export function chainLines(chain: X509Certificate[]): string[] {
  return chain.map(
    (certificate) =>
      `${nameWords(certificate.subject)}: issued by ${nameWords(certificate.issuer)}, valid until ${dateWords(certificate.validTo)}, ${keyWords(certificate)}`,
  );
}

/** What the modem makes of a server, aspect by aspect, and in the end. */
export function modemLines(target: Target, report: Report): string[] {
  const { cause, trust, chain, protocol, suite, detail } = report;
  const [own] = chain;
  const lines: string[] = [];
  if (own) {
    const isRsa = own.publicKey.asymmetricKeyType === "rsa";
    lines.push(
      verdict(isRsa, `key ${keyWords(own)}`, "the modem's cipher suites are for RSA keys alone"),
      verdict(trust !== "wrong-host", `name ${target.host}`, `the certificate is for ${namesOf(own)}`),
      verdict(trust !== "expired" && trust !== "not-yet-valid", datesOf(own), "not valid now"),
    );
  }
  if (protocol && cause !== "ecdsa-only" && cause !== "no-suite")
    lines.push(verdict(protocol === "TLSv1.2", `${protocol}, ${suite}`, "the modem speaks TLS 1.2"));
  if (cause === "ok") lines.push("the modem can connect to it");
  else
    lines.push(
      `the modem cannot connect to it: ${CAUSES[cause].finding(target)}${detail ? ` (${detail})` : ""}; ${CAUSES[cause].remedy}`,
    );
  return lines;
}

const verdict = (right: boolean, what: string, wrong: string): string =>
  right ? `${what}: right` : `${what}: WRONG, ${wrong}`;

const namesOf = ({ subjectAltName, subject }: X509Certificate): string =>
  subjectAltName?.replaceAll(/(DNS|IP Address):/g, "") ?? nameWords(subject);

const datesOf = ({ validFrom, validTo }: X509Certificate): string =>
  `valid from ${dateWords(validFrom)} to ${dateWords(validTo)}`;
