/** ThingsBoard's MQTT topics for a device. The short ones save 19 bytes a telemetry message; servers take both. */

export const enum V1 {
  TELEMETRY = "v1/devices/me/telemetry",
  /** Before the request's id. */
  RPC_REQUEST = "v1/devices/me/rpc/request/",
  RPC_RESPONSE = "v1/devices/me/rpc/response/",
}

export const enum V2 {
  TELEMETRY = "v2/t",
  RPC_REQUEST = "v2/r/req/",
  RPC_RESPONSE = "v2/r/res/",
}
