/**
 * ThingsBoard's MQTT topics for a device. The short ones save 19 bytes a telemetry message; servers take both. Where an id
 * belongs at its end the topic ends in "/".
 */

/** What a topic is for. */
export const enum Topic {
  Telemetry,
  /** A call, of the server or of ours; with "+" behind it the filter for the server's. */
  RpcRequest,
  /** Our answer to one of the server's. */
  RpcResponse,
  /** Ours go up, changes of the shared ones come down. */
  Attributes,
  AttributesRequest,
  /** There is no short one. */
  Claim,
}

/** A switch and no object: it takes no RAM. `version`: of the topics' names, as in `server_cfg`. */
export function topicOf(version: number | undefined, topic: Topic): string {
  const short = (version as number) > 1;
  const me = "v1/devices/me/";
  switch (topic) {
    case Topic.Telemetry:
      return short ? "v2/t" : me + "telemetry";
    case Topic.RpcRequest:
      return short ? "v2/r/req/" : me + "rpc/request/";
    case Topic.RpcResponse:
      return short ? "v2/r/res/" : me + "rpc/response/";
    case Topic.Attributes:
      return short ? "v2/a" : me + "attributes";
    case Topic.AttributesRequest:
      return short ? "v2/a/req/" : me + "attributes/request/";
    case Topic.Claim:
      return me + "claim";
  }
}
