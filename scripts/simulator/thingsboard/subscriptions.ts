import { Reason } from "./reasons.ts";
import { ATTRIBUTE_TOPICS, RPC_REQUEST_TOPICS, SUBSCRIBABLE, topicMatches } from "./topics.ts";

/** What a device subscribed to in one connection. */
export class Subscriptions {
  /** Filters and their QoS, in the order of subscription. */
  readonly granted = new Map<string, 0 | 1>();
  /** How the topics of requests to the device begin; undefined: it gets none. */
  requests: string | undefined;
  /** The topic of the last subscription to changes of shared attributes: they are told there; undefined: nowhere. */
  attributes: string | undefined;

  /** Takes a filter; gives what SUBACK says of it. `tells`: in MQTT 5's words. */
  add(filter: string, qos: number, tells: boolean): number {
    if (!SUBSCRIBABLE.has(filter)) return refusedFilter(tells);
    const granted_qos = qos === 0 ? 0 : 1;
    if (ATTRIBUTE_TOPICS.includes(filter)) this.attributes = filter;
    this.granted.set(filter, granted_qos);
    return granted_qos;
  }

  /** Takes a filter back. True: requests came by it. */
  remove(filter: string): boolean {
    this.granted.delete(filter);
    if (ATTRIBUTE_TOPICS.includes(filter)) this.attributes = undefined;
    if (!RPC_REQUEST_TOPICS.has(filter)) return false;
    this.requests = undefined;
    return true;
  }

  /** The granted QoS of the first filter that matches; 1 when none does. */
  qosOf(topic: string): 0 | 1 {
    for (const [filter, qos] of this.granted) if (topicMatches(filter, topic)) return qos;
    return 1;
  }
}

/** SUBACK's code for a filter that is refused. */
export const refusedFilter = (tells: boolean): number => (tells ? Reason.TopicFilterInvalid : 0x80);
