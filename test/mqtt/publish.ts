import { First, field, PublishFlag, packet, uint16 } from "../../firmware/mqtt/packet.ts";

/** PUBLISH; without `flags`, PublishFlag bits, of QoS 1, with identifier 0 of QoS 0. */
export const encodePublish = (
  id: number,
  topic: string,
  payload: string,
  flags: number = id && PublishFlag.QOS_1,
): string => packet(First.PUBLISH | flags, field(topic) + (flags & 6 ? uint16(id) : "") + payload);
