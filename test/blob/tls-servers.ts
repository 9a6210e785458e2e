/** TLS servers, right and wrong ones, and what the firmware says of each. */
import { createHash } from "node:crypto";
import type { TlsOptions } from "node:tls";
import { makeCertificate } from "../../scripts/certificate/make.ts";

const DAY_MS = 86_400_000;

export interface TlsServer {
  what: string;
  /** "plain": it speaks no TLS; "silent": it takes the connection and says nothing. */
  options: TlsOptions | "plain" | "silent";
  /** The settings' `tls`. */
  tls: 1 | 2;
  /** What `tracker.status().reason` begins with; "": it connects. */
  reason: string;
}

export interface TlsServers {
  all: TlsServer[];
  /** What the modem's store has, by name. */
  files: Record<string, string>;
  /** The settings of `server`, but for `tls`. */
  settings: { ca: string; cert: string; key: string };
  /** In place of those two, of a client that no server knows. */
  stranger: { cert: string; key: string };
  /** PEM. */
  authority: string;
  server: { cert: string; key: string };
}

/** `host`: what the settings call the server. All is made for this time, which need not be now. */
export async function makeTlsServers(host: string, now_ms: number): Promise<TlsServers> {
  const valid = { from: new Date(now_ms - DAY_MS), until: new Date(now_ms + 365 * DAY_MS) };
  const authority = await makeCertificate({ name: "Our CA", authority: true, ...valid });
  const other = await makeCertificate({ name: "Other CA", authority: true, ...valid });
  const device = await makeCertificate({ name: "tracker", by: authority, client: true, ...valid });
  const stranger = await makeCertificate({ name: "tracker", by: other, client: true, ...valid });
  const server = async (wanted: Partial<Parameters<typeof makeCertificate>[0]> = {}): Promise<TlsOptions> => {
    const { certificate, key } = await makeCertificate({
      name: "server",
      by: authority,
      hosts: [host],
      ...valid,
      ...wanted,
    });
    return { cert: certificate, key };
  };
  const right = await server();
  const demanding = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate };
  const files: Record<string, string> = {};
  const keep = (pem: string): string => {
    const name = `${createHash("sha256").update(pem).digest("hex").slice(0, 8)}.pem`;
    files[name] = pem;
    return `${name},${pem.length}`;
  };
  return {
    all: [
      { what: "the right one", options: right, tls: 1, reason: "" },
      { what: "one that asks for our certificate", options: { ...right, ...demanding }, tls: 2, reason: "" },
      {
        what: "another CA's",
        options: await server({ by: other }),
        tls: 1,
        reason: "TLS: server has another CA",
      },
      {
        what: "another host's",
        options: await server({ hosts: ["other.example"] }),
        tls: 1,
        reason: "TLS: certificate of another host",
      },
      {
        what: "one whose certificate expired",
        options: await server({ from: new Date(now_ms - 9 * DAY_MS), until: new Date(now_ms - DAY_MS) }),
        tls: 1,
        reason: "TLS: certificate expired, or not valid yet",
      },
      {
        what: "one whose certificate is not valid yet",
        options: await server({ from: new Date(now_ms + DAY_MS) }),
        tls: 1,
        reason: "TLS: certificate expired, or not valid yet",
      },
      {
        what: "one with an ECDSA certificate only",
        options: await server({ kind: "ecdsa" }),
        tls: 1,
        reason: "server refuses TLS",
      },
      { what: "one that speaks no TLS", options: "plain", tls: 1, reason: "server refuses TLS" },
      {
        what: "one that wants a certificate, and we show none",
        options: { ...right, ...demanding },
        tls: 1,
        reason: "server refuses TLS",
      },
    ],
    files,
    settings: { ca: keep(authority.certificate), cert: keep(device.certificate), key: keep(device.key) },
    stranger: { cert: keep(stranger.certificate), key: keep(stranger.key) },
    authority: authority.certificate,
    server: right as { cert: string; key: string },
  };
}
