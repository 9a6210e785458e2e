import { decode } from "../../firmware/mqtt/packet.ts";

/** A packet as `decode` hands it over. */
export interface Packet {
  first: number;
  id: number;
  topic: string;
  payload: string;
}

/** What the session does with what comes: packet after packet, until one is wrong. */
export interface Stream {
  packets: Packet[];
  error: string;
  /** What is not a packet yet. */
  buffer: string;
  feed(bytes: string): void;
}

export function stream(most: number): Stream {
  const self: Stream = {
    packets: [],
    error: "",
    buffer: "",
    feed(bytes) {
      if (self.error) return;
      self.buffer += bytes;
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
        self.buffer = self.buffer.slice(size);
      }
    },
  };
  return self;
}
