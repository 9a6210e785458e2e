/** Servers on the loopback, each with what it is good or bad for. */
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { after } from "node:test";
import { createServer as createTls, type TlsOptions } from "node:tls";
import { generate, parser } from "mqtt-packet";

/** Answers CONNECT as a server does that knows nobody; `returnCode` 0: that takes anybody. */
export function mqttTalk(returnCode = 5): (stream: Socket) => void {
  return (stream) => {
    stream.on("error", () => {});
    const packets = parser();
    packets.on("packet", ({ cmd }) => {
      if (cmd === "connect") stream.write(generate({ cmd: "connack", returnCode, sessionPresent: false }));
    });
    packets.on("error", () => stream.destroy());
    stream.on("data", (bytes) => packets.parse(bytes));
  };
}

/** Listens, is closed after the tests, and gives its port. */
export async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export const plainServer = (talk = mqttTalk()): Promise<number> => listen(createServer(talk));

export const tlsServer = (options: TlsOptions, talk = mqttTalk()): Promise<number> => {
  const server = createTls(options, talk);
  server.on("tlsClientError", () => {});
  return listen(server);
};

export const httpServer = (): Promise<number> => listen(createHttp((_, response) => response.end("hello")));
