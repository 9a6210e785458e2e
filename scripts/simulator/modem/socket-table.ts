/** What the module's TCP sockets and its TLS sockets have in common: ids, opening, sending, reading, closing, and what is told of them. */
import { type Command, integer } from "./command.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import type { Core } from "./core.ts";
import type { FileStore } from "./files.ts";
import type { Reply } from "./interpreter.ts";
import type { PdpContexts } from "./pdp.ts";
import { type ModemSocket, newSocket, type SocketState, take } from "./socket.ts";
import type { TimeKeeping } from "./time.ts";

export const MOST_SOCKETS = 12;
const MOST_SENT = 1460;
const MOST_READ = 1500;
const TIMEOUT = 569;

/** How one kind of sockets is called. */
interface Kind {
  /** Of the report of an open: `+QIOPEN`. */
  open: string;
  /** `+QISEND`, `+QIRD`, `+QIURC`. */
  send: string;
  read: string;
  urc: string;
  /** A length of 0 asks QISEND and QIRD for their counts. */
  counts: boolean;
}

export const TCP: Kind = { open: "+QIOPEN", send: "+QISEND", read: "+QIRD", urc: "+QIURC", counts: true };
export const TLS: Kind = {
  open: "+QSSLOPEN",
  send: "+QSSLSEND",
  read: "+QSSLRECV",
  urc: "+QSSLURC",
  counts: false,
};

/** What the sockets need of the module's other parts. */
export interface Surroundings {
  core: Core;
  pdp: PdpContexts;
  files: FileStore;
  time: TimeKeeping;
  /** Do bytes pass through the air? */
  flowing: () => boolean;
}

/** What both kinds share. */
export interface SocketSettings {
  /** For AT+QIGETERROR. */
  lastError: number;
  /** AT+QISDE. */
  dataEcho: boolean;
  nextLocalPort: number;
}

type Given = Parameters<typeof newSocket>[0];
type Connect = (socket: ModemSocket, events: ConnectionEvents) => Connection;

export interface SocketTable {
  /** The socket that a command's argument names. */
  socketOf(command: Command, index: number): ModemSocket | undefined;
  fail(reply: Reply, error: number): void;
  /** Answers OK, opens and reports. `refusal`: a reason not to, found before; 0: none. */
  open(reply: Reply, given: Given, connect: Connect, refusal?: number): void;
  /** Open without a word, for a modem that was running before. */
  resume(given: Given, connect: Connect): void;
  send(socket: ModemSocket, data: string, reply: Reply): void;
  sendCommand(command: Command, reply: Reply): void;
  readCommand(command: Command, reply: Reply): void;
  closeCommand(command: Command, reply: Reply): void;
  flow(): void;
  closeByPeer(id?: number): void;
  reset(): void;
  readonly all: Iterable<ModemSocket>;
  readonly list: SocketState[];
}

