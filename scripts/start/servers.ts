/** Who the simulated trackers report to. */
import type { RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import { Fault } from "../fault.ts";
import type { Clock } from "../simulator/clock.ts";
import { TENANT_USER } from "../simulator/thingsboard/rest/login.ts";
import { createThingsBoard } from "../simulator/thingsboard/server.ts";
import type { ThingsBoard } from "../simulator/thingsboard/thingsboard.ts";
import type { PemIdentity } from "../simulator/tls/cryptography.ts";
import { type FleetCertificates, makeWrongServer } from "./certificates.ts";
import type { StartOptions } from "./options.ts";
import { ENERGY_PATH } from "./paths.ts";
import { choosePort } from "./ports.ts";
import { tappedConnect } from "./wire-tap.ts";

/** A sample that the server has, for the first time. */
export interface StoredSample {
  device: string;
  /** When it was taken, and when the server had it; the world's time. */
  ts: number;
  stored_ms: number;
  values: Record<string, unknown>;
}

export type OnSample = (sample: StoredSample) => void;

/** The server to report to, and how its connections are made. */
export interface Server {
  host: string;
  port: number;
  /** For people, a line each: where it is, and how to ask it and the tracker. */
  hints: string[];
  connect?: (host: string, port: number) => Duplex;
  /** What is our own: the stand-in, its REST API for the HTTP server, and the certificate that it shows, with TLS. */
  thingsboard?: ThingsBoard;
  rest?: RequestListener;
  /** Where the stand-in listens. */
  ports?: MqttPorts;
  certificate?: { is_wrong: boolean; use(is_wrong: boolean): Promise<PemIdentity> };
  close(): Promise<void>;
}

const USUAL = { mqtt: 1883, mqtts: 8883 };
const HOST = "127.0.0.1";
export const DEVICE = "tracker";

/** Its name and, where it does not log in by certificate, its access token. */
export interface FleetDevice {
  name: string;
  token: string;
}

/** The stand-in's own ports: which one the trackers use, and the plain one beside that. */
export interface MqttPorts {
  plain: number;
  tls: number | undefined;
}

/** `--mqtt-port` is the one that the trackers use. Throws `Fault`. */
export async function chooseMqttPorts({ tls, mqtt_port }: StartOptions): Promise<MqttPorts> {
  const is_tls = tls !== "off";
  return {
    // Beside the one that was given there is any, if that was any.
    plain: await choosePort("--mqtt-port", is_tls && mqtt_port !== 0 ? undefined : mqtt_port, USUAL.mqtt),
    tls: is_tls ? await choosePort("--mqtt-port", mqtt_port, USUAL.mqtts) : undefined,
  };
}

/** The stand-in: it tells each sample as it stored it. `origin`: of the HTTP server that its REST API is on. */
export async function standIn(options: {
  devices: readonly [FleetDevice, ...FleetDevice[]];
  certificates: FleetCertificates | undefined;
  ports: MqttPorts;
  clock: Clock;
  origin: string;
  onSample: OnSample;
}): Promise<Server> {
  const { devices, certificates, ports, clock, origin, onSample } = options;
  // Changed in place: each new connection looks at it.
  const shown = certificates && { ...certificates.server, root: certificates.ca };
  const thingsboard = createThingsBoard({
    clock,
    devices: devices.map(({ name, token }) => {
      const certificate = certificates?.devices.get(name)?.certificate;
      return { name, token, ...(certificate && { certificate }) };
    }),
    ...(shown && { tls: shown }),
  });
  thingsboard.on("telemetry", ({ device, points, received_ms }) => {
    const samples = new Map<number, Record<string, unknown>>();
    // What came before is only told again.
    for (const { ts, key, value, received } of points)
      if (received === 1) samples.set(ts, { ...samples.get(ts), [key]: value });
    for (const [ts, values] of samples) onSample({ device, ts, stored_ms: received_ms, values });
  });
  const { mqttPort, mqttsPort } = await thingsboard
    .listen({ mqttPort: ports.plain, ...(ports.tls !== undefined && { mqttsPort: ports.tls }) })
    .catch(async (error: Error) => {
      await thingsboard.close();
      // Somebody else took it since it was looked for.
      throw new Fault(`--mqtt-port: ${error.message}`);
    });
  const api = `${origin}/api`;
  const { id } = thingsboard.tenant.device(devices[0].name);
  const json = "-H Content-Type:application/json -d";
  const login = `${json} '{"username":"${TENANT_USER}","password":"tenant"}' ${api}/auth/login`;
  const curl = `curl -sH "X-Authorization: Bearer $T"`;
  let wrong: Promise<PemIdentity> | undefined;
  return {
    host: HOST,
    port: mqttsPort ?? mqttPort,
    thingsboard,
    ports: { plain: mqttPort, tls: mqttsPort },
    rest: thingsboard.rest,
    ...(shown &&
      certificates && {
        certificate: {
          is_wrong: false,
          async use(is_wrong) {
            wrong ??= makeWrongServer();
            this.is_wrong = is_wrong;
            return Object.assign(shown, is_wrong ? await wrong : certificates.server);
          },
        },
      }),
    hints: [
      `HTTP:    ${api}`,
      `MQTT:    ${HOST}:${mqttPort}`,
      ...(mqttsPort === undefined ? [] : [`MQTTS:   ${HOST}:${mqttsPort}`]),
      `login:   T=$(curl -s ${login} | cut -d '"' -f 4)`,
      `latest:  ${curl} ${api}/plugins/telemetry/DEVICE/${id}/values/timeseries`,
      `energy:  curl -s ${origin}${ENERGY_PATH}`,
      `call:    ${curl} ${json} '{"method":"getStatus","params":{}}' ${api}/rpc/twoway/${id}`,
    ],
    close: () => thingsboard.close(),
  };
}

/** A server of the user's: what it acknowledged is read off the wire. */
export function foreign(
  address: NonNullable<StartOptions["broker"]>,
  device: string,
  clock: Clock,
  onSample: OnSample,
): Server {
  const connect = tappedConnect((payload) => {
    const stored_ms = clock.now();
    const messages = [JSON.parse(payload)].flat() as { ts?: number; values?: Record<string, unknown> }[];
    for (const message of messages)
      onSample({
        device,
        ts: message.ts ?? stored_ms,
        stored_ms,
        values: message.values ?? (message as Record<string, unknown>),
      });
  });
  return { ...address, hints: [`server:  ${address.host}:${address.port}`], connect, close: async () => {} };
}
