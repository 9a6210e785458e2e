/** Who a tracker talks to, on a fake clock and without a network: a modem that is on, and behind it a server. */
import { readFileSync } from "node:fs";
import type { Clock } from "../../scripts/simulator/clock.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import type { RateLimits } from "../../scripts/simulator/thingsboard/rate-limit.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";

export const TOKEN = "A1_TEST_TOKEN";
/** The receiver's sentences, again and again. */
export const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
const TRACK_TEXT = readFileSync(TRACK, "latin1");

export function createPeers(clock: Clock, options: ModemOptions = {}, rate_limits: RateLimits = {}) {
  const thingsboard = createThingsBoard({
    devices: [{ name: "tracker", token: TOKEN, rate_limits }],
    clock,
  });
  const modem = createModem({
    clock,
    startsOn: true,
    gnss: { log: TRACK_TEXT, time: "now" },
    connect: () => {
      const [near, far] = duplexPair();
      thingsboard.accept(far);
      return near;
    },
    ...options,
  });
  return { modem, thingsboard };
}
