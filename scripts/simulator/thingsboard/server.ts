/**
 * A stand-in for ThingsBoard's MQTT device API, embedded: devices connect in memory (`accept`) or over TCP
 * (`listen`), and what they sent, or may be asked, is at hand as functions and as a small HTTP API.
 *
 * It answers as ThingsBoard 4.2 answers an MQTT 3.1.1 client on the log-in by access token, basic credentials or certificate,
 * TLS, telemetry, client attributes, server-side RPC, and client-side RPC as without a rule for it: `getSessionLimits`
 * is answered, all else times out; attribute requests and updates; claims. Not modelled: provisioning, OTA (no package is ever
 * assigned), gateways, protobuf, MQTT 5 (refused as an unknown level).
 */

import { EventEmitter } from "node:events";
import type { Server as HttpServer } from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, realClock } from "../clock.ts";
import type { PemIdentity, TlsServer } from "../tls/cryptography.ts";
import { nodeTlsServer } from "../tls/node.ts";
import { Connection } from "./connection.ts";
import type { Core } from "./core.ts";
import { authenticate, type DeviceConfig } from "./credentials.ts";
import { createDevice, type Device } from "./device.ts";
import { type FaultSettings, type Faults, NO_FAULTS } from "./faults.ts";
import { createHttpApi } from "./http-api.ts";
import { ChangingLimits } from "./rate-limit.ts";
import { RpcError } from "./rpc.ts";
import type { ConnectionInfo, ThingsBoard, ThingsBoardEvents } from "./thingsboard.ts";

export interface ThingsBoardOptions {
  devices: DeviceConfig[];
  /** Default: the host's time. */
  clock?: Clock;
  /** Gets one line for each thing a device would not be told, each connection and each close. Default: nobody. */
  log?: (line: string) => void;
  /** Certificate and key of the port with TLS; `server`: who does the TLS there, default Node. */
  tls?: PemIdentity & { server?: TlsServer };
  /** A session without PUBLISH, SUBSCRIBE, PINGREQ or PUBACK so long is closed. Default 600,000, as ThingsBoard's. */
  inactivity_timeout_ms?: number;
}

