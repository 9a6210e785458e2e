/** ThingsBoard's MQTT topics for a device. The short ones save 19 bytes a telemetry message; servers take both. */

/** Places in what `topics` gives. */
export const enum Topic {
  /** The filter for requests from the server. */
  RPC_REQUESTS,
  /** The filter for its answers to ours. */
  RPC_RESPONSES,
  /** Before the request's id. */
  RPC_RESPONSE,
  TELEMETRY,
  /** Our only request. ThingsBoard answers it on this topic alone, whatever the version. */
  LIMITS,
}

/** The topics of a version, in the order of Topic. */
export function topics(version: number): string[] {
  const me = "v1/devices/me/";
  const rpc = me + "rpc/";
  const re = rpc + "response/";
  const names = version > 1 ? ["v2/r/req/+", "v2/r/res/", "v2/t"] : [rpc + "request/+", re, me + "telemetry"];
  names.splice(1, 0, re + "+");
  return names.concat(rpc + "request/1");
}
