/** How devices reach a server: host, port and the root to trust, of what it tells its users to type. */
import { certificatesIn } from "../certificate/pem.ts";
import { Fault } from "../fault.ts";
import type { Entity, Server } from "./server.ts";

export interface Connectivity {
  host: string;
  port: number;
  /** PEM of the root to trust; undefined: plain text. */
  root: string | undefined;
  /** To be told to the user. */
  notes: string[];
}

const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;

/** Commands for a device by which it may be reached; each a text or several. */
interface Commands {
  mqtt?: Record<string, unknown> | string;
}

/** Host and port of a command such as `mosquitto_pub … -h HOST -p PORT …`. */
function addressIn(command: unknown, usual: number): { host: string; port: number } | undefined {
  const text = [command].flat().join(" ");
  const [, host] = / -h "?([^\s"]+)/.exec(text) ?? [];
  const [, port] = / -p "?(\d+)/.exec(text) ?? [];
  // As a URL has an IPv6 address.
  return host === undefined ? undefined : { host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? usual) };
}

/** Throws `Fault` where only TLS is offered, and no root with it. */
export async function connectivityOf(server: Server, device: Entity): Promise<Connectivity> {
  const { mqtt } = (await server.getIfThere<Commands>(`/api/device-connectivity/${device.id.id}`)) ?? {};
  const commands = typeof mqtt === "object" ? mqtt : {};
  const plain = addressIn(commands.mqtt, MQTT_PORT);
  const secured = addressIn(commands.mqtts, MQTTS_PORT);
  const root = secured && rootIn(await server.text("/api/device-connectivity/mqtts/certificate/download"));
  if (secured && root) return { ...secured, root, notes: notesOf(secured.host) };
  if (secured && !plain)
    throw new Fault(
      `${server.url}: wants TLS, and offers no certificate to trust: npm run config -- --host ${secured.host} --port ${secured.port} --fetch-ca`,
    );
  const { host, port } = plain ?? { host: new URL(server.url).hostname, port: MQTT_PORT };
  const notes = notesOf(host);
  if (!plain) notes.push(`the server does not say where its MQTT is: ${host}:${port} is a guess`);
  if (secured)
    notes.push(
      `the server has TLS at ${secured.host}:${secured.port}, but no certificate to trust: npm run config -- --port ${secured.port} --fetch-ca`,
    );
  return { host, port, root: undefined, notes };
}

const notesOf = (host: string): string[] =>
  /^(localhost|127\..*|::1)$/.test(host)
    ? [
        `server.host is ${host}, which only this computer reaches: npm run config -- --host … names the server for a board`,
      ]
    : [];

/** The one that others of a chain lead to, and that leads to itself; undefined: it is not among them, as a public authority's seldom is. */
const rootIn = (pem = ""): string | undefined =>
  (certificatesIn(pem) ?? []).findLast((one) => one.checkIssued(one))?.toString();
