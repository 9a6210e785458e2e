/** Bytes of one device, as they wait for the interpreter. */
export interface IoEvent {
  device: string;
  bytes: string;
}

/** The ring all devices share: a length and a flag byte an event, then its data; four bytes are always kept free. */
export interface EventQueue {
  readonly used: number;
  readonly length: number;
  /** Queues what arrived at once; gives how many bytes found no room. */
  push(device: string, bytes: string): number;
  pop(): IoEvent | undefined;
  clear(): void;
}

export const EVENT_QUEUE_BYTES = 1024;
const MAX_EVENT = 64;
const EVENT_OVERHEAD = 2;
const SPARE = 4;

export function createEventQueue(): EventQueue {
  let events: IoEvent[] = [];
  /** The event that more bytes may still join. */
  let open: IoEvent | undefined;
  let used = 0;
  const free = (): number => EVENT_QUEUE_BYTES - used - SPARE;
  return {
    get used() {
      return used;
    },
    get length() {
      return events.length;
    },
    push(device, bytes) {
      // Not into the event at the head: the main loop may be reading it.
      if (
        open?.device === device &&
        open !== events[0] &&
        open.bytes.length + bytes.length < MAX_EVENT &&
        free() > 0
      ) {
        open.bytes += bytes;
        used += bytes.length;
        return 0;
      }
      let lost = 0;
      for (let i = 0; i < bytes.length; i += MAX_EVENT) {
        const piece = bytes.slice(i, i + MAX_EVENT);
        if (free() < piece.length + EVENT_OVERHEAD) {
          lost += piece.length;
          continue;
        }
        open = { device, bytes: piece };
        events.push(open);
        used += piece.length + EVENT_OVERHEAD;
      }
      return lost;
    },
    pop() {
      const event = events.shift();
      if (event === open) open = undefined;
      if (event) used -= event.bytes.length + EVENT_OVERHEAD;
      return event;
    },
    clear() {
      events = [];
      open = undefined;
      used = 0;
    },
  };
}
