import { decode, encodePublish } from "../../firmware/mqtt/packet.ts";

declare const global: Record<string, unknown>;

export interface Codec {
  encodePublish: typeof encodePublish;
  decode: typeof decode;
}

global.codec = {
  encodePublish: encodePublish,
  decode: decode,
} satisfies Codec;
