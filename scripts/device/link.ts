/** The ways bytes go to a board: a serial port, or a console over TCP. */
import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { SerialPort } from "serialport";
import { DeviceError } from "./device.ts";

/** Told what comes in, and once that the link is gone: closed by us or lost. */
export interface LinkEvents {
  data(bytes: Buffer): void;
  gone(): void;
}

export interface Link {
  /** How messages call it. */
  readonly name: string;
  /** Throws `DeviceError` with cause and remedy. */
  open(events: LinkEvents): Promise<void>;
  /** Calls back when the bytes are on their way; never when the link is gone before. */
  write(bytes: Buffer, written: () => void): void;
  close(): void;
}

export const DEFAULT_BAUD = 115200;
const CONNECT_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 500;

/** A serial port, 8N1. Espruino holds us back with XOFF. */
export function serialLink(path: string, baud = DEFAULT_BAUD): Link {
  let port: SerialPort | undefined;
  return {
    name: path,
    async open({ data, gone }) {
      const opening = new SerialPort({ path, baudRate: baud, xon: true, autoOpen: false });
      // Without a listener an error, such as of an unplugged port, would end the program; "close" follows it.
      opening.on("error", () => {});
      const fault = await new Promise<Error | null>((resolve) => {
        opening.open(resolve);
      });
      if (fault) throw new DeviceError(`${path}: ${await openFault(path, fault.message)}`);
      opening.on("data", data);
      opening.on("close", gone);
      port = opening;
    },
    write(bytes, written) {
      if (port?.isOpen) port.write(bytes, (error) => error || written());
    },
    close() {
      if (port?.isOpen) port.close();
    },
  };
}

const ABSENT = "there is no such port; is the board plugged in, with a cable that carries data?";

/** Cause and remedy, by what the system said. */
async function openFault(path: string, message: string): Promise<string> {
  if (/file not found|no such file/i.test(message)) return ABSENT;
  if (/permission denied/i.test(message)) return `no permission to open it; ${await groupRemedy(path)}`;
  if (/cannot lock port|resource busy|access denied/i.test(message))
    return "another program has it open (a terminal, the Web IDE, ModemManager?); close that one first";
  if (/inappropriate ioctl|not a directory|is a directory/i.test(message)) return "this is not a serial port";
  return `cannot be opened: ${message.replace(/^Error:? */, "").replace(/,? cannot open .*$/i, "")}`;
}

/** A port belongs to a group whose members may open it: dialout on Debian, uucp on Arch. */
async function groupRemedy(path: string): Promise<string> {
  const [{ gid }, groups] = await Promise.all([stat(path), readFile("/etc/group", "utf8").catch(() => "")]);
  const group = groupName(groups, gid);
  return group === undefined || group === "root"
    ? "ask for the right to it, or run this as its owner"
    : `join the group ${group} (sudo usermod -aG ${group} $USER), then log in again`;
}

/** A group's name in the text of /etc/group. */
export function groupName(groups: string, gid: number): string | undefined {
  for (const line of groups.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && Number(id) === gid && id !== "") return name;
  }
  return undefined;
}

/** A console over the network: "HOST:PORT". */
export function tcpLink(address: string): Link {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const port = Number(address.slice(colon + 1));
  let socket: ReturnType<typeof connect> | undefined;
  return {
    name: address,
    async open({ data, gone }) {
      const opening = connect({ host, port, noDelay: true });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          opening.destroy();
          reject(new DeviceError(`${address}: no connection in ${CONNECT_TIMEOUT_MS / 1000} s`));
        }, CONNECT_TIMEOUT_MS);
        opening.once("connect", () => {
          clearTimeout(timer);
          resolve();
        });
        // Stays: an error later on is followed by "close".
        opening.on("error", (error: NodeJS.ErrnoException) => {
          clearTimeout(timer);
          reject(new DeviceError(connectFault(address, error)));
        });
      });
      opening.on("data", data);
      opening.on("close", gone);
      socket = opening;
    },
    write(bytes, written) {
      if (socket?.writable) socket.write(bytes, (error) => error || written());
    },
    close() {
      // In order, so that the other side is rid of us when we say that it is closed: it may take one client at a time.
      socket?.end();
      const unasked = setTimeout(() => socket?.destroy(), CLOSE_TIMEOUT_MS);
      socket?.once("close", () => clearTimeout(unasked));
    },
  };
}

function connectFault(address: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED")
    return `${address}: connection refused; does a console listen there (npm start -- --console)?`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `${address}: there is no such host`;
  return `${address}: no connection: ${message}`;
}
