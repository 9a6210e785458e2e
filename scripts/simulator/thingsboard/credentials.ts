/** Who may connect: ThingsBoard's access tokens, MQTT basic credentials, and X.509 certificates. */

import { createHash, type X509Certificate } from "node:crypto";
import type { IConnectPacket } from "mqtt-packet";
import type { RateLimits } from "./rate-limit.ts";

/** What a device logs in by: one of these. */
export interface Credentials {
  /** Access token: the MQTT user name. Password and client identifier then do not matter. */
  token?: string;
  /** MQTT basic credentials: every field given must match; one of `client_id` and `username` at least. */
  basic?: { client_id?: string; username?: string; password?: string };
  /** X.509: the certificate that it shows in the TLS handshake, PEM or the base64 of one. */
  certificate?: string;
}

/** A device the server knows. */
export interface DeviceConfig extends Credentials {
  /** Unique; the name in the HTTP API and in the log. */
  name: string;
  /** Told by `getSessionLimits`. Default: none. */
  rate_limits?: RateLimits;
  /** The tenant's, which nothing tells. Default: none. */
  tenant_limits?: RateLimits;
}

/** CONNACK return codes as ThingsBoard uses them. It never sends 1, and never 4 although its manual lists it. */
export enum ConnackCode {
  Accepted = 0,
  IdentifierRejected = 2,
  ServerUnavailable = 3,
  NotAuthorized = 5,
}

/** A certificate as ThingsBoard keeps it: its base64, in one line. */
export const certificateLine = (pem: string): string =>
  pem.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");

/** What ThingsBoard finds things by: the SHA3-256 of their text, a certificate's or that of basic credentials. */
export const sha3 = (text: string): string => createHash("sha3-256").update(text).digest("hex");

/** The device a CONNECT logs in as, or the code it is refused with. `shown`: the client's certificate, which alone counts then. */
export function authenticate<D extends DeviceConfig>(
  devices: readonly D[],
  packet: IConnectPacket,
  shown?: X509Certificate,
): D | ConnackCode {
  const { clientId, username } = packet;
  if (shown) {
    const line = shown.raw.toString("base64");
    const device = devices.find(({ certificate }) => certificate && certificateLine(certificate) === line);
    return device ?? ConnackCode.NotAuthorized;
  }
  if (!username) {
    const device = devices.find((d) => d.basic && !d.basic.username && d.basic.client_id === clientId);
    if (device && passwordFits(device, packet)) return device;
    return username === undefined && !packet.password && clientId.trim() !== ""
      ? ConnackCode.IdentifierRejected
      : ConnackCode.NotAuthorized;
  }
  const triple = devices.find((d) => d.basic?.username === username && d.basic.client_id === clientId);
  if (triple) return passwordFits(triple, packet) ? triple : ConnackCode.NotAuthorized;
  const by_token = devices.find((d) => d.token === username);
  if (by_token) return by_token;
  const by_username = devices.find((d) => d.basic?.username === username && !d.basic.client_id);
  return by_username && passwordFits(by_username, packet) ? by_username : ConnackCode.NotAuthorized;
}

function passwordFits(device: DeviceConfig, packet: IConnectPacket): boolean {
  const wanted = device.basic?.password;
  return !wanted || packet.password?.toString() === wanted;
}
