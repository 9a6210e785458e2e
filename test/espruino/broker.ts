/** Mosquitto, for tests that need a server we did not write. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
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

export async function startMosquitto(): Promise<Broker> {
  const directory = mkdtempSync(join(tmpdir(), "mosquitto-"));
  const port = await freePort();
  const config = join(directory, "mosquitto.conf");
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
  let running: ChildProcess | undefined;
  const broker: Broker = {
    port,
    async start() {
      running = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
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
