/** Of the way the connection is protected: what is seen of the server from this computer, and what the board says. */
import { CAUSES, type Cause } from "../../probe/cause.ts";
import type { Facts } from "../facts.ts";
import type { Finding } from "../finding.ts";
import * as says from "../words.ts";

const FLASH = "npm run flash -- --config tracker.json";
const TLS_PORT = 8883;

/** What is sure when it is seen from here, and what of it the board tells by itself. */
const SURE: Partial<Record<Cause, (reason: string) => boolean>> = {
  "tls-wanted": never,
  http: never,
  "no-tls": never,
  "ecdsa-only": never,
  "no-suite": never,
  "tls13-only": never,
  expired: never,
  "not-yet-valid": never,
  "wrong-host": says.saysWrongHost,
  "unknown-authority": says.saysUnknownAuthority,
  "certificate-missing": never,
  "certificate-refused": says.saysClientRefused,
  "certificate-not-asked": never,
};

function never(): boolean {
  return false;
}

/** The server said something that only one can say whose connection was right. */
const cameThrough = ({ serverReason }: Facts): boolean =>
  says.saysBadLogin(serverReason) ||
  says.saysClientId(serverReason) ||
  says.saysServerBusy(serverReason) ||
  says.saysDns(serverReason);

const seenFromHere = (Object.keys(SURE) as Cause[]).map(
  (cause): Finding => ({
    id: cause,
    area: "server",
    seen: (facts) =>
      (facts.seen?.cause === cause && facts.serverReason !== "" && !cameThrough(facts)) ||
      (SURE[cause]?.(facts.serverReason) ?? false),
    finding: (facts) => CAUSES[cause].finding(facts),
    cause: ({ seen, serverReason }) =>
      seen?.cause === cause
        ? `seen from this computer${seen.detail ? ` (${seen.detail})` : ""}; the tracker says: ${serverReason}`
        : `the tracker says: ${serverReason}`,
    remedy: `${CAUSES[cause].remedy}; then ${FLASH}`,
  }),
);

const isMissing = ({ files }: Facts, ...fields: string[]): boolean =>
  files.some(({ field, isThere }) => fields.includes(field) && isThere === false);

export const TLS_FINDINGS: Finding[] = [
  {
    id: "ca-not-on-modem",
    area: "server",
    seen: (facts) => says.saysNoAuthority(facts.serverReason) || isMissing(facts, "server.ca"),
    finding: "the root to trust is not on the modem",
    cause: "the modem was exchanged or wiped, or its file is not whole: server.ca of the settings",
    remedy: FLASH,
  },
  {
    id: "certificate-not-on-modem",
    area: "server",
    seen: (facts) =>
      says.saysNoCertificate(facts.serverReason) || isMissing(facts, "server.cert", "server.key"),
    finding: "the device's certificate or its key is not on the modem",
    cause:
      "the modem was exchanged or wiped, or a file is not whole: server.cert and server.key of the settings",
    remedy: FLASH,
  },
  {
    id: "clock-unknown",
    area: "server",
    seen: ({ serverReason }) => says.saysNoClock(serverReason),
    finding: "the time is not known, and without it no certificate can be verified",
    cause: "no fix yet, the network tells no time, and no time server answers (pool.ntp.org, UDP port 123)",
    remedy: "take it where it sees the sky: a fix brings the time",
  },
  {
    id: "built-without-tls",
    area: "server",
    seen: ({ serverReason }) => says.saysWithoutTls(serverReason),
    finding: "the settings want TLS, and the firmware was built without",
    cause: "it was flashed with --features tls=none",
    remedy: FLASH,
  },
  {
    id: "tls-settings",
    area: "server",
    seen: ({ serverReason }) => says.saysTlsSettings(serverReason),
    finding: "the modem refuses to be told how to do TLS",
    cause: "its firmware is older than AT+QSSLCFG, or something else has a connection of its TLS open",
    remedy: "restart the board; if that does not help, npm run repl, .at on shows what the modem refuses",
  },
  ...seenFromHere,
  {
    id: "wrong-dates",
    area: "server",
    seen: ({ serverReason }) => says.saysWrongDates(serverReason),
    finding: ({ host, port }) => `the certificate of ${host}:${port} has expired, or is not valid yet`,
    cause: "the tracker compared it with its clock, which GNSS and the network keep right",
    remedy: "ask who runs the server for a new certificate",
  },
  {
    id: "tls-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysNoTls(serverReason),
    finding: ({ host, port }) => `${host}:${port} agrees to no TLS handshake with the modem`,
    cause:
      "it speaks no TLS on this port, has an ECDSA certificate only, no suite of the modem's, or wants a client certificate",
    remedy: "npm run config -- --fetch-ca looks at it from this computer and tells which",
  },
  {
    id: "tls-failed",
    area: "server",
    seen: ({ serverReason }) => says.saysTlsFailed(serverReason),
    finding: ({ host, port }) => `the TLS handshake with ${host}:${port} fails`,
    cause: "the tracker is still finding out why",
    remedy: "run npm run doctor again in some minutes",
  },
  {
    id: "plain-on-tls-port",
    area: "server",
    seen: ({ tls, port, serverReason }) =>
      !tls &&
      port === TLS_PORT &&
      (says.saysClosed(serverReason) || says.saysNoMqtt(serverReason) || says.saysNoReply(serverReason)),
    finding: ({ host }) => `the settings say plain text, and ${host}:${TLS_PORT} is a port for TLS`,
    cause: "server.port is 8883, MQTT's own with TLS, and server.tls is 0",
    remedy: `npm run config: TLS; then ${FLASH}`,
  },
];
