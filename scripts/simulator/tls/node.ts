/** Node's TLS. It answers in later turns of the event loop: `quiet` waits for them, for worlds on a fake clock. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { connect, type DetailedPeerCertificate, TLSSocket, type TlsOptions } from "node:tls";
import {
  type Cryptography,
  ECDSA_SUITES,
  RSA_SUITES,
  type TlsEvents,
  type TlsServer,
} from "./cryptography.ts";

/** What happened on any TLS connection of this process, counted. */
let happened = 0;
/** Connections of this process that live. */
let living = 0;
/** A connection that has more to say says it in the next turns; after so many without a word it is waiting for the other end. */
const STILL_TURNS = 12;

/** Resolves when no TLS connection of this process has anything under way. */
export async function quiet(): Promise<void> {
  for (let still = 0; living > 0 && still < STILL_TURNS; still++) {
    const before = happened;
    await turn();
    if (happened !== before) still = 0;
  }
}

/** What the TLS works on, instead of a socket. */
class Wire extends Duplex {
  constructor(private readonly events: TlsEvents) {
    super({ allowHalfOpen: true });
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    happened++;
    this.events.wire(bytes.toString("latin1"));
    done();
  }
}

/** Lets old versions and suites through, and keys that are short by today's measure. */
const SECURITY_LEVEL = ":@SECLEVEL=0";

/**
 * Who the server is, is judged when the handshake is over, not in it: a server sees a client that goes at once rather than
 * its alert. Nothing is sent on such a connection all the same.
 */
export const nodeTls: Cryptography = (options, events) => {
  const { server_name, identity } = options;
  const names = new Map([...RSA_SUITES, ...ECDSA_SUITES]);
  const wire = new Wire(events);
  let over = false;
  let ready = false;
  let socket: TLSSocket | undefined;
  living++;

  function finish(tell: () => void): void {
    if (over) return;
    over = true;
    living--;
    tell();
    socket?.destroy();
    wire.destroy();
  }
  const broken = (why: string): void => finish(() => (ready ? events.ended() : events.ready(why)));

  wire.on("error", () => {});
  try {
    socket = connect({
      socket: wire,
      ...(server_name !== undefined && !isIP(server_name) && { servername: server_name }),
      minVersion: options.least,
      maxVersion: options.most,
      ciphers: options.suites.map((suite) => names.get(suite)).join(":") + SECURITY_LEVEL,
      // Judged below, by the modem's clock.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(identity && { cert: identity.certificate, key: identity.key }),
    });
  } catch (error) {
    queueMicrotask(() => broken((error as Error).message));
  }
  socket?.on("secureConnect", () => {
    happened++;
    const failure = options.judge(chainOf(socket as TLSSocket));
    if (failure !== undefined) return broken(failure);
    ready = true;
    if (!over) events.ready(undefined);
  });
  socket?.on("data", (bytes: Buffer) => {
    happened++;
    if (!over) events.data(bytes.toString("latin1"));
  });
  socket?.on("error", (error) => broken(error.message));
  for (const event of ["end", "close"] as const)
    socket?.on(event, () => broken("the server closed in the handshake"));

  return {
    take(bytes) {
      happened++;
      if (!over) wire.push(Buffer.from(bytes, "latin1"));
    },
    wireEnded() {
      happened++;
      if (!over) wire.push(null);
    },
    write: (bytes) => void socket?.write(Buffer.from(bytes, "latin1")),
    end(said) {
      if (over || !socket) said();
      else socket.end(said);
    },
    destroy: () => finish(() => {}),
  };
};

/** The peer's certificate, and what it sent behind it. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let shown: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root is its own issuer.
  while (shown?.raw && !chain.some(({ raw }) => raw.equals(shown?.raw as Buffer))) {
    chain.push(new X509Certificate(shown.raw));
    shown = shown.issuerCertificate;
  }
  return chain;
}

/** The server's end, on one end of a stream, as its options say. */
export function nodeTlsStream(wire: Duplex, options: TlsOptions): TLSSocket {
  const secure = new TLSSocket(wire, { ...options, isServer: true });
  living++;
  for (const event of ["data", "secure", "end"] as const) secure.on(event, () => happened++);
  secure.once("close", () => living--);
  wire.on("error", () => {});
  return secure;
}

export const nodeTlsServer: TlsServer = (wire, { certificate, key }, secured) => {
  const secure = nodeTlsStream(wire, {
    cert: certificate,
    key,
    // The server chooses the suite, as tls.createServer has it, too.
    honorCipherOrder: true,
    requestCert: true,
    rejectUnauthorized: false,
  });
  // Until the handshake is over nobody else listens.
  secure.on("error", () => {});
  secure.once("secure", () => secured(secure, chainOf(secure)));
};
