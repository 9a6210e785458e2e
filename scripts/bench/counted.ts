/** What goes over the air for TCP connections, counted below their TLS, with an estimate of what TCP/IP adds. */
import type { Duplex } from "node:stream";
import { duplexPair } from "../../test/simulator/duplex-pair.ts";
import { HEADER_BYTES } from "../simulator/energy/modem.ts";

/** What LTE networks mostly leave of 1,460 for data. */
const SEGMENT_BYTES = 1_400;

/** What was written at one moment in one direction. */
interface Flight {
  up: boolean;
  at_ms: number;
  bytes: number;
}

interface Connection {
  flights: Flight[];
  /** Its opening is to be counted. */
  opened: boolean;
  closed: boolean;
}

export interface Air {
  connections: number;
  /** Bytes with the headers. */
  up: number;
  down: number;
  segments: number;
  /** So many times one end's word was waited for. */
  round_trips: number;
}

/** Counts what passes through the connections that it makes. `now_ms`: the world's time. */
export function createCounter(now_ms: () => number) {
  let connections: Connection[] = [];

  function count(end: Duplex, up: boolean, connection: Connection): void {
    const write = end._write.bind(end);
    end._write = (bytes: Buffer, encoding, done) => {
      const { flights } = connection;
      const last = flights.at(-1);
      if (last?.up === up && last.at_ms === now_ms()) last.bytes += bytes.length;
      else flights.push({ up, at_ms: now_ms(), bytes: bytes.length });
      write(bytes, encoding, done);
    };
    end.once("close", () => {
      connection.closed = true;
    });
  }

  return {
    /** A connection: the modem's end, and the server's. */
    pair(): [Duplex, Duplex] {
      const [near, far] = duplexPair();
      const connection = { flights: [], opened: true, closed: false };
      connections.push(connection);
      count(near, true, connection);
      count(far, false, connection);
      return [near, far];
    },
    /** What passed since it was asked last. */
    take(): Air {
      const sum = sumOf(connections);
      connections = connections.filter(({ closed }) => !closed);
      for (const connection of connections) Object.assign(connection, { flights: [], opened: false });
      return sum;
    },
  };
}

function sumOf(connections: Connection[]): Air {
  const sum: Air = { connections: connections.length, up: 0, down: 0, segments: 0, round_trips: 0 };
  const send = (up: boolean, segments: number, bytes = 0): void => {
    sum.segments += segments;
    sum[up ? "up" : "down"] += bytes + segments * HEADER_BYTES;
  };
  for (const { flights, opened, closed } of connections) {
    if (opened) {
      // SYN and, after the server's, ACK.
      send(true, 2);
      send(false, 1);
      sum.round_trips++;
    }
    flights.forEach(({ up, bytes }, i) => {
      const segments = Math.ceil(bytes / SEGMENT_BYTES);
      send(up, segments, bytes);
      // The other end acknowledges every second one at least (RFC 1122 4.2.3.2).
      send(!up, Math.ceil(segments / 2));
      if (!up && flights[i - 1]?.up) sum.round_trips++;
    });
    // FIN of each end, and its ACK.
    if (closed) for (const up of [true, false]) send(up, 2);
  }
  return sum;
}
