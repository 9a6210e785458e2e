import type { TlsClientOptions, TlsEnd } from "../tls/cryptography.ts";
import { nodeTls } from "../tls/node.ts";
import { type Connection, type ConnectionEvents, openConnection } from "./connection.ts";
import type { Core } from "./core.ts";

/** How a TLS connection is made. */
export interface TlsWanted extends TlsClientOptions {
  host: string;
  port: number;
  /** From the end of TCP's handshake to the end of its own. */
  negotiate_ms: number;
}

/** What is deciphered and not yet read; beyond it the rest stays on the wire. */
const RECEIVE_BUFFER = 10_240;
const SEND_BUFFER = 16_384;

/** A TLS connection over one of TCP: it tells the same events, for what is in clear, and is opened when its handshake is over. */
export function openTlsConnection(
  core: Core,
  wanted: TlsWanted,
  flowing: () => boolean,
  events: ConnectionEvents,
): Connection {
  const { faults } = core;
  let state: "opening" | "open" | "closed" = "opening";
  let end: TlsEnd | undefined;
  let timeout: unknown;
  /** Enciphered, and not taken by TCP yet. */
  let unsent: string[] = [];
  let sent = 0;
  const silent = core.chance(faults.silentHandshake);
  const broken = core.chance(faults.brokenHandshake);

  function settle(error: number, why?: string): void {
    if (state !== "opening") return;
    if (why !== undefined) core.transcript.note(`TLS to ${wanted.host}:${wanted.port}: ${why}`);
    state = error === 0 ? "open" : "closed";
    core.cancel(timeout);
    if (error !== 0) {
      end?.destroy();
      tcp.destroy();
    }
    events.opened(error);
  }
  const failed = (why: string): void => settle(faults.handshakeError, why);

  function begin(): void {
    timeout = core.after(wanted.negotiate_ms, () => failed('"negotiatetime" is over'));
    end = (core.options.cryptography ?? nodeTls)(wanted, {
      wire(bytes) {
        unsent.push(bytes);
        sendOn();
      },
      ready: (failure) => (failure === undefined ? settle(0) : failed(failure)),
      data(bytes) {
        if (state === "closed") return;
        connection.received += bytes;
        events.received();
      },
      ended() {
        if (state !== "open") return;
        state = "closed";
        tcp.destroy();
        events.closed();
      },
    });
    // A server in memory has answered from inside its first `wire`.
    takeIn();
  }

  function sendOn(): void {
    const pieces = unsent;
    unsent = [];
    while (pieces[0] !== undefined && tcp.send(pieces[0])) pieces.shift();
    unsent.unshift(...pieces);
  }

  /** What came on the wire is deciphered while there is room for it. */
  function takeIn() {
    if (!end || tcp.received === "" || connection.received.length >= RECEIVE_BUFFER) return;
    const bytes = tcp.received;
    tcp.received = "";
    if (state === "opening" && silent) return core.transcript.note("fault: the server's TLS says nothing");
    if (state === "opening" && broken) return failed("fault: the server closes in the handshake");
    end.take(bytes);
  }

  const connection: Connection = {
    received: "",
    read: 0,
    get sent() {
      return sent;
    },
    get acknowledged() {
      return sent;
    },
    get address() {
      return tcp.address;
    },
    send(bytes) {
      const waiting = tcp.sent - tcp.acknowledged;
      if (state !== "open" || unsent.length > 0 || waiting + bytes.length > SEND_BUFFER) return false;
      sent += bytes.length;
      end?.write(bytes);
      return true;
    },
    flow() {
      tcp.flow();
      takeIn();
      sendOn();
    },
    end(done) {
      if (state !== "open") return done();
      state = "closed";
      end?.end(() => tcp.end(done));
    },
    destroy() {
      state = "closed";
      core.cancel(timeout);
      end?.destroy();
      tcp.destroy();
    },
  };
  const tcp = openConnection(core, wanted.host, wanted.port, flowing, {
    opened: (error) => (error === 0 ? begin() : settle(error)),
    received: takeIn,
    closed() {
      // What is still to be deciphered comes before the end.
      if (tcp.received !== "") end?.take(tcp.received);
      tcp.received = "";
      end?.wireEnded();
    },
  });
  return connection;
}
