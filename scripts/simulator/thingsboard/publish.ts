/** What the server does with a PUBLISH, by its topic. */
import type { IPublishPacket } from "mqtt-packet";
import { attributesFor, checkClaim } from "./attributes.ts";
import {
  CLIENT_RPC_TIMEOUT_MS,
  MAX_QUEUED,
  methodOf,
  SESSION_LIMITS,
  sessionLimits,
  TIMEOUT_REPLY,
} from "./client-rpc.ts";
import type { Core } from "./core.ts";
import type { Device } from "./device.ts";
import type { FaultSettings } from "./faults.ts";
import { PayloadError } from "./lenient-json.ts";
import { parseAttributes, parseTelemetry, type Sample } from "./telemetry.ts";
import { replyPrefix, routeOf } from "./topics.ts";

/** The connection that a message came by, as far as what becomes of the message needs it. */
export interface Publishing {
  readonly core: Pick<Core<never>, "faults" | "telemetry" | "refused" | "log">;
  /** How the topics of replies to the device's own calls begin: as its last call's. */
  rpc_reply_topic: string;
  /** Nothing can be sent any more. */
  readonly over: boolean;
  /** False when it is over its rate limit, and closed. */
  withinRate(device: Device, points?: number): boolean;
  sendPuback(packet: IPublishPacket): void;
  sendPublish(topic: string, payload: string): void;
  later(ms: number, fn: () => void): void;
}

/** Does what the topic says; false when no PUBACK is to follow. */
export function publishRouted(connection: Publishing, device: Device, packet: IPublishPacket): boolean {
  const route = routeOf(packet.topic);
  const payload = packet.payload.toString();
  const { core } = connection;
  switch (route.kind) {
    case "telemetry": {
      const samples = parseTelemetry(payload);
      if (samples.length === 0) {
        core.log(device, "an empty telemetry array is never answered: do not send one");
        return false;
      }
      const fault = faultOf(samples, core.faults);
      if (fault) {
        core.refused(device, samples);
        throw new PayloadError(fault);
      }
      const points = samples.reduce((count, sample) => count + sample.values.size, 0);
      if (!connection.withinRate(device, points)) return false;
      core.telemetry(device, samples, packet);
      return true;
    }
    case "attributes": {
      const values = parseAttributes(payload);
      if (!connection.withinRate(device, values.size)) return false;
      for (const [key, value] of values) device.store.attributes.set(key, value);
      return true;
    }
    case "rpc_response":
      if (!/^[+-]?\d+$/.test(route.id)) throw new PayloadError("the request id is no number");
      if (!connection.withinRate(device)) return false;
      if (core.faults.lose_rpc_answers > 0) {
        core.faults.lose_rpc_answers--;
        core.log(device, `fault: RPC reply ${route.id} lost after its PUBACK`);
      } else if (!device.rpc.answer(Number(route.id), payload))
        core.log(device, `stale RPC reply ${route.id} ignored`);
      return true;
    case "rpc_request":
      return answerRpc(connection, device, packet, methodOf(route.id, payload), route.id);
    case "attributes_request": {
      const response = attributesFor(device.store, route.id, payload);
      if (!connection.withinRate(device)) return false;
      connection.sendPuback(packet);
      if (!connection.over && response !== undefined)
        connection.sendPublish(replyPrefix(packet.topic) + Number(route.id), response);
      return false;
    }
    case "claim":
      checkClaim(payload);
      return connection.withinRate(device);
    case "ota":
      if (!/^\d+$/.test(route.id) || !/^\d+$/.test(route.chunk)) return true;
      if (!connection.withinRate(device)) return false;
      // No package is ever assigned here.
      connection.sendPublish("v2/fw/error", "NOT_FOUND");
      throw new PayloadError("no firmware is assigned");
    case "protobuf":
      throw new PayloadError("the stand-in speaks JSON only, not protobuf");
    case "gateway":
      core.log(device, `${packet.topic}: the device is no gateway, ignored without PUBACK`);
      return false;
    case "unknown":
      core.log(device, `unknown topic ${packet.topic}: PUBACKed, data dropped`);
      return true;
  }
}

/** PUBACK comes before the reply, and the reply whether the device subscribed to it or not. */
function answerRpc(
  connection: Publishing,
  device: Device,
  packet: IPublishPacket,
  method: string,
  id: string,
): boolean {
  const prefix = replyPrefix(packet.topic);
  connection.rpc_reply_topic = prefix;
  const number = String(Number(id));
  if (method === SESSION_LIMITS && prefix.startsWith("v1/")) {
    connection.sendPuback(packet);
    const limits = connection.core.faults.told_limits ?? device.rate_limits ?? {};
    if (!connection.over) connection.sendPublish(prefix + number, sessionLimits(limits, MAX_QUEUED));
    return false;
  }
  if (!connection.withinRate(device)) return false;
  connection.core.log(device, `no rule answers the RPC ${method}`);
  connection.later(CLIENT_RPC_TIMEOUT_MS, () =>
    connection.sendPublish(connection.rpc_reply_topic + number, TIMEOUT_REPLY),
  );
  return true;
}

/** What the server is set up to refuse: one such value refuses the packet. "": nothing. */
function faultOf(samples: Sample[], { refused_keys, max_string_value_length }: FaultSettings): string {
  for (const { values } of samples)
    for (const [key, value] of values) {
      if (refused_keys.includes(key)) return `fault: key ${key} is refused`;
      if (max_string_value_length > 0 && typeof value === "string" && value.length > max_string_value_length)
        return `the text of ${key} is over ${max_string_value_length} characters`;
    }
  return "";
}
