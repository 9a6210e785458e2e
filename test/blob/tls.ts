/** Worlds with TLS: certificates that are right on their clocks, and what modem, server and settings get of them. */
import { type Identity, makeCertificate } from "../../scripts/certificate/make.ts";
import { nameOf, storedAs } from "../../scripts/flash/certificates.ts";
import type { Cryptography, PemIdentity, TlsServer } from "../../scripts/simulator/tls/cryptography.ts";
import { nodeTls, nodeTlsServer } from "../../scripts/simulator/tls/node.ts";
import { sealed, sealedServer } from "../../scripts/simulator/tls/sealed.ts";

/** The host that the worlds' settings name. */
export const HOST = "server.example";
const valid = { from: new Date(Date.UTC(2026, 0, 1)), until: new Date(Date.UTC(2046, 0, 1)) };

export const authority: Identity = await makeCertificate({ name: "Our CA", authority: true, ...valid });
export const server: Identity = await signed({});
export const device: Identity = await signed({ name: "tracker", hosts: [], client: true });

/** A certificate of our authority, for the worlds' host unless something else is said. */
export function signed(wanted: Partial<Parameters<typeof makeCertificate>[0]>): Promise<Identity> {
  return makeCertificate({ name: HOST, by: authority, hosts: [HOST], ...valid, ...wanted });
}

export interface WorldTls {
  cryptography: Cryptography;
  server: PemIdentity & { server: TlsServer };
  /** The device's certificate at the server, for X.509 log-in. */
  device: string;
  /** The modem's store. */
  files: Record<string, string>;
  /** Of the board's settings, what belongs to `server`. */
  settings: Record<string, unknown>;
}

interface Wanted {
  /** 2: with a client certificate. Default 1. */
  tls?: 1 | 2;
  /** The server's certificate. Default: one that is right. */
  identity?: Identity;
}

/** Node's TLS: what is sent is enciphered. `tickQuietly` steps such a world, which `run` does. */
export const realTls = (wanted: Wanted = {}): WorldTls => worldTls(wanted, nodeTls, nodeTlsServer);

/** No cryptography, and so fast as none: see tls/sealed.ts for what it does not show. */
export const sealedTls = (wanted: Wanted = {}): WorldTls => worldTls(wanted, sealed, sealedServer);

function worldTls(
  { tls = 1, identity = server }: Wanted,
  cryptography: Cryptography,
  ending: TlsServer,
): WorldTls {
  const { certificate, key } = identity;
  const kept = [authority.certificate, ...(tls === 2 ? [device.certificate, device.key] : [])];
  return {
    cryptography,
    server: { certificate, key, server: ending },
    device: device.certificate,
    files: Object.fromEntries(kept.map((pem) => [nameOf(pem), pem])),
    settings: {
      tls,
      ca: storedAs(authority.certificate),
      ...(tls === 2 && { cert: storedAs(device.certificate), key: storedAs(device.key) }),
    },
  };
}
