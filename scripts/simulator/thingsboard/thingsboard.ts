/** What the stand-in can be asked and told, apart from how it does it. */
import type { RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { Credentials } from "./credentials.ts";
import type { Faults } from "./faults.ts";
import type { ChecksumAlgorithm, OtaType } from "./ota-package.ts";
import type { RpcInfo } from "./rpc.ts";
import type { Point } from "./store.ts";
import type { Tenant } from "./tenant.ts";

/** A telemetry message as it was stored. */
export interface TelemetryMessage {
  device: string;
  topic: string;
  qos: 0 | 1 | 2;
  payload: string;
  received_ms: number;
  /** In the order of the message; a point with `received` over 1 overwrote an earlier one. */
  points: Point[];
}

/** A live connection whose log-in was accepted. */
export interface ConnectionInfo {
  device: string;
  client_id: string;
  clean: boolean;
  keepalive_s: number;
  connected_ms: number;
  /** Granted filters and QoS. */
  subscriptions: Record<string, 0 | 1>;
  bytes_received: number;
  bytes_sent: number;
}

export interface ThingsBoardEvents {
  telemetry: [TelemetryMessage];
  connect: [{ device: string }];
  /** A telemetry packet closed its connection: which stamps were in it. */
  refused: [{ device: string; stamps: (number | undefined)[] }];
  /** A connection ended. `device` is undefined when it never logged in. */
  close: [{ device: string | undefined; reason: string }];
}

/** The ports it listens on. */
export interface Ports {
  mqttPort: number;
  mqttsPort: number | undefined;
  httpPort: number | undefined;
}

export interface RpcOptions {
  /** Default 10,000. */
  timeout_ms?: number;
  /** Do not wait for a reply. Default false. */
  oneway?: boolean;
  /** Kept over a restart of the server; given up when its PUBACK is missing five times. Default false. */
  persistent?: boolean;
}

/** A package of firmware or software to assign. */
export interface WantedPackage {
  title: string;
  version: string;
  bytes: Buffer;
  tag?: string;
  /** Default SHA256, as ThingsBoard's. */
  algorithm?: ChecksumAlgorithm;
  /** Told in place of the right one. */
  checksum?: string;
}

export interface ListenOptions {
  /** Port for MQTT; 0: a free one. */
  mqttPort: number;
  /** Port for MQTT over TLS; 0: a free one; absent: none. Needs the option `tls`. */
  mqttsPort?: number;
  /** Port for the HTTP API; 0: a free one; absent: no HTTP. */
  httpPort?: number;
  /** Default 127.0.0.1. */
  host?: string;
}

/** The stand-in. Wherever a device is asked for, its name or its token will do. */
export interface ThingsBoard {
  /** Takes one end of a stream as a device's TCP connection. */
  accept(socket: Duplex): void;
  /** The same of a connection to the port with TLS: the handshake comes first. */
  acceptTls(socket: Duplex): void;
  /** Listens on TCP. Resolves to the ports; rejects when one is taken. */
  listen(options: ListenOptions): Promise<Ports>;
  /** The REST API, for an HTTP server of one's own. */
  readonly rest: RequestListener;
  /** Closes every connection and port. */
  close(): Promise<void>;
  /** Calls a method on a device. Rejects with RpcError: 404, 406, 408, 409, 503 or 504. */
  rpc(device: string, method: string, params?: unknown, options?: RpcOptions): Promise<unknown>;
  /** The name of a device. Throws RpcError 404, as everything here does for a device it does not know. */
  nameOf(device: string): string;
  /** The last calls to a device, with their states. */
  rpcHistory(device: string): readonly RpcInfo[];
  /** Stored points of one key or of all, oldest ts first. */
  telemetry(device: string, key?: string): Point[];
  /** The newest point of each key. */
  latest(device: string): Point[];
  /** Client attributes. */
  attributes(device: string): Record<string, unknown>;
  /** Sets attributes that the server shares with the device, and tells it; a value undefined deletes. */
  share(device: string, values: Record<string, unknown>): void;
  /** The device is to run this package, as when it was uploaded and assigned by REST; undefined: none. */
  assign(device: string, wanted: WantedPackage | undefined, type?: OtaType): void;
  /** The device logs in by these alone from now on, and its session is closed; undefined: the device is deleted. */
  changeCredentials(device: string, credentials: Credentials | undefined): void;
  /** Devices, device profiles and OTA packages: all that the REST API shows and changes. */
  readonly tenant: Tenant;
  on<E extends keyof ThingsBoardEvents>(event: E, listener: (...args: ThingsBoardEvents[E]) => void): void;
  off<E extends keyof ThingsBoardEvents>(event: E, listener: (...args: ThingsBoardEvents[E]) => void): void;
  readonly connections: ConnectionInfo[];
  readonly devices: readonly string[];
  readonly faults: Faults;
}
