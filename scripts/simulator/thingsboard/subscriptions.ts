import { ATTRIBUTE_TOPICS, RPC_REQUEST_TOPICS, SUBSCRIBABLE, topicMatches } from "./topics.ts";

const REFUSED = 0x80;

/** What a device subscribed to in one connection. */
export class Subscriptions {
  /** Filters and their QoS, in the order of subscription. */
  readonly granted = new Map<string, 0 | 1>();
  /** How the topics of requests to the device begin; undefined: it gets none. */
  requests: string | undefined;

  /** Takes a filter; gives what SUBACK says of it. */
  add(filter: string, qos: number): number {
    if (!SUBSCRIBABLE.has(filter)) return REFUSED;
    const granted_qos = qos === 0 ? 0 : 1;
    this.granted.set(filter, granted_qos);
    return granted_qos;
  }

  /** Takes a filter back. True: requests came by it. */
  remove(filter: string): boolean {
    this.granted.delete(filter);
    if (!RPC_REQUEST_TOPICS.has(filter)) return false;
    this.requests = undefined;
    return true;
  }

  /** The granted QoS of the first filter that matches; 1 when none does. */
  qosOf(topic: string): 0 | 1 {
    for (const [filter, qos] of this.granted) if (topicMatches(filter, topic)) return qos;
    return 1;
  }

  /** Where changes of attributes are told: the topic of the last subscription to them. */
  get attributes(): string | undefined {
    return [...this.granted.keys()].filter((filter) => ATTRIBUTE_TOPICS.includes(filter)).at(-1);
  }
}
