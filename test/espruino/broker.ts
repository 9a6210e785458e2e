/** Mosquitto, for tests that need a server we did not write. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Broker {
  port: number;
  /** Ends the process and starts another: every connection is lost. */
  restart(): Promise<void>;
  /** No process until `start`. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const hasMosquitto = (): boolean => !spawnSync("mosquitto", ["-h"]).error;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when something listens there. */
async function isUp(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const ok = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("mosquitto does not come up");
}

/** What it shows of itself, PEM; and whose certificates a client must show, if any. */
export interface BrokerTls {
  cert: string;
  key: string;
  /** Clients need a certificate of this authority. */
  clients_ca?: string;
}

/** The lines of its configuration that make a listener one of TLS; their files go into `directory`. */
function tlsLines({ cert, key, clients_ca }: BrokerTls, directory: string): string {
  const file = (name: string, pem: string): string => {
    writeFileSync(join(directory, name), pem);
    return join(directory, name);
  };
  const lines = [`certfile ${file("cert.pem", cert)}`, `keyfile ${file("key.pem", key)}`];
  if (clients_ca) lines.push(`cafile ${file("ca.pem", clients_ca)}`, "require_certificate true");
  return `${lines.join("\n")}\n`;
}

/** `tls`: on its port it speaks TLS; beside it there is `plain_port` for the test. */
export async function startMosquitto(tls?: BrokerTls): Promise<Broker & { plain_port: number }> {
  const directory = mkdtempSync(join(tmpdir(), "mosquitto-"));
  const port = await freePort();
  const config = join(directory, "mosquitto.conf");
  const plain_port = tls ? await freePort() : port;
  const listeners = tls
    ? `listener ${plain_port} 127.0.0.1\nlistener ${port} 127.0.0.1\n${tlsLines(tls, directory)}`
    : `listener ${port} 127.0.0.1\n`;
  // Mosquitto drops to a user of its own, who may not read a directory of ours.
  const user = process.getuid?.() === 0 ? "user root\n" : "";
  writeFileSync(config, `${listeners}${user}allow_anonymous true\n`);
  let running: ChildProcess | undefined;
  const broker: Broker & { plain_port: number } = {
    port,
    plain_port,
    async start() {
      running = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
      await isUp(plain_port);
    },
    async kill() {
      const process = running;
      running = undefined;
      if (!process) return;
      const ended = new Promise((resolve) => process.once("exit", resolve));
      process.kill("SIGKILL");
      await ended;
    },
    async restart() {
      await broker.kill();
      await broker.start();
    },
    async stop() {
      await broker.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}
