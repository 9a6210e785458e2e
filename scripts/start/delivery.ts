/** What becomes of a tracker's samples on the modem's line: on their way, acknowledged. */
import type { Packet } from "mqtt-packet";

export interface Delivery {
  packet(direction: ">" | "<", packet: Packet): void;
  /** The connection is over: what was on its way waits again. */
  ended(): void;
  /** Samples that are with the server, and not acknowledged. */
  readonly sending: number;
  /** Samples that the tracker knows to be there. */
  readonly acknowledged: number;
}

const TELEMETRY = /telemetry$|^v2\/t$/;

/** How many samples a message has. */
function samplesIn(payload: string): number {
  try {
    return [JSON.parse(payload)].flat().length;
  } catch {
    return 0;
  }
}

export function createDelivery(): Delivery {
  /** Samples of each message, by its number. */
  const open = new Map<number, number>();
  let acknowledged = 0;
  return {
    packet(direction, packet) {
      if (direction === ">" && packet.cmd === "publish" && TELEMETRY.test(packet.topic)) {
        const samples = samplesIn(packet.payload.toString());
        if (packet.qos) open.set(packet.messageId as number, samples);
        else acknowledged += samples;
      }
      if (direction === "<" && packet.cmd === "puback") {
        acknowledged += open.get(packet.messageId as number) ?? 0;
        open.delete(packet.messageId as number);
      }
    },
    ended: () => open.clear(),
    get sending() {
      return [...open.values()].reduce((sum, samples) => sum + samples, 0);
    },
    get acknowledged() {
      return acknowledged;
    },
  };
}
