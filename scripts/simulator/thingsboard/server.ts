/**
 * A stand-in for ThingsBoard, embedded: devices connect in memory (`accept`) or over TCP (`listen`), and what they sent, or may
 * be asked, is at hand as functions, and by ThingsBoard's own REST paths.
 *
 * It answers as ThingsBoard 4.2 answers MQTT 3.1, 3.1.1 and 5 on the log-in by access token, basic credentials or certificate,
 * TLS, telemetry, attributes, RPC both ways (`rules` stands for a rule chain), provisioning, claims, firmware and software.
 * Not modelled: gateways, protobuf, topics of a profile's own, provisioning by a chain of certificates.
 */

import { EventEmitter } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import net from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, realClock } from "../clock.ts";
import type { PemIdentity, TlsServer } from "../tls/cryptography.ts";
import { nodeTlsServer } from "../tls/node.ts";
import type { ClientRpcRules } from "./client-rpc.ts";
import { Connection } from "./connection.ts";
import type { Core } from "./core.ts";
import { authenticate, type DeviceConfig } from "./credentials.ts";
import type { Device } from "./device.ts";
import { type FaultSettings, type Faults, NO_FAULTS } from "./faults.ts";
import { createPackage, type OtaType } from "./ota-package.ts";
import { assigning } from "./ota-state.ts";
import { ChangingLimits } from "./rate-limit.ts";
import { Reason } from "./reasons.ts";
import { restApi } from "./rest/http-api.ts";
import { Tenant } from "./tenant.ts";
import type { ConnectionInfo, ThingsBoard, ThingsBoardEvents, WantedPackage } from "./thingsboard.ts";

export interface ThingsBoardOptions {
  devices: DeviceConfig[];
  /** Default: the host's time. */
  clock?: Clock;
  /** Gets one line for each thing a device would not be told, each connection and each close. Default: nobody. */
  log?: (line: string) => void;
  /** Certificate and key of the port with TLS; `server`: who does the TLS there, default Node; `root`: what users may fetch to trust. */
  tls?: PemIdentity & { server?: TlsServer; root?: string };
  /** What answers the devices' own calls, as a rule chain would. Default: nothing, so that they time out. */
  rules?: ClientRpcRules;
  /** So many devices at most; provisioning then fails. Default: any number. */
  max_devices?: number;
  /** What it says that it is, such as "4.2.2" (4.3.1). Devices see no difference. */
  version?: string;
  /** A session without PUBLISH, SUBSCRIBE, PINGREQ or PUBACK so long is closed. Default 600,000, as ThingsBoard's. */
  inactivity_timeout_ms?: number;
}

