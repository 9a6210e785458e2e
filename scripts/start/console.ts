/** The board's console, offered to the commands that talk to boards. */
import { readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { Fault } from "../fault.ts";
import { serveConsole } from "../simulator/console-server.ts";
import type { SerialPeer } from "../simulator/espruino/serial-peer.ts";
import { cable, openSerialPort } from "../simulator/interpreter.ts";

export interface OfferedConsole {
  /** What the board's console is connected to. */
  peer: SerialPeer;
  /** The option of those commands that leads there. */
  address: string;
  /** The same, where that is a pseudo-terminal by a link in this directory: its number is another each time. */
  linkedIn(directory: string): string;
  close(): Promise<void>;
}

const LINK = "console";

/** On a TCP port of this machine; without one, and where there are any (not on Windows), on a pseudo-terminal. */
export async function offerConsole(port?: number): Promise<OfferedConsole> {
  if (port !== undefined || process.platform === "win32") {
    const server = await serveConsole(port).catch((error: NodeJS.ErrnoException) => {
      throw new Fault(`--console-port ${port}: ${error.code === "EADDRINUSE" ? "is taken" : error.message}`);
    });
    const address = `--tcp 127.0.0.1:${server.port}`;
    return {
      peer: server.peer,
      address,
      linkedIn: () => address,
      close: server.close,
    };
  }
  const [peer, far] = cable();
  // Who opens the terminal later finds there what was said before.
  peer.watched = true;
  const { path, close } = await openSerialPort(far);
  let link: string | undefined;
  return {
    peer,
    address: `--port ${path}`,
    linkedIn(directory) {
      link = join(directory, LINK);
      rmSync(link, { force: true });
      symlinkSync(path, link);
      return `--port ${relative("", link)}`;
    },
    async close() {
      close();
      // The number may be anybody's terminal next. The link may be another run's by now.
      if (link !== undefined && targetOf(link) === path) rmSync(link);
    },
  };
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
