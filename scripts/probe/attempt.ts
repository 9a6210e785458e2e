/** One connection to a server, plain or with TLS, and a CONNECT without any credentials: what comes of it. */
import { X509Certificate } from "node:crypto";
import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type SecureVersion, type TLSSocket } from "node:tls";
import { generate } from "mqtt-packet";
import { type Flight, readFlight } from "./flight.ts";

/** A server, and what to show and trust there. */
export interface Target {
  host: string;
  port: number;
  /** As `server.tls`. */
  tls: 0 | 1 | 2;
  /** PEM: what is trusted; Node's own list when missing. */
  ca?: string;
  /** PEM: our certificate and its key. */
  cert?: string;
  key?: string;
  /** How long each connection may take. */
  timeout_ms?: number;
  /** Finds a name's address; the system's when missing. */
  lookup?: LookupFunction;
}

/** How TLS is spoken; undefined: not at all. */
export interface Way {
  from: SecureVersion;
  to: SecureVersion;
  /** OpenSSL's names; all it has when missing. */
  suites?: string;
}

export interface Attempt {
  /** Somebody took the connection. */
  connected: boolean;
  /** How it ended: "" by us, since an answer was there; "TIMEOUT"; "CLOSED" by the server; or the system's code. */
  end: string;
  flight: Flight;
  /** The handshake was finished. */
  secured?: { protocol: string; suite: string; verifyError: string };
  /** Certificates of the server, its own first. */
  chain: X509Certificate[];
  /** What the server sent first, before any TLS. */
  raw: Buffer;
  /** What it answered to CONNECT. */
  answer: Buffer;
}

const TIMEOUT_MS = 10_000;
/** CONNACK. */
const ENOUGH_BYTES = 4;

/** Nothing of it is secret, and nobody is logged in by it. */
const HELLO = generate({
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clean: true,
  clientId: "",
  keepalive: 10,
});

/** Never fails: what went wrong is in the outcome. */
export function attempt(target: Target, way: Way | undefined): Promise<Attempt> {
  const { host, port, lookup, timeout_ms = TIMEOUT_MS } = target;
  const outcome = {
    connected: false,
    end: "",
    chain: [],
    raw: Buffer.alloc(0),
    answer: Buffer.alloc(0),
  } as unknown as Attempt;
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port, ...(lookup && { lookup }) });
    let stream: Duplex = socket;
    let finished = false;
    const finish = (end: string): void => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      outcome.end = end;
      outcome.flight = readFlight(outcome.raw);
      if (!outcome.chain.length) outcome.chain = chainOf(outcome.flight.certificates);
      stream.destroy();
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(finish, timeout_ms, "TIMEOUT");

    /** Says CONNECT, and waits for an answer or the end. */
    const greet = (): void => {
      stream.on("data", (bytes: Buffer) => {
        outcome.answer = Buffer.concat([outcome.answer, bytes]);
        if (outcome.answer.length >= ENOUGH_BYTES) finish("");
      });
      stream.write(HELLO);
    };
    let failure = "CLOSED";
    const watch = (watched: Duplex): void => {
      watched.on("error", ({ code, message }: NodeJS.ErrnoException) => {
        if (code !== "ECONNRESET") failure = code ?? message;
      });
      watched.on("end", () => watched.destroy());
      // What came before it is read first.
      watched.on("close", () => setImmediate(() => finish(failure)));
    };

    watch(socket);
    socket.on("connect", () => {
      outcome.connected = true;
      socket.on("data", (bytes) => {
        outcome.raw = Buffer.concat([outcome.raw, bytes]);
      });
      if (!way) {
        greet();
        return;
      }
      socket.removeAllListeners("end");
      const secure = connectTls({ ...optionsOf(target, way), socket: passing(socket) });
      stream = secure;
      watch(secure);
      secure.on("secureConnect", () => {
        outcome.secured = {
          protocol: secure.getProtocol() ?? "",
          suite: secure.getCipher().standardName,
          verifyError: codeOf(secure),
        };
        outcome.chain = sentOf(secure, outcome.raw);
        greet();
      });
    });
  });
}

/** Node has the code of OpenSSL's verdict in a field that its types call an error. */
const codeOf = ({ authorized, authorizationError }: TLSSocket): string =>
  authorized ? "" : String((authorizationError as { code?: string } | null)?.code ?? authorizationError);

function optionsOf({ host, ca, cert, key }: Target, { from, to, suites }: Way) {
  return {
    minVersion: from,
    maxVersion: to,
    // What is wrong with a certificate is looked at, not refused.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(suites && { ciphers: suites }),
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
}

/** The same bytes as the socket's, which others may read, too. */
function passing(socket: Socket): Duplex {
  const duplex = new Duplex({
    read: () => {},
    write: (bytes, _encoding, done) => void socket.write(bytes, () => done()),
    destroy: (_error, done) => done(null),
  });
  socket.on("data", (bytes) => duplex.push(bytes));
  socket.on("end", () => duplex.push(null));
  return duplex;
}

/** What the server sent; in TLS 1.3 that is encrypted, and Node's word for it is taken. */
function sentOf(secure: TLSSocket, raw: Buffer): X509Certificate[] {
  const sent = readFlight(raw).certificates;
  if (sent.length) return chainOf(sent);
  const own = secure.getPeerCertificate().raw;
  return own ? chainOf([own]) : [];
}

function chainOf(certificates: Buffer[]): X509Certificate[] {
  try {
    return certificates.map((der) => new X509Certificate(der));
  } catch {
    return [];
  }
}
