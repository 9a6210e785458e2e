/** The commands of the module's TCP sockets, and all its sockets together. */
import { type Command, integer, quoted } from "./command.ts";
import { openConnection } from "./connection.ts";
import { socketErrorText } from "./errors.ts";
import { queryOrStore } from "./general.ts";
import type { Commands, Reply } from "./interpreter.ts";
import type { RunningSocket } from "./options.ts";
import { type ModemSocket, type SocketState, socketSettings } from "./socket.ts";
import {
  createSocketTable,
  MOST_SOCKETS,
  type SocketSettings,
  type Surroundings,
  TCP,
} from "./socket-table.ts";
import { createTlsSockets } from "./tls-sockets.ts";

export interface Sockets {
  commands: Commands;
  /** What waits in the air moves on, where it can. */
  flow(): void;
  /** The peer of this socket, or of all, closes. */
  closeByPeer(id?: number): void;
  /** Open without a word, for a modem that was running before. */
  resume(socket: RunningSocket): void;
  reset(): void;
  readonly list: readonly SocketState[];
}

const FIRST_LOCAL_PORT = 5000;

export function createSockets(surroundings: Surroundings): Sockets {
  const { core, pdp, flowing } = surroundings;
  const { model, faults } = core;
  const settings: SocketSettings = { lastError: 0, dataEcho: true, nextLocalPort: FIRST_LOCAL_PORT };
  const tcp = createSocketTable(TCP, surroundings, settings);
  const tls = createTlsSockets(surroundings, settings);
  const { fail } = tcp;
  pdp.onError = (error) => {
    settings.lastError = error;
  };

  const connect = (socket: ModemSocket, events: Parameters<typeof openConnection>[4]) =>
    openConnection(core, socket.host, socket.port, flowing, events);

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
    tcp.open(
      reply,
      { id, context, host, port, localPort: localPort || settings.nextLocalPort++, mode },
      connect,
    );
  }

  function sendHexCommand(command: Command, reply: Reply) {
    const socket = tcp.socketOf(command, 0);
    const hex = quoted(command, 1) ?? "";
    if (!socket) return fail(reply, 572);
    if (hex.length > 512 || !/^([0-9a-f]{2})+$/i.test(hex)) return fail(reply, 552);
    tcp.send(socket, Buffer.from(hex, "hex").toString("latin1"), reply);
  }

  function stateCommand(command: Command, reply: Reply) {
    const by = integer(command, 0, 0, 1);
    const value = integer(command, 1, 0, 16);
    if (command.kind === "set" && (by === undefined || value === undefined)) return fail(reply, 552);
    for (const socket of tcp.all) {
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
      tcp.flow();
      tls.flow();
    },
    closeByPeer(id) {
      tcp.closeByPeer(id);
      tls.closeByPeer(id);
    },
    resume({ id, host, port, mode = 0, tls: context }) {
      const given = { id, context: 1, host, port, localPort: settings.nextLocalPort++, mode };
      if (context === undefined) tcp.resume(given, connect);
      else tls.resume({ ...given, tls: context });
    },
    reset() {
      tcp.reset();
      tls.reset();
      settings.lastError = 0;
      settings.dataEcho = true;
      for (const key of core.nv.keys()) if (key.startsWith("+QICFG ")) core.nv.delete(key);
    },
    get list() {
      return [...tcp.list, ...tls.list];
    },
    commands: {
      "+QIOPEN": openCommand,
      "+QISEND": tcp.sendCommand,
      "+QISENDEX": sendHexCommand,
      "+QIRD": tcp.readCommand,
      "+QICLOSE": tcp.closeCommand,
      "+QISTATE": stateCommand,
      "+QIGETERROR": (_command, reply) => {
        const { lastError } = settings;
        const text = socketErrorText[lastError] ?? "unknown error";
        reply.info(`+QIGETERROR: ${lastError},${model.errorSpace ? " " : ""}${text}`);
        reply.ok();
      },
      "+QISDE": (command, reply) => {
        if (command.kind === "read") reply.info(`+QISDE: ${settings.dataEcho ? 1 : 0}`);
        else {
          const value = integer(command, 0, 0, 1);
          if (value === undefined) return reply.error();
          settings.dataEcho = value === 1;
        }
        reply.ok();
      },
      "+QICFG": (command, reply) => queryOrStore(core, "+QICFG", socketSettings(core), command, reply),
      ...tls.commands,
    },
  };
}
