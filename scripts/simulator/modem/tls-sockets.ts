/** The commands of the module's TLS sockets. Their ids are their own: TCP may use the same numbers. */
import { type Command, integer, quoted } from "./command.ts";
import type { ConnectionEvents } from "./connection.ts";
import type { Commands, Reply } from "./interpreter.ts";
import type { ModemSocket, SocketState } from "./socket.ts";
import {
  createSocketTable,
  MOST_SOCKETS,
  type SocketSettings,
  type Surroundings,
  TLS,
} from "./socket-table.ts";
import { openTlsConnection } from "./tls-connection.ts";
import { createTlsSettings } from "./tls-settings.ts";
import { certificatesIn, checkIdentity, refusal, type Trust } from "./tls-trust.ts";

export interface TlsSockets {
  commands: Commands;
  flow(): void;
  closeByPeer(id?: number): void;
  /** Open, its handshake over, for a modem that was running before. */
  resume(socket: {
    id: number;
    context: number;
    host: string;
    port: number;
    localPort: number;
    mode: number;
    tls: number;
  }): void;
  reset(): void;
  readonly list: SocketState[];
}

const MUTUAL = 2;

export function createTlsSockets(surroundings: Surroundings, shared: SocketSettings): TlsSockets {
  const { core, files, time, flowing } = surroundings;
  const table = createSocketTable(TLS, surroundings, shared);
  const settings = createTlsSettings(core);
  const { fail } = table;

  /** The bytes of a file that a setting names. Throws when there is none. */
  function bytesOf(setting: string, name: string): string {
    const bytes = files.files.get(name);
    if (bytes === undefined) throw new Error(`${setting}: there is no file "${name}"`);
    return bytes;
  }

  /** What a context's files say. Throws when one is missing or not what it should be. */
  function readFiles(context: number) {
    const { seclevel, cacert, clientcert, clientkey, ignorecertchain } = settings.of(context);
    if (seclevel === 0) return { authorities: undefined, identity: undefined };
    const trusted = certificatesIn(bytesOf("cacert", cacert));
    const authorities = ignorecertchain ? undefined : trusted;
    if (seclevel < MUTUAL) return { authorities, identity: undefined };
    const identity = {
      certificate: bytesOf("clientcert", clientcert),
      key: bytesOf("clientkey", clientkey),
    };
    checkIdentity(identity.certificate, identity.key);
    return { authorities, identity };
  }

  function connect(socket: ModemSocket, events: ConnectionEvents) {
    const { host, port, tls = 0 } = socket;
    const context = settings.of(tls);
    const { authorities, identity } = readFiles(tls);
    const verify = context.seclevel > 0;
    return openTlsConnection(
      core,
      {
        host,
        port,
        negotiate_ms: context.negotiate_ms,
        server_name: context.sni ? host : undefined,
        least: context.least,
        most: context.most ?? context.least,
        suites: context.suites,
        identity,
        judge(chain) {
          const trust: Trust = {
            authorities,
            now_ms: context.ignorelocaltime ? undefined : time.now(),
            host: context.checkhost ? host : undefined,
          };
          return verify ? refusal(chain, trust) : undefined;
        },
      },
      flowing,
      events,
    );
  }

  /** Why a connection with this context cannot be tried; 0: it can. */
  function obstacle(context: number): number {
    try {
      readFiles(context);
      if (settings.of(context).most) return 0;
      core.transcript.note("TLS: no server speaks SSL 3");
    } catch (error) {
      core.transcript.note(`TLS: ${(error as Error).message}`);
    }
    return core.faults.handshakeError;
  }

  function openCommand(command: Command, reply: Reply) {
    const context = integer(command, 0, 1, 16);
    const tls = integer(command, 1, 0, 5);
    const id = integer(command, 2, 0, MOST_SOCKETS - 1);
    const host = quoted(command, 3);
    const port = integer(command, 4, 0, 65535);
    const mode = integer(command, 5, 0, 2, 0);
    if (command.kind !== "set" || context === undefined || tls === undefined || id === undefined)
      return fail(reply, 552);
    if (!host || port === undefined || mode === undefined) return fail(reply, 552);
    if (mode === 2) return fail(reply, 555);
    const localPort = shared.nextLocalPort++;
    table.open(reply, { id, context, host, port, localPort, mode, tls }, connect, obstacle(tls));
  }

  function stateCommand(command: Command, reply: Reply) {
    const id = integer(command, 0, 0, MOST_SOCKETS - 1);
    if (command.kind === "set" && id === undefined) return fail(reply, 552);
    for (const socket of table.all) {
      if (command.kind === "set" && socket.id !== id) continue;
      const { port, localPort, state, context, mode, tls } = socket;
      const address = socket.connection?.address ?? socket.host;
      reply.info(
        `+QSSLSTATE: ${socket.id},"SSLClient","${address}",${port},${localPort},${state},${context},${socket.id},${mode},"uart1",${tls}`,
      );
    }
    reply.ok();
  }

  /** Is a socket of this context open, or opening? */
  const used = (context: number): boolean =>
    [...table.all].some(({ tls, state }) => tls === context && state !== 4);

  return {
    flow: table.flow,
    closeByPeer: table.closeByPeer,
    resume: (given) => table.resume(given, connect),
    reset() {
      table.reset();
      settings.reset();
    },
    get list() {
      return table.list;
    },
    commands: {
      "+QSSLCFG": (command, reply) => {
        const lines = settings.command(command, used);
        if (!lines) return fail(reply, 552);
        for (const line of lines) reply.info(line);
        reply.ok();
      },
      "+QSSLOPEN": openCommand,
      "+QSSLSEND": table.sendCommand,
      "+QSSLRECV": table.readCommand,
      "+QSSLCLOSE": table.closeCommand,
      "+QSSLSTATE": stateCommand,
    },
  };
}
