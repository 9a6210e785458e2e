import { First, field, packet, uint16 } from "../../firmware/mqtt/packet.ts";

/** PUBLISH of QoS 1; with identifier 0 of QoS 0. */
export const encodePublish = (id: number, topic: string, payload: string): string =>
  packet(id ? First.PUBLISH_QOS_1 : First.PUBLISH, field(topic) + (id ? uint16(id) : "") + payload);