export function createThingsBoard(options: ThingsBoardOptions): ThingsBoard {
  const clock = options.clock ?? realClock;
  const tenant = new Tenant(clock, options.devices, options.max_devices, options.version);
  const { devices } = tenant;
  const events = new EventEmitter<ThingsBoardEvents>();
  const open = new Set<Connection>();
  const settings: FaultSettings = { ...NO_FAULTS };
  let mqtt: net.Server | undefined;
  let mqtts: net.Server | undefined;
  /** Connections whose handshake is not over. */
  const handshaking = new Set<Duplex>();
  let http: HttpServer | undefined;

  const log = (device: Device | undefined, line: string): void =>
    options.log?.(`${device?.name ?? "unknown device"}: ${line}`);

  const find = (device: string): Device => tenant.device(device);
  /** The connections that are their devices' sessions. */
  const sessions = (): Connection[] => [...open].filter((one) => one.device?.session === one);

  const faults: Faults = Object.assign(settings, {
    reset: () => void Object.assign(settings, NO_FAULTS),
    drop: (device?: string) => {
      for (const connection of [...open])
        if (device === undefined || connection.device === find(device)) connection.cut("fault: dropped");
    },
    restart: () => {
      for (const connection of [...open]) connection.cut("fault: server restart");
      for (const wire of handshaking) wire.destroy();
      for (const device of devices) device.rpc.restart();
    },
    burst: (count: number) => {
      for (const connection of sessions())
        connection.together(() => {
          for (let i = 0; i < count; i++)
            connection.device?.rpc.call("burst", i, { timeout_ms: 10_000, oneway: true }).catch(() => {});
        });
    },
  });
  const told = new ChangingLimits<Device>(() => settings.told_limits, clock);
  const untold = new ChangingLimits<Device>(() => settings.untold_limits, clock);

  const core: Core<Connection> = {
    clock,
    faults,
    tenant,
    rules: options.rules ?? {},
    inactivity_timeout_ms: options.inactivity_timeout_ms ?? 600_000,
    login: (packet, shown) => authenticate(devices, packet, shown),
    opened(connection, device) {
      const older = device.session;
      device.session = connection;
      log(device, "connected");
      events.emit("connect", { device: device.name });
      if (older && older !== connection)
        older.close("a newer connection of the same device took its place", Reason.SessionTakenOver);
    },
    closed(connection, reason) {
      const { device } = connection;
      open.delete(connection);
      // A second CONNECT on the connection may have been another device's.
      for (const one of devices) if (one.session === connection) one.session = undefined;
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
    tenant,
    get connections() {
      return sessions().flatMap(infoOf);
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
    rest: restApi(tenant),
    async listen({ mqttPort, mqttsPort, httpPort, host = "127.0.0.1" }) {
      mqtt = net.createServer({ noDelay: true }, (socket) => server.accept(socket));
      const ports = { mqttPort: await listening(mqtt, mqttPort, host), mqttsPort, httpPort };
      if (mqttsPort !== undefined) {
        mqtts = net.createServer({ noDelay: true }, (socket) => server.acceptTls(socket));
        ports.mqttsPort = await listening(mqtts, mqttsPort, host);
      }
      const { mqttPort: mqtt_port, mqttsPort: mqtts_port } = ports;
      tenant.connectivity = { host, mqtt_port, mqtts_port, root: options.tls?.root };
      if (httpPort !== undefined) {
        http = createHttpServer(server.rest);
        ports.httpPort = await listening(http, httpPort, host);
      }
      return ports;
    },
    async close() {
      for (const connection of [...open]) connection.cut("the server shuts down");
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
    attributes: (device) => find(device).store.values("CLIENT_SCOPE"),
    share(name, values) {
      const device = find(name);
      const entries = Object.entries(values);
      const deleted = entries.filter(([, value]) => value === undefined).map(([key]) => key);
      const set = entries.filter(([, value]) => value !== undefined);
      tenant.saveAttributes(device, "SHARED_SCOPE", new Map(set));
      tenant.deleteAttributes(device, "SHARED_SCOPE", deleted);
    },
    assign: (device, wanted, type = "FIRMWARE") => assignPackage(tenant, find(device), wanted, type),
    changeCredentials(name, credentials) {
      if (credentials) tenant.setCredentials(find(name), credentials);
      else tenant.removeDevice(find(name));
    },
    // biome-ignore lint/suspicious/noExplicitAny: EventEmitter's own type for a listener is not generic over our events
    on: (event, listener) => void events.on(event, listener as any),
    // biome-ignore lint/suspicious/noExplicitAny: as above
    off: (event, listener) => void events.off(event, listener as any),
  };
  return server;
}

function assignPackage(
  tenant: Tenant,
  device: Device,
  wanted: WantedPackage | undefined,
  type: OtaType,
): void {
  const assigned =
    wanted &&
    createPackage(type, wanted.title, wanted.version, {
      profile_id: device.profile.id,
      now_ms: tenant.clock.now(),
    });
  if (assigned) {
    const file = { name: wanted.title, content_type: "application/octet-stream", bytes: wanted.bytes };
    tenant.upload(assigned, file, wanted.algorithm ?? "SHA256");
    if (assigned.file && wanted.checksum !== undefined) assigned.file.checksum = wanted.checksum;
    assigned.tag = wanted.tag;
    tenant.packages.push(assigned);
  }
  assigning(tenant, type, () => {
    device.packages[type] = assigned;
  });
}

function infoOf(connection: Connection): ConnectionInfo[] {
  const { device, connect, connected_ms, wire } = connection;
  if (!device || !connect) return [];
  return [
    {
      device: device.name,
      client_id: connect.clientId,
      clean: connect.clean !== false,
      keepalive_s: connect.keepalive ?? 0,
      connected_ms,
      subscriptions: Object.fromEntries(connection.subscriptions.granted),
      bytes_received: wire.bytes_received,
      bytes_sent: wire.outlet.sent,
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
