import { type Command, integer, quoted } from "./command.ts";
import { openConnection } from "./connection.ts";
import type { Core } from "./core.ts";
import { socketErrorText } from "./errors.ts";
import { queryOrStore } from "./general.ts";
import type { Commands, Reply } from "./interpreter.ts";
import type { PdpContexts } from "./pdp.ts";
import { type ModemSocket, newSocket, type SocketState, socketSettings, take } from "./socket.ts";

export interface Sockets {
  commands: Commands;
  /** What waits in the air moves on, where it can. */
  flow(): void;
  /** The peer of this socket, or of all, closes. */
  closeByPeer(id?: number): void;
  /** Open without a word, for a modem that was running before. */
  resume(socket: { id: number; host: string; port: number; mode?: 0 | 1 }): void;
  reset(): void;
  readonly list: readonly SocketState[];
}

const MOST_SOCKETS = 12;
const MOST_SENT = 1460;
const MOST_READ = 1500;
const TIMEOUT = 569;

export function createSockets(core: Core, pdp: PdpContexts, flowing: () => boolean): Sockets {
  const { model, faults } = core;
  const sockets = new Map<number, ModemSocket>();
  const sticky = new Set<number>();
  let lastError = 0;
  let dataEcho = true;
  let nextLocalPort = 5000;

  function fail(reply: Reply, error: number): void {
    lastError = error;
    reply.error();
  }
  pdp.onError = (error) => {
    lastError = error;
  };

  function open(socket: ModemSocket, opened: (error: number) => void): void {
    sockets.set(socket.id, socket);
    socket.connection = openConnection(core, socket.host, socket.port, flowing, {
      opened(error) {
        socket.state = error === 0 ? 2 : 4;
        opened(error);
      },
      received: () => announce(socket),
      closed() {
        if (sockets.get(socket.id) !== socket || socket.state === 4) return;
        end(socket, "peer");
        late(socket, () => core.urc(`+QIURC: "closed",${socket.id}`));
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
      core.urc(`+QIURC: "recv",${id},${data.length}${separator}${data}`);
    }
    if (connection.received === "" || socket.announced) return;
    socket.announced = true;
    const withLength = faults.recvLength ?? (model.recvLength || core.nv.get("+QICFG recvind") === "1");
    late(socket, () => core.urc(`+QIURC: "recv",${id}${withLength ? `,${connection.received.length}` : ""}`));
  }

  core.events.on("contextDown", (context) => {
    for (const socket of sockets.values()) {
      if (socket.context !== context) continue;
      end(socket, "peer");
      socket.connection?.destroy();
    }
  });

  function openCommand(command: Command, reply: Reply) {
    const context = integer(command, 0, 1, 16);
    const id = integer(command, 1, 0, MOST_SOCKETS - 1);
    const service = quoted(command, 2)?.toUpperCase();
    const host = quoted(command, 3);
    const port = integer(command, 4, 0, 65535);
    const localPort = integer(command, 5, 0, 65535, 0);
    const mode = integer(command, 6, 0, 2, 0);
    if (context === undefined || id === undefined || service === undefined || !host) return fail(reply, 552);
    if (port === undefined || localPort === undefined || mode === undefined) return fail(reply, 552);
    if (service !== "TCP" || mode === 2) return fail(reply, 555);
    reply.ok();
    const report = (error: number): void => {
      if (error !== 0) lastError = error;
      core.tell({ what: "opened", id, error });
      core.report(`+QIOPEN: ${id},${error}`);
    };
    const soon = (error: number): void => {
      core.after(core.times.answer_ms + core.times.open_ms, () => report(error));
    };
    if (faults.deadSockets) return soon(core.chance(0.5) ? 553 : 563);
    if (sockets.has(id) || sticky.delete(id)) return soon(563);
    const refused = faults.openError || faults.contextOpenError;
    const socket = newSocket({ id, context, host, port, localPort: localPort || nextLocalPort++, mode });
    if (core.chance(faults.silentOpen)) {
      core.transcript.note(`fault: socket ${id} opens for ever`);
      core.tell({ what: "opened", id, error: undefined });
      sockets.set(id, socket);
      return;
    }
    if (!refused && pdp.isActive(context)) return open(socket, report);
    sockets.set(id, socket);
    socket.state = 4;
    if (!pdp.isActive(context)) soon(561);
    else if (refused === TIMEOUT) core.after(core.times.openTimeout_ms, () => report(refused));
    else soon(refused);
  }

  function sendCommand(command: Command, reply: Reply) {
    const id = integer(command, 0, 0, MOST_SOCKETS - 1);
    const socket = id === undefined ? undefined : sockets.get(id);
    if (command.kind !== "set" || !socket) return fail(reply, 572);
    const length = command.args.length > 1 ? integer(command, 1, 0, MOST_SENT) : undefined;
    if (command.args.length > 1 && length === undefined) return fail(reply, 552);
    if (length === 0) {
      const { sent, acknowledged } = socket.connection ?? { sent: 0, acknowledged: 0 };
      reply.info(`+QISEND: ${sent},${acknowledged},${sent - acknowledged}`);
      return reply.ok();
    }
    if (socket.state !== 2) return fail(reply, 567);
    reply.collect({
      prompt: (faults.promptSpace ?? model.promptSpace) ? "\r\n> " : "\r\n>",
      length,
      timeout_ms: core.times.payloadTimeout_ms,
      echo: dataEcho,
      done(data, ended) {
        if (core.chance(faults.urcInSend)) core.urc('+CTZV: "+08"');
        if (ended === "timeout") return fail(reply, 571);
        if (ended === "cancelled") return reply.ok();
        send(socket, data, reply);
      },
    });
    if (core.chance(faults.urcInSend)) core.after(core.times.answer_ms, () => core.urc('+CTZV: "+08"'));
  }

  function send(socket: ModemSocket, data: string, reply: Reply) {
    if (sockets.get(socket.id) !== socket || socket.state !== 2) return fail(reply, 567);
    if (core.chance(faults.sendFail) || data.length > MOST_SENT) return reply.final("SEND FAIL");
    reply.final(socket.connection?.send(data) ? "SEND OK" : "SEND FAIL");
  }

  function sendHexCommand(command: Command, reply: Reply) {
    const id = integer(command, 0, 0, MOST_SOCKETS - 1);
    const socket = id === undefined ? undefined : sockets.get(id);
    const hex = quoted(command, 1) ?? "";
    if (!socket) return fail(reply, 572);
    if (hex.length > 512 || !/^([0-9a-f]{2})+$/i.test(hex)) return fail(reply, 552);
    send(socket, Buffer.from(hex, "hex").toString("latin1"), reply);
  }

  function readCommand(command: Command, reply: Reply) {
    const id = integer(command, 0, 0, MOST_SOCKETS - 1);
    const most = integer(command, 1, 0, MOST_READ, MOST_READ);
    const socket = id === undefined ? undefined : sockets.get(id);
    if (command.kind !== "set" || !socket || socket.mode !== 0) return fail(reply, 572);
    if (most === undefined) return fail(reply, 552);
    const { connection } = socket;
    if (most === 0) {
      const unread = connection?.received.length ?? 0;
      const read = connection?.read ?? 0;
      reply.info(`+QIRD: ${read + unread},${read},${unread}`);
    } else {
      const data = take(core, socket, most);
      reply.info(data === "" ? "+QIRD: 0" : `+QIRD: ${data.length}\r\n${data}`);
      // The room goes to what waited in the air, announced after the answer
      core.after(core.times.answer_ms + 1, () => connection?.flow());
    }
    reply.ok();
  }

  function closeCommand(command: Command, reply: Reply) {
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
  }

  function stateCommand(command: Command, reply: Reply) {
    const by = integer(command, 0, 0, 1);
    const value = integer(command, 1, 0, 16);
    if (command.kind === "set" && (by === undefined || value === undefined)) return fail(reply, 552);
    for (const socket of sockets.values()) {
      if (command.kind === "set" && value !== (by === 1 ? socket.id : socket.context)) continue;
      const state = socket.state === 2 && faults.state3 ? 3 : socket.state;
      const { id, port, localPort, context, mode } = socket;
      const address = socket.connection?.address ?? socket.host;
      reply.info(
        `+QISTATE: ${id},"TCP","${address}",${port},${localPort},${state},${context},0,${mode},"uart1"`,
      );
    }
    reply.ok();
  }

  return {
    flow() {
      for (const socket of sockets.values()) socket.connection?.flow();
    },
    closeByPeer(id) {
      for (const socket of sockets.values()) {
        if (socket.state !== 2 || (id !== undefined && socket.id !== id)) continue;
        end(socket, "peer");
        socket.connection?.destroy();
        core.urc(`+QIURC: "closed",${socket.id}`);
      }
    },
    resume({ id, host, port, mode = 0 }) {
      const localPort = nextLocalPort++;
      const socket = newSocket({ id, context: 1, host, port, localPort, mode });
      socket.state = 2;
      open(socket, () => {});
    },
    reset() {
      for (const socket of sockets.values()) socket.connection?.destroy();
      sockets.clear();
      sticky.clear();
      lastError = 0;
      dataEcho = true;
      for (const key of core.nv.keys()) if (key.startsWith("+QICFG ")) core.nv.delete(key);
    },
    get list() {
      return [...sockets.values()].map(({ id, context, host, port, state, connection }) => {
        return { id, context, host, port, state, unread: connection?.received.length ?? 0 };
      });
    },
    commands: {
      "+QIOPEN": openCommand,
      "+QISEND": sendCommand,
      "+QISENDEX": sendHexCommand,
      "+QIRD": readCommand,
      "+QICLOSE": closeCommand,
      "+QISTATE": stateCommand,
      "+QIGETERROR": (_command, reply) => {
        const text = socketErrorText[lastError] ?? "unknown error";
        reply.info(`+QIGETERROR: ${lastError},${model.errorSpace ? " " : ""}${text}`);
        reply.ok();
      },
      "+QISDE": (command, reply) => {
        if (command.kind === "read") reply.info(`+QISDE: ${dataEcho ? 1 : 0}`);
        else {
          const value = integer(command, 0, 0, 1);
          if (value === undefined) return reply.error();
          dataEcho = value === 1;
        }
        reply.ok();
      },
      "+QICFG": (command, reply) => queryOrStore(core, "+QICFG", socketSettings(core), command, reply),
    },
  };
}
