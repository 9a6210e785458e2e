/**
 * `claim`: hands the device to the customer who knows the key. It may be done as often as the server asks: while a claim
 * waits for its customer, ThingsBoard takes no other.
 */
import { check } from "../check.ts";
import { type Client, sendReply } from "../thingsboard/client.ts";
import type { Request } from "./request.ts";

const enum Limit {
  /** ThingsBoard's own default, a day; and as long as a number of 32 bits tells, 24 days. */
  Default_ms = 86400000,
  Longest_ms = 2147483647,
}

/**
 * `params` is {"secret_key": text, "duration_ms": whole number}, both optional: without a key the device's name is enough for
 * so long, a day if nothing else is said. Undefined: the answer comes with the server's acknowledgement, which it gives though it
 * allows no claiming.
 */
export function claimCall(server: Client, request: Request): unknown {
  const wanted = request.params || {};
  const fault = check(wanted, { secret_key: 255, duration_ms: [Limit.Default_ms, 1, Limit.Longest_ms] });
  if (fault) return { error: fault };
  if (!server.claim) return { error: "built without claim" };
  const id = request.id;
  server.claim(wanted.secret_key, wanted.duration_ms, function (ok) {
    sendReply(server, ok ? { duration_ms: wanted.duration_ms } : { error: server.last_error }, id, 0);
  });
  return undefined;
}
