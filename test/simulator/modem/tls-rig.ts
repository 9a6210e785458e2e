/** A modem whose connections end at TLS servers in memory. */
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";
import { type Identity, makeCertificate } from "../../../scripts/certificate/make.ts";
import type { ModemOptions } from "../../../scripts/simulator/modem/options.ts";
import { nodeTlsStream } from "../../../scripts/simulator/tls/node.ts";
import { duplexPair } from "../duplex-pair.ts";
import { NOW, type Rig, ready } from "./rig.ts";

export const HOST = "tb.example";
const DAY_MS = 86_400_000;
export const FROM = new Date(NOW - DAY_MS);
export const UNTIL = new Date(NOW + 3650 * DAY_MS);
const valid = { from: FROM, until: UNTIL };

export const authority: Identity = await makeCertificate({ name: "Our CA", authority: true, ...valid });
export const stranger: Identity = await makeCertificate({ name: "Other CA", authority: true, ...valid });
export const server: Identity = await makeCertificate({ name: "s", by: authority, hosts: [HOST], ...valid });
export const device: Identity = await makeCertificate({
  name: "device-1",
  by: authority,
  client: true,
  ...valid,
});

export const CLOCK = 'AT+CCLK="26/05/17,09:30:00+00"';

/** A server's, or any other, certificate of our authority. */
export const signed = (wanted: Partial<Parameters<typeof makeCertificate>[0]>): Promise<Identity> =>
  makeCertificate({ name: "s", by: authority, hosts: [HOST], ...valid, ...wanted });

export interface TlsRig extends Rig {
  /** The servers' ends, in clear, in the order they were opened. */
  servers: Duplex[];
  /** The server names that the hellos told. */
  names: (string | undefined)[];
  /** What went over the wire from the modem. */
  wire(): string;
}

/** `its`: the server's options, or `plain` for one that speaks no TLS and takes everything in silence. */
export async function tlsRig(its: TlsOptions | "plain" = {}, options: ModemOptions = {}): Promise<TlsRig> {
  const servers: Duplex[] = [];
  const names: (string | undefined)[] = [];
  let wire = "";
  const made = await ready({
    files: {
      "ca.pem": authority.certificate,
      "other.pem": stranger.certificate,
      "cert.pem": device.certificate,
      "key.pem": device.key,
      "garbled.pem": authority.certificate.slice(0, 300),
    },
    connect() {
      const [near, far] = duplexPair();
      far.on("data", (bytes: Buffer) => {
        wire += bytes.toString("latin1");
      });
      const secure =
        its === "plain"
          ? far
          : nodeTlsStream(far, {
              cert: server.certificate,
              key: server.key,
              SNICallback(name, done) {
                names.push(name);
                done(null);
              },
              ...its,
            });
      secure.on("error", () => {});
      servers.push(secure);
      return near;
    },
    ...options,
  });
  return { ...made, servers, names, wire: () => wire };
}

/** Sets context 1 as the firmware does, and more. Throws when one is refused. */
export async function configure(made: Rig, ...more: string[]): Promise<void> {
  const lines = [
    CLOCK,
    'AT+QSSLCFG="sslversion",1,3',
    'AT+QSSLCFG="ciphersuite",1,0xFFFF',
    'AT+QSSLCFG="seclevel",1,1',
    'AT+QSSLCFG="cacert",1,"ca.pem"',
    'AT+QSSLCFG="ignorelocaltime",1,0',
    'AT+QSSLCFG="sni",1,1',
    'AT+QSSLCFG="checkhost",1,1',
    'AT+QSSLCFG="negotiatetime",1,60',
    ...more,
  ];
  for (const line of lines)
    if ((await made.at(line)) !== "\r\nOK\r\n") throw new Error(`${line}: ${made.heard()}`);
}

/** Opens TLS socket 0; what the modem reports. */
export async function openTls(made: Rig, host = HOST, ms = 1000): Promise<string> {
  return (await made.at(`AT+QSSLOPEN=1,1,0,"${host}",8883,0`, ms)).split("\r\n").filter(Boolean).join(" ");
}
