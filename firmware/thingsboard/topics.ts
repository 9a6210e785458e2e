/** ThingsBoard's MQTT topics for a device. The short ones save 19 bytes a telemetry message; servers take both. */

/** Places in `topics`. */
export const enum Topic {
  /** The filter for requests from the server. */
  RPC_REQUESTS,
  /** Before the request's id. */
  RPC_RESPONSE,
  TELEMETRY,
}

/** The topics of each version, in the order of Topic. */
export function topics(): Record<string, string[]> {
  return {
    v1: ["v1/devices/me/rpc/request/+", "v1/devices/me/rpc/response/", "v1/devices/me/telemetry"],
    v2: ["v2/r/req/+", "v2/r/res/", "v2/t"],
  };
}
