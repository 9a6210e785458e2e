import type { X509Certificate } from "node:crypto";
import type { IConnectPacket, IPublishPacket } from "mqtt-packet";
import type { Clock } from "../clock.ts";
import type { ClientRpcRules } from "./client-rpc.ts";
import type { ConnackCode } from "./credentials.ts";
import type { Device } from "./device.ts";
import type { FaultSettings } from "./faults.ts";
import type { Sample } from "./telemetry.ts";
import type { Tenant } from "./tenant.ts";

/** What a connection needs of the server. */
export interface Core<Connection> {
  clock: Clock;
  faults: FaultSettings;
  tenant: Tenant;
  /** What answers the devices' own calls. */
  rules: ClientRpcRules;
  inactivity_timeout_ms: number;
  /** `shown`: the client's certificate. */
  login(packet: IConnectPacket, shown?: X509Certificate): Device | ConnackCode;
  /** The connection became the session of its device. */
  opened(connection: Connection, device: Device): void;
  /** The connection is over, and why. Called once. */
  closed(connection: Connection, reason: string): void;
  /** Takes the tokens of one message with so many values; false when it is over a limit, the device's or its tenant's. */
  take(device: Device, points?: number): boolean;
  telemetry(device: Device, samples: Sample[], packet: IPublishPacket): void;
  /** What is in it closes the connection. */
  refused(device: Device, samples: Sample[]): void;
  log(device: Device | undefined, line: string): void;
}
