/** What passes between board and modem, a line each for people; secrets are left out. */

import { createModemLine } from "../repl/modem-line.ts";
import { describe } from "../repl/mqtt-trace.ts";
import { withoutSecrets } from "../repl/secrets.ts";
import { withoutLogins } from "../repl/trace.ts";
import type { Entry } from "../simulator/modem/transcript.ts";
import type { Delivery } from "./delivery.ts";
import type { TraceTold } from "./page/events.ts";

/** So many lines are told in a second of ours; the others are counted. */
const MOST_A_SECOND = 200;

/**
 * Gives a function that takes the modem's transcript, entry by entry. `onTrace` gets each line, if anybody wants them;
 * `secrets`: texts that no line may have.
 */
export function createLineTrace(
  delivery: Delivery,
  secrets: readonly string[],
  onTrace?: (trace: TraceTold) => void,
  now_ms: () => number = Date.now,
): (entry: Entry) => void {
  let at_ms = 0;
  let second = 0;
  let told = 0;

  function tell(kind: TraceTold["kind"], direction: ">" | "<", text: string): void {
    if (!onTrace) return;
    const way = direction === ">" ? "up" : "down";
    const this_second = Math.floor(now_ms() / 1000);
    if (this_second !== second) {
      if (told > MOST_A_SECOND)
        onTrace({ time_ms: at_ms, kind, way, text: `… ${told - MOST_A_SECOND} lines left out` });
      second = this_second;
      told = 0;
    }
    if (++told > MOST_A_SECOND) return;
    onTrace({ time_ms: at_ms, kind, way, text: withoutSecrets(text, [...secrets]) });
  }

  const take = createModemLine({
    line: (direction, line) => tell("at", direction, withoutLogins(line)),
    packet(direction, packet) {
      delivery.packet(direction, packet);
      tell("mqtt", direction, describe(packet));
    },
    opened: () => delivery.ended(),
  });
  return (entry) => {
    at_ms = entry.at_ms;
    if (entry.from === "note") tell("at", "<", entry.bytes);
    else take({ direction: entry.from === "host" ? ">" : "<", bytes: entry.bytes });
  };
}
