/** Why a server cannot be had by the tracker's modem: each cause with its words, once for all commands. */

/** Where a server is. */
interface Place {
  host: string;
  port: number;
}

interface Words {
  /** What is wrong. */
  finding(place: Place): string;
  /** What to do. */
  remedy: string;
}

const at = ({ host, port }: Place): string => `${host}:${port}`;
const RSA =
  "give the server a certificate with an RSA key (certbot: --key-type rsa) and ECDHE-RSA-AES128-GCM-SHA256 among its suites";
const CLOCK = "set this computer's clock if it is wrong, else ask who runs the server for a new certificate";

export const CAUSES = {
  ok: { finding: (place) => `${at(place)} answers`, remedy: "nothing to do" },
  "name-unknown": {
    finding: ({ host }) => `nobody knows the name ${host}`,
    remedy: "check server.host for typing errors",
  },
  refused: {
    finding: (place) => `${at(place)} refuses the connection`,
    remedy: "check server.port, and that the server runs",
  },
  timeout: {
    finding: (place) => `${at(place)} does not answer`,
    remedy: "check server.host and server.port, and for a firewall in between",
  },
  unreachable: {
    finding: (place) => `${at(place)} cannot be reached`,
    remedy: "check server.host, and this computer's network",
  },
  silent: {
    finding: (place) => `${at(place)} takes the connection and says nothing`,
    remedy: "check server.port: it is another service's",
  },
  closed: {
    finding: (place) => `${at(place)} takes the connection and closes it without a word`,
    remedy: "check server.port: it is another service's, or a proxy without its server",
  },
  http: {
    finding: (place) => `${at(place)} is a web server`,
    remedy: "MQTT is on another port: 8883 with TLS, 1883 without, most often",
  },
  "not-mqtt": {
    finding: (place) => `${at(place)} speaks something else than MQTT`,
    remedy: "MQTT is on another port: 8883 with TLS, 1883 without, most often",
  },
  "tls-wanted": {
    finding: (place) => `${at(place)} speaks TLS, and the settings say plain text`,
    remedy: "set server.tls to 1: npm run config",
  },
  "no-tls": {
    finding: (place) => `${at(place)} speaks MQTT in plain text, without TLS`,
    remedy: "take the port for TLS, 8883 most often, or have TLS switched on at the server",
  },
  "unknown-authority": {
    finding: (place) => `the certificate of ${at(place)} is signed by nobody who is trusted`,
    remedy: "npm run config offers the right root; or give it with --ca",
  },
  "wrong-host": {
    finding: (place) => `the certificate of ${at(place)} is for another name`,
    remedy: "set server.host to the name in the certificate",
  },
  expired: { finding: (place) => `the certificate of ${at(place)} has expired`, remedy: CLOCK },
  "not-yet-valid": {
    finding: (place) => `the certificate of ${at(place)} is not valid yet`,
    remedy: CLOCK,
  },
  "ecdsa-only": {
    finding: (place) => `${at(place)} has an ECDSA certificate only: the modem's suites are for RSA`,
    remedy: RSA,
  },
  "no-suite": {
    finding: (place) => `${at(place)} has no cipher suite that the modem has`,
    remedy: RSA,
  },
  "tls13-only": {
    finding: (place) => `${at(place)} speaks TLS 1.3 only, and the modem no more than 1.2`,
    remedy: "have TLS 1.2 switched on at the server",
  },
  "handshake-failed": {
    finding: (place) => `${at(place)} ends the TLS handshake`,
    remedy: "look into the server's log",
  },
  "certificate-missing": {
    finding: (place) => `${at(place)} wants a client certificate`,
    remedy: "npm run certificate makes one; then set server.tls to 2, server.cert and server.key",
  },
  "certificate-refused": {
    finding: (place) => `${at(place)} refuses the client certificate`,
    remedy: "in ThingsBoard: the device, Manage credentials, X.509, and paste the certificate of server.cert",
  },
  "certificate-not-asked": {
    finding: (place) => `${at(place)} asks for no client certificate, so there is no login by one`,
    remedy: "switch X.509 login on at the server, or set server.tls to 1 and give the access token",
  },
} satisfies Record<string, Words>;

/** What keeps the modem from a server; "ok": nothing. */
export type Cause = keyof typeof CAUSES;
