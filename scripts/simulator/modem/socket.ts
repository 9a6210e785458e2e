/** One socket of the modem. */
import type { Connection } from "./connection.ts";
import type { Core } from "./core.ts";

/** So many of the first bytes that are read are told of. */
const HEAD = 4;

/** QISTATE's numbers: 1 opening, 2 connected, 4 closing. */
export interface SocketState {
  id: number;
  context: number;
  host: string;
  port: number;
  state: number;
  unread: number;
  /** The context of its TLS; absent: a TCP socket. */
  tls?: number;
}

export interface ModemSocket {
  id: number;
  context: number;
  host: string;
  port: number;
  localPort: number;
  /** 0 buffer access, 1 direct push. */
  mode: number;
  state: 1 | 2 | 4;
  /** The context of its TLS; undefined: a TCP socket. */
  tls: number | undefined;
  /** A recv URC was sent and the buffer not been empty since: no further one. */
  announced: boolean;
  /** The first bytes that were read. */
  head: string;
  connection: Connection | undefined;
}

/** One that is being opened. */
export function newSocket(
  given: Pick<ModemSocket, "id" | "context" | "host" | "port" | "localPort" | "mode"> & { tls?: number },
): ModemSocket {
  return { tls: undefined, ...given, state: 1, announced: false, head: "", connection: undefined };
}

/** Takes out what it received, so many bytes at most. */
export function take(core: Core, socket: ModemSocket, most: number): string {
  const { connection } = socket;
  if (!connection) return "";
  const data = connection.received.slice(0, most);
  connection.received = connection.received.slice(data.length);
  if (connection.read < HEAD) {
    socket.head = (socket.head + data).slice(0, HEAD);
    if (socket.head.length === HEAD) core.tell({ what: "first bytes", id: socket.id, bytes: socket.head });
  }
  connection.read += data.length;
  if (connection.received === "") socket.announced = false;
  return data;
}

/** Factory values of AT+QICFG; they are not saved. */
export function socketSettings(core: Core): Record<string, string> {
  const common = { transpktsize: "1024", transwaittm: "2", viewmode: "0", "tcp/retranscfg": "8,600" };
  if (core.model.family === "BG9x") return common;
  return { ...common, recvind: "0", "tcp/keepalive": "0", passiveclosed: "0", "recv/buffersize": "10240" };
}
