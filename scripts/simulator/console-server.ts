/** A simulated board's console on a loopback TCP port, as a terminal server offers a real one. */
import { createServer, type Socket } from "node:net";
import { fromBytes, toBytes } from "./espruino/bytes.ts";
import type { SerialPeer } from "./espruino/serial-peer.ts";

/** A UART brings bytes at its speed: a board would lose what came all at once. */
const PIECE_BYTES = 512;
const PIECE_MS = 2;

export interface ConsoleServer {
  /** What the board has at the other end of its console. */
  readonly peer: SerialPeer;
  readonly port: number;
  /** The cable is pulled: who is connected is cut off. */
  unplug(): void;
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1; without a port on any that is free. One client at a time: another is sent away at once. Bytes
 * go through as they are; what the board says while nobody is there is lost, as on a cable.
 */
export async function serveConsole(port = 0): Promise<ConsoleServer> {
  let client: Socket | undefined;
  const peer: SerialPeer = {
    write(bytes) {
      if (!client || client.destroyed) return;
      // The board writes by the character: what it writes in one go leaves in one piece.
      if (!client.writableCorked) {
        const corked = client;
        corked.cork();
        setImmediate(() => corked.uncork());
      }
      client.write(fromBytes(bytes));
    },
  };
  const server = createServer((socket) => {
    if (client) {
      socket.destroy();
      return;
    }
    client = socket;
    peer.watched = true;
    socket.setNoDelay(true);
    let pending = "";
    const pass = (): void => {
      if (socket.destroyed) return;
      peer.onData?.(pending.slice(0, PIECE_BYTES));
      pending = pending.slice(PIECE_BYTES);
      if (pending) setTimeout(pass, PIECE_MS);
    };
    socket.on("data", (data) => {
      const idle = !pending;
      pending += toBytes(data);
      if (idle) pass();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      client = undefined;
      peer.watched = false;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const unplug = (): void => {
    client?.destroy();
  };
  return {
    peer,
    port: (server.address() as { port: number }).port,
    unplug,
    close() {
      unplug();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
