/** A tracker of the world as it is told of: what it is doing, and where its samples are. */
import type { Clock } from "../simulator/clock.ts";
import type { Delivery } from "./delivery.ts";
import { createDelivery } from "./delivery.ts";
import { createLineTrace } from "./line-trace.ts";
import type { StatusTold, TraceTold } from "./page/events.ts";
import { partsOf, type TrackerStatus } from "./status-words.ts";
import type { SimulatedTracker } from "./tracker.ts";

export interface Running {
  tracker: SimulatedTracker;
  /** What it was doing when it was looked at last. */
  readonly status: StatusTold | undefined;
  /** Looks at it, unless somebody does already. */
  look(): Promise<StatusTold | undefined>;
}

/** `secrets`, `onTrace`: see `createLineTrace`. */
export function watchTracker(
  tracker: SimulatedTracker,
  clock: Clock,
  secrets: readonly string[],
  onTrace?: (trace: TraceTold) => void,
): Running {
  const { modem } = tracker;
  const delivery: Delivery = createDelivery();
  modem.transcript.onEntry = createLineTrace(delivery, secrets, onTrace);
  modem.onEvent = ({ what }) => {
    if (what === "ended" || what === "running" || what === "restart" || what === "crash") delivery.ended();
  };
  /** What it told last; it tells nothing while it is off. */
  let told: TrackerStatus = {};
  let status: StatusTold | undefined;
  let is_looking = false;
  /** Samples that were somewhere at two looks: a PUBACK is counted a moment before the flash has marked what it is of. */
  let seen = 0;
  let seen_before = 0;

  /** All that were taken: those that were seen and are nowhere any more are lost, and their number shows it. */
  function outbox(): StatusTold["outbox"] {
    const { sending, acknowledged } = delivery;
    const waiting = Math.max(0, (tracker.waiting() ?? told.waiting ?? 0) - sending);
    const dropped = told.dropped ?? 0;
    const somewhere = waiting + sending + acknowledged + dropped;
    seen = Math.max(seen, Math.min(somewhere, seen_before));
    seen_before = somewhere;
    return { taken: Math.max(seen, somewhere), waiting, sending, acknowledged, dropped };
  }

  async function look(): Promise<StatusTold | undefined> {
    if (is_looking) return undefined;
    is_looking = true;
    try {
      const { is_powered } = tracker;
      const json = await tracker.status();
      if (json) told = JSON.parse(json) as TrackerStatus;
      const { name } = tracker;
      status = {
        tracker: name,
        time_ms: clock.now(),
        is_powered,
        is_asleep: is_powered && told.modem?.state === "asleep",
        state: (is_powered && json && told.state) || "starts",
        reason: (is_powered && json && told.reason) || "",
        parts: is_powered && json ? partsOf(told) : {},
        outbox: outbox(),
      };
      return status;
    } finally {
      is_looking = false;
    }
  }

  return {
    tracker,
    look,
    get status() {
      return status;
    },
  };
}
