/**
 * Looks at a server from this computer the way the tracker's modem would, and tells apart why that would not work. Nothing
 * secret is sent: no token, no password.
 */
import type { X509Certificate } from "node:crypto";
import { checkServerIdentity } from "node:tls";
import { type Attempt, attempt, type Target, type Way } from "./attempt.ts";
import type { Cause } from "./cause.ts";

export type { Target } from "./attempt.ts";

export interface Report {
  /** What keeps the modem from connecting; "ok": nothing. */
  cause: Cause;
  /** What the system or OpenSSL says, where that tells more; "" else. */
  detail: string;
  /** What was agreed on, with whatever it took. */
  protocol: string;
  suite: string;
  /** What the server sent, its own first; the more the verdict on them, whatever else was wrong. */
  chain: X509Certificate[];
  /** What is wrong with the chain, the dates or the name; "": nothing, or there is none. */
  trust: "" | "unknown-authority" | "expired" | "not-yet-valid" | "wrong-host";
}

/**
 * The suites of a BG96 that today's OpenSSL still has (Quectel SSL AT Commands V1.0, the table of ciphersuite): for servers
 * with an RSA key alone.
 */
const MODEM_SUITES = [
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-SHA256",
  "ECDHE-RSA-AES256-SHA384",
  "ECDHE-RSA-AES128-SHA",
  "ECDHE-RSA-AES256-SHA",
  "AES256-SHA256",
  "AES256-SHA",
  "AES128-SHA",
].join(":");

const MODEM: Way = { from: "TLSv1.2", to: "TLSv1.2", suites: MODEM_SUITES };
const ANY_TLS_1_2: Way = { from: "TLSv1.2", to: "TLSv1.2", suites: "ALL" };
const TLS_1_3: Way = { from: "TLSv1.3", to: "TLSv1.3" };
const ANY: Way = { from: "TLSv1.2", to: "TLSv1.3", suites: "ALL" };

/** Looks at a server; never fails. Takes up to four connections to find the cause. */
export async function probeServer(target: Target): Promise<Report> {
  return target.tls ? probeTls(target) : probePlain(target);
}

function report(cause: Cause, { end, secured, chain }: Attempt, target: Target, detail = ""): Report {
  return {
    cause,
    detail: detail || (cause === "ok" ? "" : end),
    protocol: secured?.protocol ?? "",
    suite: secured?.suite ?? "",
    chain,
    trust: trustOf(target.host, chain, secured?.verifyError ?? ""),
  };
}

async function probePlain(target: Target): Promise<Report> {
  const plain = await attempt(target, undefined);
  const answer = connectionFault(plain) ?? spoken(plain.answer);
  if (answer && answer !== "tls-wanted") return report(answer, plain, target);
  // A TLS server hangs up on what is none, or waits for more of it.
  const secure = await attempt(target, ANY);
  if (secure.flight.isTls) return report("tls-wanted", secure, target);
  return report(spoken(secure.raw) ?? silence(plain), plain, target);
}

async function probeTls(target: Target): Promise<Report> {
  const modem = await attempt(target, MODEM);
  const fault = connectionFault(modem);
  if (fault) return report(fault, modem, target);
  if (!modem.secured) return withoutHandshake(target, modem);
  const { trust } = report("ok", modem, target);
  if (trust) return report(trust, modem, target, modem.secured.verifyError);
  if (target.tls === 2 && !modem.flight.asksForCertificate)
    return report("certificate-not-asked", modem, target);
  const answer = spoken(modem.answer);
  // Of an X.509 login, which needs no more than the certificate.
  if (answer === "ok" && target.tls === 2 && modem.answer[3])
    return report("certificate-refused", modem, target, `CONNACK ${modem.answer[3]}`);
  if (answer) return report(answer, modem, target);
  return report(modem.flight.asksForCertificate ? certificateFault(target) : silence(modem), modem, target);
}

/** Why there was no handshake as the modem would do it. */
async function withoutHandshake(target: Target, modem: Attempt): Promise<Report> {
  if (!modem.flight.isTls) {
    const plain = await attempt(target, undefined);
    const answer = spoken(modem.raw) ?? spoken(plain.answer);
    if (answer) return report(answer === "ok" ? "no-tls" : answer, plain, target);
    return report(silence(modem), modem, target);
  }
  if (modem.flight.asksForCertificate) return report(certificateFault(target), modem, target, alertOf(modem));
  const wider = await attempt(target, ANY_TLS_1_2);
  if (wider.secured || wider.chain.length)
    return report(isRsa(wider.chain[0]) ? "no-suite" : "ecdsa-only", wider, target);
  const newest = await attempt(target, TLS_1_3);
  if (newest.secured) return report("tls13-only", newest, target);
  return report("handshake-failed", modem, target, alertOf(modem));
}

/** Before anything was said. */
function connectionFault({ connected, end }: Attempt): Cause | undefined {
  if (connected) return undefined;
  switch (end) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NODATA":
      return "name-unknown";
    case "ECONNREFUSED":
      return "refused";
    case "TIMEOUT":
    case "ETIMEDOUT":
      return "timeout";
    default:
      return "unreachable";
  }
}

/** What bytes are the beginning of; undefined: there are none. */
function spoken(bytes: Buffer): Cause | undefined {
  if (!bytes.length) return undefined;
  if (/^HTTP|^\s*</.test(bytes.toString("latin1"))) return "http";
  // CONNACK.
  if (bytes[0] === 0x20 && bytes[1] === 2) return "ok";
  if ((bytes[0] === 21 || bytes[0] === 22) && bytes[1] === 3) return "tls-wanted";
  return "not-mqtt";
}

const silence = ({ end }: Attempt): Cause => (end === "TIMEOUT" ? "silent" : "closed");

const certificateFault = ({ cert }: Target): Cause =>
  cert === undefined ? "certificate-missing" : "certificate-refused";

const alertOf = ({ end, flight }: Attempt): string =>
  flight.alert === undefined ? end : `TLS alert ${flight.alert}`;

export const isRsa = (certificate: X509Certificate | undefined): boolean =>
  certificate?.publicKey.asymmetricKeyType === "rsa";

function trustOf(host: string, [own]: X509Certificate[], verifyError: string): Report["trust"] {
  if (verifyError === "CERT_HAS_EXPIRED") return "expired";
  if (verifyError === "CERT_NOT_YET_VALID") return "not-yet-valid";
  if (verifyError) return "unknown-authority";
  return own && checkServerIdentity(host, own.toLegacyObject()) ? "wrong-host" : "";
}
