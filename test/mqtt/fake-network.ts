import assert from "node:assert/strict";
import type { Reason } from "../../firmware/reason.ts";
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
  /** The server sends. What the client does not take now comes when the socket takes bytes again. */
  respond(bytes: string): void;
  /** How many bytes a read gives: what `respond` has is handed over in such pieces. */
  read_size: number;
  /** What the server sent and the client did not take. */
  backlog: string;
  /** The socket takes bytes again. */
  writable(room?: number): void;
  /** The connection is gone. */
  down(reason: Reason): void;
  /** Since the last `expect`, exactly these were written, in whatever writes. */
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
      network.backlog = "";
      handlers = its_handlers;
      return socket;
    },
    read_size: Number.POSITIVE_INFINITY,
    backlog: "",
    up: () => handlers.onOpen(),
    respond(bytes) {
      network.backlog += bytes;
      read();
    },
    writable(room = Number.POSITIVE_INFINITY) {
      network.room = room;
      handlers.onWritable();
      read();
    },
    down: (reason) => handlers.onClose(reason),
    expect(...packets) {
      const hex = (all: string[]) => latin1(all.join("")).toString("hex");
      assert.equal(hex(network.writes), hex(packets));
      network.writes = [];
    },
  };
  const read = () => {
    while (network.backlog && handlers.takesData()) {
      const bytes = network.backlog.slice(0, network.read_size);
      network.backlog = network.backlog.slice(network.read_size);
      handlers.onData(bytes);
    }
  };
  return network;
}
