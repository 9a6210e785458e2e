/** Who a tracker talks to, on a fake clock and without a network: a modem that is on, and behind it a server. */
import { readFileSync } from "node:fs";
import type { Clock } from "../../scripts/simulator/clock.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import type { RateLimits } from "../../scripts/simulator/thingsboard/rate-limit.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import type { WorldTls } from "./tls.ts";

export const TOKEN = "A1_TEST_TOKEN";
/** The receiver's sentences, again and again. */
export const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
const TRACK_TEXT = readFileSync(TRACK, "latin1");

/** The server's port with TLS. */
export const TLS_PORT = 8883;

export function createPeers(
  clock: Clock,
  options: ModemOptions = {},
  rate_limits: RateLimits = {},
  tls?: WorldTls,
) {
  const thingsboard = createThingsBoard({
    devices: [{ name: "tracker", token: TOKEN, rate_limits, ...(tls && { certificate: tls.device }) }],
    clock,
    ...(tls && { tls: tls.server }),
  });
  const modem = createModem({
    clock,
    startsOn: true,
    gnss: { log: TRACK_TEXT, time: "now" },
    ...(tls && { cryptography: tls.cryptography, files: tls.files }),
    connect: (_host, port) => {
      const [near, far] = duplexPair();
      if (tls && port === TLS_PORT) thingsboard.acceptTls(far);
      else thingsboard.accept(far);
      return near;
    },
    ...options,
  });
  return { modem, thingsboard };
}
