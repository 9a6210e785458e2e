import { decode, First, field, packet, uint16 } from "../../firmware/mqtt/packet.ts";

declare const global: Record<string, unknown>;

export interface Codec {
  encodePublish(id: number, topic: string, payload: string): string;
  decode: typeof decode;
}

global.codec = {
  encodePublish: (id, topic, payload) => packet(First.PUBLISH_QOS_1, field(topic) + uint16(id) + payload),
  decode: decode,
} satisfies Codec;
