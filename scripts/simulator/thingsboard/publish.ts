/** What the server does with a PUBLISH, by its topic. */
import type { IPublishPacket } from "mqtt-packet";
import { attributesFor } from "./attributes.ts";
import { takeClaim } from "./claims.ts";
import {
  answerOf,
  CLIENT_RPC_TIMEOUT_MS,
  type ClientCall,
  MAX_QUEUED,
  readClientCall,
  SESSION_LIMITS,
  sessionLimits,
  TIMEOUT_REPLY,
} from "./client-rpc.ts";
import type { Core } from "./core.ts";
import type { Device } from "./device.ts";
import type { FaultSettings } from "./faults.ts";
import { PayloadError } from "./lenient-json.ts";
import type { Downloads } from "./ota-chunks.ts";
import { Reason } from "./reasons.ts";
import { parseAttributes, parseTelemetry, type Sample } from "./telemetry.ts";
import { replyPrefix, routeOf } from "./topics.ts";

/** The connection that a message came by, as far as what becomes of the message needs it. */
export interface Publishing {
  readonly core: Pick<Core<never>, "clock" | "faults" | "rules" | "tenant" | "telemetry" | "refused" | "log">;
  readonly downloads: Downloads;
  /** How the topics of replies to the device's own calls begin: as its last call's. */
  rpc_reply_topic: string;
  /** Nothing can be sent any more. */
  readonly over: boolean;
  /** False when it is over its rate limit, and closed. */
  withinRate(device: Device, points?: number): boolean;
  sendPuback(packet: IPublishPacket): void;
  sendPublish(topic: string, payload: string | Buffer): void;
  close(reason: string, code: Reason): void;
  later(ms: number, fn: () => void): void;
}

/** Does what the topic says; gives what PUBACK is to say, undefined: none is to follow. */
export function publishRouted(
  connection: Publishing,
  device: Device,
  packet: IPublishPacket,
): Reason | undefined {
  const route = routeOf(packet.topic);
  const payload = packet.payload.toString();
  const { core } = connection;
  switch (route.kind) {
    case "telemetry": {
      const samples = parseTelemetry(payload);
      if (samples.length === 0) {
        core.log(device, "an empty telemetry array is never answered: do not send one");
        return undefined;
      }
      const fault = faultOf(samples, core.faults);
      if (fault) {
        core.refused(device, samples);
        throw new PayloadError(fault);
      }
      const points = samples.reduce((count, sample) => count + sample.values.size, 0);
      if (!connection.withinRate(device, points)) return undefined;
      core.telemetry(device, samples, packet);
      return Reason.Success;
    }
    case "attributes": {
      const values = parseAttributes(payload);
      if (!connection.withinRate(device, values.size)) return undefined;
      core.tenant.saveAttributes(device, "CLIENT_SCOPE", values);
      return Reason.Success;
    }
    case "rpc_response":
      if (!/^[+-]?\d+$/.test(route.id)) throw new PayloadError("the request id is no number");
      if (!connection.withinRate(device)) return undefined;
      if (core.faults.lose_rpc_answers > 0) {
        core.faults.lose_rpc_answers--;
        core.log(device, `fault: RPC reply ${route.id} lost after its PUBACK`);
      } else if (!device.rpc.answer(Number(route.id), payload))
        core.log(device, `stale RPC reply ${route.id} ignored`);
      return Reason.Success;
    case "rpc_request":
      return answerRpc(connection, device, packet, readClientCall(route.id, payload), route.id);
    case "attributes_request": {
      const response = attributesFor(device.store, route.id, payload);
      if (!connection.withinRate(device)) return undefined;
      return respond(connection, packet, replyPrefix(packet.topic) + Number(route.id), response);
    }
    case "claim":
      takeClaim(device, payload, core.clock.now());
      return connection.withinRate(device) ? Reason.Success : undefined;
    case "ota":
      return answerDownload(connection, device, packet, route);
    case "protobuf":
      throw new PayloadError("the stand-in speaks JSON only, not protobuf");
    case "gateway":
      core.log(device, `${packet.topic}: the device is no gateway, ignored without PUBACK`);
      return undefined;
    case "unknown":
      core.log(device, `unknown topic ${packet.topic}: PUBACKed, data dropped`);
      return Reason.TopicNameInvalid;
  }
}

/** PUBACK comes before the response, and that whether the device subscribed to it or not; undefined: it never comes. */
function respond(
  connection: Publishing,
  packet: IPublishPacket,
  topic: string,
  response: string | Buffer | undefined,
): undefined {
  const { core } = connection;
  connection.sendPuback(packet);
  if (connection.over || response === undefined) return undefined;
  if (core.faults.lose_responses === 0) connection.sendPublish(topic, response);
  else {
    core.faults.lose_responses--;
    core.log(undefined, `fault: ${topic} lost`);
  }
  return undefined;
}

function answerRpc(
  connection: Publishing,
  device: Device,
  packet: IPublishPacket,
  call: ClientCall,
  id: string,
): Reason | undefined {
  const { method } = call;
  const prefix = replyPrefix(packet.topic);
  connection.rpc_reply_topic = prefix;
  const number = String(Number(id));
  if (method === SESSION_LIMITS && prefix.startsWith("v1/")) {
    const limits = connection.core.faults.told_limits ?? device.rate_limits ?? {};
    return respond(connection, packet, prefix + number, sessionLimits(limits, MAX_QUEUED));
  }
  if (!connection.withinRate(device)) return undefined;
  const answer = answerOf(connection.core.rules, call);
  if (answer !== undefined) return respond(connection, packet, prefix + number, answer);
  connection.core.log(device, `no rule answers the RPC ${method}`);
  connection.later(CLIENT_RPC_TIMEOUT_MS, () =>
    connection.sendPublish(connection.rpc_reply_topic + number, TIMEOUT_REPLY),
  );
  return Reason.Success;
}

/** No PUBACK comes before an error, which closes the connection. */
function answerDownload(
  connection: Publishing,
  device: Device,
  packet: IPublishPacket,
  request: { kind: "ota"; package: "fw" | "sw"; id: string; chunk: string },
): Reason | undefined {
  let allowed = true;
  const answer = connection.downloads.chunk(device, request, packet.payload.toString(), () => {
    allowed = connection.withinRate(device);
    return allowed;
  });
  if (!allowed) return undefined;
  if (typeof answer === "string") {
    connection.sendPublish("v2/fw/error", answer);
    connection.close(`${packet.topic}: ${answer}`, Reason.ImplementationSpecific);
    return undefined;
  }
  const topic = `v2/${request.package}/response/${request.id}/chunk/${request.chunk}`;
  return respond(connection, packet, topic, answer && spoiled(answer, connection.core.faults));
}

function spoiled(chunk: Buffer, faults: FaultSettings): Buffer {
  if (faults.spoil_chunks === 0 || chunk.length === 0) return chunk;
  faults.spoil_chunks--;
  const other = Buffer.from(chunk);
  const middle = chunk.length >> 1;
  other[middle] = (other[middle] ?? 0) ^ 1;
  return other;
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
