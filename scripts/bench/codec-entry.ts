import { type Decoder, decode, encodePublish, type Packet } from "../../firmware/mqtt/packet.ts";

declare const global: Record<string, unknown>;

export interface Codec {
  encodePublish: typeof encodePublish;
  decode: typeof decode;
  decoder(): Decoder;
  payload(packet: Packet | undefined): string | undefined;
}

global.codec = {
  encodePublish: encodePublish,
  decode: decode,
  decoder: () => ({ buffer_: "", error_: "" }),
  payload: (packet) => (packet ? packet.payload_ : undefined),
} satisfies Codec;
