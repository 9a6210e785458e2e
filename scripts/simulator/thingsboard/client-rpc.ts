/** RPC that a device calls on the server: what is read from its request, and what the server answers by itself. */

import { MAX_REMAINING_LENGTH } from "./decoder.ts";
import { type Json, PayloadCrash, PayloadError, parseLenientJson, toPlain } from "./lenient-json.ts";
import type { RateLimits } from "./rate-limit.ts";

/** The one method the server itself knows, and on the v1 topic only. */
export const SESSION_LIMITS = "getSessionLimits";

/** What a call is answered with when no rule answers it, transport.client_side_rpc.timeout after it came. */
export const TIMEOUT_REPLY = '{"error":"timeout"}';
export const CLIENT_RPC_TIMEOUT_MS = 60_000;

/** Packets that the server queues before the CONNACK: transport.mqtt.msg_queue_size_per_device_limit. */
export const MAX_QUEUED = 100;

/** What a rule chain would answer, by method: a value, or what makes one of the parameters; undefined: nothing, as without. */
export type ClientRpcRules = Record<string, unknown | ((params: unknown) => unknown)>;

/** The answer of a rule, JSON. */
export function answerOf(rules: ClientRpcRules, { method, params }: ClientCall): string | undefined {
  const rule = Object.hasOwn(rules, method) ? rules[method] : undefined;
  return JSON.stringify(typeof rule === "function" ? rule(params) : rule);
}

export interface ClientCall {
  method: string;
  params: unknown;
}

/** What a request calls. Throws PayloadError for what makes the server close the connection. */
export function readClientCall(id: string, payload: string): ClientCall {
  const json = parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("the RPC request is no object");
  if (!/^[+-]?\d+$/.test(id)) throw new PayloadCrash("the request id is no number");
  const method = json.get("method");
  if (typeof method !== "string") throw new PayloadCrash('the RPC request has no "method"');
  const params: Json = json.get("params") ?? null;
  return { method, params: toPlain(params) };
}

/** The reply to `getSessionLimits`: the device's own limits, not its tenant's. `max_inflight` is how many packets the server queues before the CONNACK. */
export function sessionLimits(limits: RateLimits, max_inflight: number): string {
  return JSON.stringify({
    maxPayloadSize: MAX_REMAINING_LENGTH,
    maxInflightMessages: max_inflight,
    rateLimits: {
      messages: limits.messages || null,
      telemetryMessages: limits.telemetry_messages || null,
      telemetryDataPoints: limits.telemetry_data_points || null,
    },
  });
}
