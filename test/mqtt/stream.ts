import { decode } from "../../firmware/mqtt/packet.ts";

/** A packet as `decode` hands it over. */
export interface Packet {
  first: number;
  id: number;
  topic: string;
  /** Undefined: it was too large to be kept. */
  payload: string | undefined;
}

/** What the session does with what comes: packet after packet, until one is wrong. */
export interface Stream {
  packets: Packet[];
  error: string;
  /** What is not a packet yet. */
  buffer: string;
  /** How many bytes of a packet that is too large are still to come. */
  skip: number;
  feed(bytes: string): void;
}

export function stream(most: number): Stream {
  const self: Stream = {
    packets: [],
    error: "",
    buffer: "",
    skip: 0,
    feed(bytes) {
      if (self.error) return;
      const passed = Math.min(self.skip, bytes.length);
      self.skip -= passed;
      self.buffer += bytes.slice(passed);
      for (;;) {
        let taken = 0;
        const size = decode(self.buffer, most, (first, id, topic, payload) => {
          taken++;
          self.packets.push({ first, id, topic, payload });
          return undefined;
        });
        if (taken !== Number(typeof size === "number" && size > 0))
          throw new Error(`${size}, taken ${taken}`);
        if (typeof size === "string") {
          self.error = size;
          self.buffer = "";
        }
        if (typeof size === "string" || size === 0) return;
        self.skip = Math.max(0, size - self.buffer.length);
        self.buffer = self.buffer.slice(size);
      }
    },
  };
  return self;
}
