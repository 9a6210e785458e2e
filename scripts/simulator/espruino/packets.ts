/**
 * The interpreter's binary packets (2v25 and later): DLE SOH, type and length in two bytes, data; answered by ACK or NAK.
 * README_Protocol.md of Espruino describes them.
 */
import type { Clock } from "../clock.ts";

interface PacketParts {
  clock: Clock;
  /** Bytes to the console's device, as they are. */
  send(bytes: string): void;
  /** Runs an expression; when it fails, what prints the error. */
  evaluate(source: string): string | (() => void);
  readFile(name: string): string | undefined;
  /** A failure is shown on the console, not told by NAK: so it is in the interpreter. */
  writeFile(name: string, data: string, offset: number, size: number): void;
}

/** What takes a packet's bytes in. */
export interface Packets {
  /** Bytes are a packet's until it is complete. */
  readonly receiving: boolean;
  /** DLE SOH was there. */
  start(): void;
  take(character: string): void;
  stop(): void;
}

const ACK = "\x06";
const NAK = "\x15";
const TYPE = {
  response: 0,
  eval: 0x2000,
  event: 0x4000,
  fileSend: 0x6000,
  data: 0x8000,
  fileReceive: 0xa000,
};
const LENGTH_MASK = 0x1fff;
const TIMEOUT_MS = 5000;
const REPLY_BYTES = 1024;

export function createPackets({ clock, send, evaluate, readFile, writeFile }: PacketParts): Packets {
  let packet: string | undefined;
  let timeout: unknown;
  /** The file being sent. */
  let file: { name: string; size: number; offset: number } | undefined;

  function end(): void {
    packet = undefined;
    clock.clearTimeout(timeout);
  }

  const reply = (type: number, data: string): void => {
    const head = type | data.length;
    send(`\x10\x01${String.fromCharCode(head >> 8, head & 255)}${data}`);
  };

  /** `{fn, s}`, in which the interpreter takes any JSON. */
  function parameters(data: string): { fn?: unknown; s?: unknown } {
    try {
      return JSON.parse(data) as object;
    } catch {
      return {};
    }
  }

  function process(type: number, data: string): void {
    if (type === TYPE.eval) {
      const result = evaluate(data);
      if (typeof result === "string") {
        send(ACK);
        reply(TYPE.response, result);
      } else {
        send(NAK);
        result();
      }
    } else if (type === TYPE.fileSend) {
      const { fn, s } = parameters(data);
      const ok = typeof fn === "string" && Number(s) > 0;
      file = ok ? { name: fn, size: Number(s), offset: 0 } : undefined;
      send(ok ? ACK : NAK);
    } else if (type === TYPE.data && file) {
      const { name, offset, size } = file;
      writeFile(name, data, offset, size);
      file.offset += data.length;
      if (file.offset >= size) file = undefined;
      send(ACK);
    } else if (type === TYPE.fileReceive) {
      const { fn } = parameters(data);
      const content = typeof fn === "string" ? readFile(fn) : undefined;
      send(content === undefined ? NAK : ACK);
      if (content === undefined) return;
      for (let i = 0; i < content.length; i += REPLY_BYTES)
        reply(TYPE.data, content.slice(i, i + REPLY_BYTES));
      reply(TYPE.data, "");
    } else send(NAK);
  }

  return {
    get receiving() {
      return packet !== undefined;
    },
    start() {
      packet = "";
      timeout = clock.setTimeout(() => {
        packet = undefined;
        send(NAK);
      }, TIMEOUT_MS);
    },
    take(character) {
      packet += character;
      const bytes = packet as string;
      if (bytes.length < 2) return;
      const head = (bytes.charCodeAt(0) << 8) | bytes.charCodeAt(1);
      if (bytes.length < 2 + (head & LENGTH_MASK)) return;
      end();
      process(head & ~LENGTH_MASK, bytes.slice(2));
    },
    stop: end,
  };
}
