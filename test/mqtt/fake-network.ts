import assert from "node:assert/strict";
import type { Network, Socket, SocketHandlers } from "../../firmware/socket.ts";
import { latin1 } from "./bytes.ts";

/** A network that does what the test says: `up`, `respond` to what the client wrote, `expect` it to have written. */
export interface FakeNetwork extends Network {
  /** Where the last connection was opened to. */
  address: string;
  /** How many were opened, and how many the client closed. */
  opened: number;
  closed: number;
  /** How many bytes the socket takes now: 0 while it is busy, negative when it is dead. */
  room: number;
  /** Each write the socket took bytes of. */
  writes: string[];
  /** The connection is up. */
  up(): void;
  /** The server sends. */
  respond(bytes: string): void;
  /** The socket takes bytes again. */
  writable(room?: number): void;
  /** The connection is gone. */
  down(reason: string): void;
  /** Since the last `expect`, exactly these were written, one write each. */
  expect(...packets: string[]): void;
}

export function fakeNetwork(): FakeNetwork {
  let handlers: SocketHandlers;
  const socket: Socket = {
    write(bytes) {
      assert.match(bytes, /^[\0-\xff]+$/, "bytes, and at least one");
      const taken = Math.min(bytes.length, network.room);
      if (taken > 0) network.writes.push(bytes.slice(0, taken));
      if (taken > 0) network.room -= taken;
      return taken;
    },
    close() {
      network.closed++;
    },
  };
  const network: FakeNetwork = {
    address: "",
    opened: 0,
    closed: 0,
    room: Number.POSITIVE_INFINITY,
    writes: [],
    open(host, port, its_handlers) {
      network.address = `${host}:${port}`;
      network.opened++;
      handlers = its_handlers;
      return socket;
    },
    up: () => handlers.onOpen(),
    respond: (bytes) => handlers.onData(bytes),
    writable(room = Number.POSITIVE_INFINITY) {
      network.room = room;
      handlers.onWritable();
    },
    down: (reason) => handlers.onClose(reason),
    expect(...packets) {
      const hex = (all: string[]) => all.map((it) => latin1(it).toString("hex"));
      assert.deepEqual(hex(network.writes), hex(packets));
      network.writes = [];
    },
  };
  return network;
}