export function createSocketTable(
  kind: Kind,
  { core, pdp }: Surroundings,
  settings: SocketSettings,
): SocketTable {
  const { model, faults } = core;
  const sockets = new Map<number, ModemSocket>();
  const sticky = new Set<number>();

  function fail(reply: Reply, error: number): void {
    settings.lastError = error;
    reply.error();
  }

  function socketOf(command: Command, index: number): ModemSocket | undefined {
    const id = command.kind === "set" ? integer(command, index, 0, MOST_SOCKETS - 1) : undefined;
    return id === undefined ? undefined : sockets.get(id);
  }

  function connectTo(socket: ModemSocket, connect: Connect, opened: (error: number) => void): void {
    sockets.set(socket.id, socket);
    socket.connection = connect(socket, {
      opened(error) {
        socket.state = error === 0 ? 2 : 4;
        opened(error);
      },
      received: () => announce(socket),
      closed() {
        if (sockets.get(socket.id) !== socket || socket.state === 4) return;
        end(socket, "peer");
        late(socket, () => core.urc(`${kind.urc}: "closed",${socket.id}`));
      },
    });
  }

  function end(socket: ModemSocket, by: "host" | "peer"): void {
    if (socket.state === 2) core.tell({ what: "ended", id: socket.id, by });
    socket.state = 4;
  }

  /** A URC of a socket, which may be late; by then the socket may be another. */
  function late(socket: ModemSocket, tell: () => void): void {
    if (faults.lateUrc_ms > 0)
      core.after(faults.lateUrc_ms, () => {
        if (sockets.get(socket.id) === socket) tell();
      });
    else tell();
  }

  function announce(socket: ModemSocket): void {
    const { id, connection } = socket;
    if (!connection || sockets.get(id) !== socket) return;
    const separator = core.nv.get("+QICFG viewmode") === "1" ? "," : "\r\n";
    while (socket.mode === 1 && connection.received !== "") {
      const data = take(core, socket, MOST_READ);
      core.urc(`${kind.urc}: "recv",${id},${data.length}${separator}${data}`);
    }
    if (connection.received === "" || socket.announced) return;
    socket.announced = true;
    const withLength =
      kind === TCP && (faults.recvLength ?? (model.recvLength || core.nv.get("+QICFG recvind") === "1"));
    late(socket, () =>
      core.urc(`${kind.urc}: "recv",${id}${withLength ? `,${connection.received.length}` : ""}`),
    );
  }

  core.events.on("contextDown", (context) => {
    for (const socket of sockets.values()) {
      if (socket.context !== context) continue;
      end(socket, "peer");
      socket.connection?.destroy();
    }
  });

  function send(socket: ModemSocket, data: string, reply: Reply) {
    if (sockets.get(socket.id) !== socket || socket.state !== 2) return fail(reply, 567);
    if (core.chance(faults.sendFail) || data.length > MOST_SENT) return reply.final("SEND FAIL");
    reply.final(socket.connection?.send(data) ? "SEND OK" : "SEND FAIL");
  }

  return {
    socketOf,
    fail,
    send,
    open(reply, given, connect, refusal = 0) {
      const { id, context } = given;
      reply.ok();
      const report = (error: number): void => {
        if (error !== 0) settings.lastError = error;
        core.tell({ what: "opened", id, error });
        core.report(`${kind.open}: ${id},${error}`);
      };
      const soon = (error: number): void => {
        core.after(core.times.answer_ms + core.times.open_ms, () => report(error));
      };
      if (faults.deadSockets) return soon(core.chance(0.5) ? 553 : 563);
      if (sockets.has(id) || sticky.delete(id)) return soon(563);
      const refused = faults.openError || faults.contextOpenError || refusal;
      const socket = newSocket(given);
      if (core.chance(faults.silentOpen)) {
        core.transcript.note(`fault: socket ${id} opens for ever`);
        core.tell({ what: "opened", id, error: undefined });
        sockets.set(id, socket);
        return;
      }
      if (!refused && pdp.isActive(context)) return connectTo(socket, connect, report);
      sockets.set(id, socket);
      socket.state = 4;
      if (!pdp.isActive(context)) soon(561);
      else if (refused === TIMEOUT) core.after(core.times.openTimeout_ms, () => report(refused));
      else soon(refused);
    },
    resume(given, connect) {
      const socket = newSocket(given);
      socket.state = 2;
      connectTo(socket, connect, () => {});
    },
    sendCommand(command, reply) {
      const socket = socketOf(command, 0);
      if (!socket) return fail(reply, 572);
      const length =
        command.args.length > 1 ? integer(command, 1, kind.counts ? 0 : 1, MOST_SENT) : undefined;
      if (command.args.length > 1 && length === undefined) return fail(reply, 552);
      if (length === 0) {
        const { sent, acknowledged } = socket.connection ?? { sent: 0, acknowledged: 0 };
        reply.info(`${kind.send}: ${sent},${acknowledged},${sent - acknowledged}`);
        return reply.ok();
      }
      if (socket.state !== 2) return fail(reply, 567);
      reply.collect({
        prompt: (faults.promptSpace ?? model.promptSpace) ? "\r\n> " : "\r\n>",
        length,
        timeout_ms: core.times.payloadTimeout_ms,
        echo: settings.dataEcho,
        done(data, ended) {
          if (core.chance(faults.urcInSend)) core.urc('+CTZV: "+08"');
          if (ended === "timeout") return fail(reply, 571);
          if (ended === "cancelled") return reply.ok();
          send(socket, data, reply);
        },
      });
      if (core.chance(faults.urcInSend)) core.after(core.times.answer_ms, () => core.urc('+CTZV: "+08"'));
    },
    readCommand(command, reply) {
      const most = kind.counts
        ? integer(command, 1, 0, MOST_READ, MOST_READ)
        : integer(command, 1, 1, MOST_READ);
      const socket = socketOf(command, 0);
      if (socket?.mode !== 0) return fail(reply, 572);
      if (most === undefined) return fail(reply, 552);
      const { connection } = socket;
      if (most === 0) {
        const unread = connection?.received.length ?? 0;
        const read = connection?.read ?? 0;
        reply.info(`${kind.read}: ${read + unread},${read},${unread}`);
      } else {
        const data = take(core, socket, most);
        reply.info(data === "" ? `${kind.read}: 0` : `${kind.read}: ${data.length}\r\n${data}`);
        // The room goes to what waited in the air, announced after the answer
        core.after(core.times.answer_ms + 1, () => connection?.flow());
      }
      reply.ok();
    },
    closeCommand(command, reply) {
      const id = integer(command, 0, 0, MOST_SOCKETS - 1);
      const timeout_s = integer(command, 1, 0, 65535, 10);
      if (command.kind !== "set" || id === undefined || timeout_s === undefined) return fail(reply, 552);
      const socket = sockets.get(id);
      if (!socket) return reply.ok();
      const connection = socket.connection;
      const timeout = core.after(timeout_s * 1000, free);
      let freed = false;
      function free(): void {
        if (freed || id === undefined) return;
        freed = true;
        core.cancel(timeout);
        connection?.destroy();
        sockets.delete(id);
        if (core.chance(faults.stickyId)) sticky.add(id);
        reply.ok();
      }
      const open = socket.state === 2;
      end(socket, "host");
      if (open && timeout_s > 0) connection?.end(free);
      else free();
    },
    flow() {
      for (const socket of sockets.values()) socket.connection?.flow();
    },
    closeByPeer(id) {
      for (const socket of sockets.values()) {
        if (socket.state !== 2 || (id !== undefined && socket.id !== id)) continue;
        end(socket, "peer");
        socket.connection?.destroy();
        core.urc(`${kind.urc}: "closed",${socket.id}`);
      }
    },
    reset() {
      for (const socket of sockets.values()) socket.connection?.destroy();
      sockets.clear();
      sticky.clear();
    },
    get all() {
      return sockets.values();
    },
    get list() {
      return [...sockets.values()].map(({ id, context, host, port, state, tls, connection }) => ({
        id,
        context,
        host,
        port,
        state,
        unread: connection?.received.length ?? 0,
        ...(tls !== undefined && { tls }),
      }));
    },
  };
}
