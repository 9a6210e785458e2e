/**
 * A stand-in for TLS, for worlds with thousands of connections on a fake clock: it answers at once, within the call that
 * brings it the bytes, and costs no cryptography. Its records look like those of TLS from outside (a server of plain MQTT, and
 * TLS itself, refuse them as what they are not), the handshake tells name, versions, suites and the real certificates, and
 * each check of these is made.
 *
 * What it does not show: that somebody has the key of the certificate shown; that anything is secret (bytes are only turned,
 * so that nothing is found in clear by accident); what TLS itself costs in bytes and round trips; sessions that are resumed;
 * and whether Node's or a modem's TLS would agree with a server's on anything that is not named above.
 */
import { X509Certificate } from "node:crypto";
import { Duplex } from "node:stream";
import {
  type Cryptography,
  ECDSA_SUITES,
  isOlder,
  RSA_SUITES,
  type TlsServer,
  type TlsVersion,
} from "./cryptography.ts";

/** Types of records, as TLS has them. */
enum Type {
  Alert = 21,
  Handshake = 22,
  Data = 23,
}

interface ClientHello {
  name: string | undefined;
  least: TlsVersion;
  most: TlsVersion;
  suites: readonly number[];
}

/** Its certificate and the chain behind it, PEM. */
interface Shown {
  chain: string;
}

const HEADER_BYTES = 5;
const MOST_IN_RECORD = 16_384;
const TURN = 0x5a;
/** A server takes this and newer. */
const OLDEST: TlsVersion = "TLSv1.2";

const turned = (bytes: Buffer): Buffer => bytes.map((byte) => byte ^ TURN) as Buffer;

function record(type: Type, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.from([type, 3, 3, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([header, turned(bytes)]);
}

/** Takes bytes from the wire, and gives each record that is complete; one that is none is an alert. */
function recordReader(take: (type: Type, body: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= HEADER_BYTES) {
      const type = rest.readUInt8(0);
      const end = HEADER_BYTES + rest.readUInt16BE(3);
      if (type < Type.Alert || type > Type.Data || rest.readUInt8(1) !== 3) {
        rest = Buffer.alloc(0);
        return take(Type.Alert, Buffer.from("no record of TLS"));
      }
      if (rest.length < end) return;
      const body = turned(rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
      take(type, body);
    }
  };
}

const message = <T>(body: Buffer): T => JSON.parse(body.toString()) as T;

/** Of a file of them. */
const certificatesOf = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
    (text) => new X509Certificate(text),
  );

export const sealed: Cryptography = (options, events) => {
  let state: "hello" | "waiting" | "ready" | "over" = "hello";
  const wire = (type: Type, body: Buffer | string): void =>
    events.wire(record(type, body).toString("latin1"));

  function finish(why: string): void {
    const before = state;
    state = "over";
    if (before === "ready") events.ended();
    else if (before !== "over") events.ready(why);
  }

  const read = recordReader((type, body) => {
    if (state === "over") return;
    if (type === Type.Alert) return finish(`alert: ${body}`);
    if (type === Type.Data) return events.data(body.toString("latin1"));
    if (state === "waiting") {
      state = "ready";
      return events.ready(undefined);
    }
    const failure = options.judge(certificatesOf(message<Shown>(body).chain));
    if (failure !== undefined) {
      wire(Type.Alert, "bad certificate");
      return finish(failure);
    }
    state = "waiting";
    const shown: Shown = { chain: options.identity?.certificate ?? "" };
    wire(Type.Handshake, JSON.stringify(shown));
  });

  const { server_name: name, least, most, suites } = options;
  const hello: ClientHello = { name, least, most, suites };
  wire(Type.Handshake, JSON.stringify(hello));
  return {
    take: (bytes) => read(Buffer.from(bytes, "latin1")),
    wireEnded: () => finish("the server closed in the handshake"),
    write(bytes) {
      for (let at = 0; at < bytes.length; at += MOST_IN_RECORD)
        wire(Type.Data, Buffer.from(bytes.slice(at, at + MOST_IN_RECORD), "latin1"));
    },
    end(said) {
      if (state !== "over") wire(Type.Alert, "close notify");
      said();
    },
    destroy() {
      state = "over";
    },
  };
};

/** What a server reads and writes in clear. */
class Clear extends Duplex {
  constructor(private readonly wire: Duplex) {
    super({ allowHalfOpen: false });
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    for (let at = 0; at < bytes.length; at += MOST_IN_RECORD)
      this.wire.write(record(Type.Data, bytes.subarray(at, at + MOST_IN_RECORD)));
    done();
  }

  override _final(done: () => void): void {
    this.wire.write(record(Type.Alert, "close notify"));
    this.wire.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.wire.destroy();
    done(error);
  }
}

export const sealedServer: TlsServer = (wire, { certificate }, secured) => {
  const clear = new Clear(wire);
  let state: "hello" | "waiting" | "ready" | "over" = "hello";
  const [own] = certificatesOf(certificate);
  const suites = own?.publicKey.asymmetricKeyType === "rsa" ? RSA_SUITES : ECDSA_SUITES;

  function refuse(why: string): void {
    state = "over";
    wire.write(record(Type.Alert, why));
    wire.end();
  }

  function end(): void {
    state = "over";
    clear.push(null);
  }

  const read = recordReader((type, body) => {
    if (state === "over") return;
    if (type === Type.Alert) return state === "ready" ? end() : refuse("the client gave up");
    if (type === Type.Data) {
      if (state === "ready") clear.push(body);
      else refuse("data in the handshake");
    } else if (state === "hello") {
      const hello = message<ClientHello>(body);
      if (isOlder(hello.most, OLDEST)) return refuse("protocol version");
      if (!hello.suites.some((suite) => suites.has(suite))) return refuse("handshake failure");
      state = "waiting";
      const shown: Shown = { chain: certificate };
      wire.write(record(Type.Handshake, JSON.stringify(shown)));
    } else if (state === "waiting") {
      state = "ready";
      secured(clear, certificatesOf(message<Shown>(body).chain));
      wire.write(record(Type.Handshake, "{}"));
    }
  });
  wire.on("data", (bytes: Buffer) => read(bytes));
  wire.on("error", () => {});
  for (const event of ["end", "close"] as const)
    wire.on(event, () => {
      if (state === "ready") end();
      state = "over";
    });
};
