/** Who the simulated tracker reports to. */
import type { Duplex } from "node:stream";
import { TENANT_USER } from "../simulator/thingsboard/rest/login.ts";
import type { Route } from "../simulator/thingsboard/rest/routes.ts";
import { createThingsBoard } from "../simulator/thingsboard/server.ts";
import type { Certificates } from "./certificates.ts";
import type { StartOptions } from "./options.ts";
import { choosePort } from "./ports.ts";
import { ENERGY_PATH } from "./simulator-api.ts";
import { tappedConnect } from "./wire-tap.ts";

export type OnSample = (time_ms: number, values: Record<string, unknown>) => void;

/** The server to report to, and how its connections are made. */
export interface Server {
  host: string;
  port: number;
  /** For people, a line each: where it is, and how to ask it and the tracker. */
  hints: string[];
  connect?: (host: string, port: number) => Duplex;
  close(): Promise<void>;
}

const USUAL = { http: 8080, mqtt: 1883, mqtts: 8883 };
const HOST = "127.0.0.1";
export const DEVICE = "tracker";

/** The stand-in: it tells each sample as it stored it. `--mqtt-port` is the one that the tracker uses. */
export async function standIn(
  options: StartOptions,
  certificates: Certificates | undefined,
  onSample: OnSample,
  routes: readonly Route[],
): Promise<Server> {
  const { token, http_port, mqtt_port } = options;
  const thingsboard = createThingsBoard({
    devices: [
      { name: DEVICE, token, ...(certificates?.device && { certificate: certificates.device.certificate }) },
    ],
    ...(certificates && { tls: { ...certificates.server, root: certificates.ca } }),
  });
  thingsboard.on("telemetry", ({ points }) => {
    const samples = new Map<number, Record<string, unknown>>();
    for (const { ts, key, value } of points) samples.set(ts, { ...samples.get(ts), [key]: value });
    for (const [ts, values] of samples) onSample(ts, values);
  });
  const plain = await choosePort("--mqtt-port", certificates ? undefined : mqtt_port, USUAL.mqtt);
  const ports = await thingsboard.listen({
    mqttPort: plain,
    ...(certificates && { mqttsPort: await choosePort("--mqtt-port", mqtt_port, USUAL.mqtts) }),
    httpPort: await choosePort("--http-port", http_port, USUAL.http),
    routes,
  });
  const api = `http://${HOST}:${ports.httpPort}/api`;
  const { id } = thingsboard.tenant.device(DEVICE);
  const json = "-H Content-Type:application/json -d";
  const login = `${json} '{"username":"${TENANT_USER}","password":"tenant"}' ${api}/auth/login`;
  const curl = `curl -sH "X-Authorization: Bearer $T"`;
  return {
    host: HOST,
    port: ports.mqttsPort ?? ports.mqttPort,
    hints: [
      `HTTP:    ${api}`,
      `MQTT:    ${HOST}:${ports.mqttPort}`,
      ...(ports.mqttsPort === undefined ? [] : [`MQTTS:   ${HOST}:${ports.mqttsPort}`]),
      `login:   T=$(curl -s ${login} | cut -d '"' -f 4)`,
      `latest:  ${curl} ${api}/plugins/telemetry/DEVICE/${id}/values/timeseries`,
      `energy:  curl -s http://${HOST}:${ports.httpPort}${ENERGY_PATH}`,
      `call:    ${curl} ${json} '{"method":"getStatus","params":{}}' ${api}/rpc/twoway/${id}`,
    ],
    close: () => thingsboard.close(),
  };
}

/** A server of the user's: what it acknowledged is read off the wire. */
export function foreign(address: NonNullable<StartOptions["broker"]>, onSample: OnSample): Server {
  const connect = tappedConnect((payload) => {
    const messages = [JSON.parse(payload)].flat() as { ts?: number; values?: Record<string, unknown> }[];
    for (const message of messages)
      onSample(message.ts ?? Date.now(), message.values ?? (message as Record<string, unknown>));
  });
  return { ...address, hints: [`server:  ${address.host}:${address.port}`], connect, close: async () => {} };
}