export function createThingsBoard(options: ThingsBoardOptions): ThingsBoard {
  const clock = options.clock ?? realClock;
  const devices = options.devices.map((config) => createDevice(config, clock));
  const events = new EventEmitter<ThingsBoardEvents>();
  const open = new Set<Connection>();
  const sessions = new Map<Device, Connection>();
  const settings: FaultSettings = { ...NO_FAULTS };
  let mqtt: net.Server | undefined;
  let mqtts: net.Server | undefined;
  /** Connections whose handshake is not over. */
  const handshaking = new Set<Duplex>();
  let http: HttpServer | undefined;

  const log = (device: Device | undefined, line: string): void =>
    options.log?.(`${device?.name ?? "unknown device"}: ${line}`);

  const find = (name_or_token: string): Device => {
    const device = devices.find((d) => d.name === name_or_token || d.token === name_or_token);
    if (!device) throw new RpcError(404, `no device ${name_or_token}`);
    return device;
  };

  const faults: Faults = Object.assign(settings, {
    reset: () => void Object.assign(settings, NO_FAULTS),
    drop: (device?: string) => {
      for (const connection of [...open])
        if (device === undefined || connection.device === find(device))
          connection.close("fault: dropped", true);
    },
    restart: () => {
      for (const connection of [...open]) connection.close("fault: server restart", true);
      for (const wire of handshaking) wire.destroy();
      for (const device of devices) device.rpc.restart();
    },
    burst: (count: number) => {
      for (const [{ rpc }, connection] of sessions)
        connection.together(() => {
          for (let i = 0; i < count; i++)
            rpc.call("burst", i, { timeout_ms: 10_000, oneway: true }).catch(() => {});
        });
    },
  });
  const told = new ChangingLimits<Device>(() => settings.told_limits, clock);
  const untold = new ChangingLimits<Device>(() => settings.untold_limits, clock);

  const core: Core<Connection> = {
    clock,
    faults,
    inactivity_timeout_ms: options.inactivity_timeout_ms ?? 600_000,
    login: (packet, shown) => authenticate(devices, packet, shown),
    opened(connection, device) {
      const older = sessions.get(device);
      sessions.set(device, connection);
      log(device, "connected");
      events.emit("connect", { device: device.name });
      if (older && older !== connection) older.close("a newer connection of the same device took its place");
    },
    closed(connection, reason) {
      const { device } = connection;
      open.delete(connection);
      // A second CONNECT on the connection may have been another device's.
      for (const [of_device, session] of sessions) if (session === connection) sessions.delete(of_device);
      log(device, `closed: ${reason}`);
      events.emit("close", { device: device?.name, reason });
    },
    take: (device, points = 0) =>
      !settings.rate_limited &&
      device.tenant_limiter.take(points) &&
      untold.take(device, points) &&
      device.limiter.take(points) &&
      told.take(device, points),
    telemetry(device, samples, packet) {
      const received_ms = clock.now();
      const points = device.store.add(samples, received_ms);
      const { topic, qos } = packet;
      const payload = packet.payload.toString();
      events.emit("telemetry", { device: device.name, topic, qos, payload, received_ms, points });
    },
    refused(device, samples) {
      events.emit("refused", { device: device.name, stamps: samples.map(({ ts }) => ts) });
    },
    log,
  };

  const server: ThingsBoard = {
    faults,
    get devices() {
      return devices.map((device) => device.name);
    },
    get connections() {
      return [...sessions.values()].flatMap(infoOf);
    },
    accept(socket) {
      if (settings.down) socket.destroy();
      else open.add(new Connection(socket, core));
    },
    acceptTls(wire) {
      if (!options.tls) throw new Error("the stand-in was made without certificate");
      if (settings.down) {
        wire.destroy();
        return;
      }
      handshaking.add(wire);
      wire.once("close", () => handshaking.delete(wire));
      (options.tls.server ?? nodeTlsServer)(wire, options.tls, (clear, [shown]) => {
        handshaking.delete(wire);
        if (settings.down) clear.destroy();
        else open.add(new Connection(clear, core, shown));
      });
    },
    async listen({ mqttPort, mqttsPort, httpPort, host = "127.0.0.1" }) {
      mqtt = net.createServer({ noDelay: true }, (socket) => server.accept(socket));
      const ports = { mqttPort: await listening(mqtt, mqttPort, host), mqttsPort, httpPort };
      if (mqttsPort !== undefined) {
        mqtts = net.createServer({ noDelay: true }, (socket) => server.acceptTls(socket));
        ports.mqttsPort = await listening(mqtts, mqttsPort, host);
      }
      if (httpPort !== undefined) {
        http = createHttpApi(server);
        ports.httpPort = await listening(http, httpPort, host);
      }
      return ports;
    },
    async close() {
      for (const connection of [...open]) connection.close("the server shuts down", true);
      for (const wire of handshaking) wire.destroy();
      for (const device of devices) device.rpc.end();
      http?.closeAllConnections();
      await Promise.all([mqtt, mqtts, http].map((s) => s?.listening && new Promise((done) => s.close(done))));
    },
    async rpc(device, method, params, options = {}) {
      return find(device).rpc.call(method, params, { timeout_ms: 10_000, ...options });
    },
    nameOf: (device) => find(device).name,
    rpcHistory: (device) => find(device).rpc.history,
    telemetry: (device, key) => find(device).store.history(key),
    latest: (device) => find(device).store.latest(),
    attributes: (device) => Object.fromEntries(find(device).store.attributes),
    share(name, values) {
      const device = find(name);
      const entries = Object.entries(values);
      const deleted = entries.filter(([, value]) => value === undefined).map(([key]) => key);
      const set = entries.filter(([, value]) => value !== undefined);
      for (const key of deleted) device.store.shared.delete(key);
      for (const [key, value] of set) device.store.shared.set(key, value);
      const session = sessions.get(device);
      if (set.length > 0) session?.sendAttributes(Object.fromEntries(set));
      if (deleted.length > 0) session?.sendAttributes({ deleted });
    },
    changeCredentials(name, credentials) {
      const device = find(name);
      if (credentials) {
        delete device.token;
        delete device.basic;
        delete device.certificate;
        Object.assign(device, credentials);
      } else devices.splice(devices.indexOf(device), 1);
      sessions.get(device)?.close(credentials ? "its credentials changed" : "the device was deleted");
    },
    // biome-ignore lint/suspicious/noExplicitAny: EventEmitter's own type for a listener is not generic over our events
    on: (event, listener) => void events.on(event, listener as any),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    off: (event, listener) => void events.off(event, listener as any),
  };
  return server;
}

function infoOf(connection: Connection): ConnectionInfo[] {
  const { device, connect, connected_ms, bytes_received, outlet } = connection;
  if (!device || !connect) return [];
  return [
    {
      device: device.name,
      client_id: connect.clientId,
      clean: connect.clean !== false,
      keepalive_s: connect.keepalive ?? 0,
      connected_ms,
      subscriptions: Object.fromEntries(connection.subscriptions.granted),
      bytes_received,
      bytes_sent: outlet.sent,
    },
  ];
}

function listening(server: net.Server | HttpServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(`port ${port} is taken: choose another, or 0`) : error),
    );
    server.listen(port, host, () => {
      const address = server.address();
      resolve(address && typeof address === "object" ? address.port : port);
    });
  });
}
