/** The board's console, offered to the commands that talk to boards. */

import { Fault } from "../fault.ts";
import { serveConsole } from "../simulator/console-server.ts";
import type { SerialPeer } from "../simulator/espruino/serial-peer.ts";
import { cable, openSerialPort } from "../simulator/interpreter.ts";

export interface OfferedConsole {
  /** What the board's console is connected to. */
  peer: SerialPeer;
  /** What to type to get there. */
  hint: string;
  close(): Promise<void>;
}

/** On a TCP port of this machine; without one, and where there are any (not on Windows), on a pseudo-terminal. */
export async function offerConsole(port?: number): Promise<OfferedConsole> {
  if (port !== undefined || process.platform === "win32") {
    const server = await serveConsole(port).catch((error: NodeJS.ErrnoException) => {
      throw new Fault(`--console-port ${port}: ${error.code === "EADDRINUSE" ? "is taken" : error.message}`);
    });
    return {
      peer: server.peer,
      hint: hint(`--tcp 127.0.0.1:${server.port}`),
      close: server.close,
    };
  }
  const [peer, far] = cable();
  // Who opens the terminal later finds there what was said before.
  peer.watched = true;
  const terminal = await openSerialPort(far);
  return { peer, hint: hint(`--port ${terminal.path}`), close: async () => terminal.close() };
}

const hint = (address: string): string => `console: npm run repl -- ${address}`;
