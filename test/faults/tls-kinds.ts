/** Faults that only a world with TLS has. */
import type { WorldTls } from "../blob/tls.ts";
import { type Kind, lasting, modem, probability, strikes } from "./kinds.ts";
import { count, pick, shuffle } from "./random.ts";

const COMMANDS = "+QSSLCFG +QSSLOPEN +QSSLSEND +QSSLRECV +QSSLCLOSE +QFLST +CCLK +QNTP".split(" ");
const STRAY = [
  '+QSSLURC: "recv",0',
  '+QSSLURC: "closed",0',
  "+QSSLOPEN: 0,0",
  "+QSSLOPEN: 0,566",
  "+QNTP: 569",
];

export const tlsKinds = (tls: WorldTls): Record<string, Kind> => ({
  silentHandshake: modem("silentHandshake", 0, probability),
  brokenHandshake: modem("brokenHandshake", 0, probability),
  // Another number for the same.
  handshakeError: (random, length_ms) => [
    ...modem("handshakeError", 566, () => pick(random, [550, 569, 579]))(random, length_ms),
    ...modem("brokenHandshake", 0, probability)(random, length_ms),
  ],
  noTimeServer: modem("ntpError", 0, (random) => pick(random, [565, 569, "silent"] as const)),
  tlsMuted: modem(
    "muted",
    new Set(),
    (random) => new Set(shuffle(random, COMMANDS).slice(0, count(random, 1, 3))),
  ),
  tlsStrays: (random, length_ms) =>
    strikes(random, length_ms, 10, () => {
      const line = pick(random, STRAY);
      return { what: `stray ${line}`, act: (stage) => stage.modem.inject.urc(line) };
    }),
  wipedStore: (_random, length_ms) =>
    lasting(
      "the modem's file store is empty",
      length_ms,
      (stage) => stage.modem.files.clear(),
      (stage) => {
        for (const [name, pem] of Object.entries(tls.files)) stage.modem.files.set(name, pem);
      },
    ),
});
