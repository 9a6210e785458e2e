/** ThingsBoard's MQTT topics for a device. The short ones save 19 bytes a telemetry message; servers take both. */

/** Places in what `topics` gives. */
export const enum Topic {
  /** The filter for requests from the server. */
  RPC_REQUESTS,
  /** Before the request's id. */
  RPC_RESPONSE,
  TELEMETRY,
}

/** The topics of a version, in the order of Topic. */
export function topics(version: number): string[] {
  const me = "v1/devices/me/";
  return version > 1
    ? ["v2/r/req/+", "v2/r/res/", "v2/t"]
    : [me + "rpc/request/+", me + "rpc/response/", me + "telemetry"];
}
