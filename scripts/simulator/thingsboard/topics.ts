/**
 * The topics of ThingsBoard's device API: the v1 names, and the short v2 ones, which always work beside them.
 * `/j` forces JSON; the protobuf twins (`/p`) are known to SUBSCRIBE but carry nothing here.
 */

/** What a PUBLISH of a device is, by its topic. */
export type Route =
  | { kind: "telemetry" | "attributes" | "claim" | "gateway" | "protobuf" | "unknown" }
  | { kind: "attributes_request" | "rpc_response" | "rpc_request"; id: string }
  | { kind: "ota"; package: "fw" | "sw"; id: string; chunk: string };

const EXACT: Record<string, "telemetry" | "attributes" | "claim" | "protobuf"> = {
  "v1/devices/me/telemetry": "telemetry",
  "v2/t": "telemetry",
  "v2/t/j": "telemetry",
  "v2/t/p": "protobuf",
  "v1/devices/me/attributes": "attributes",
  "v2/a": "attributes",
  "v2/a/j": "attributes",
  "v2/a/p": "protobuf",
  "v1/devices/me/claim": "claim",
};

// The longer of two that begin alike comes first.
const PREFIXES: [string, "attributes_request" | "rpc_response" | "rpc_request" | "protobuf"][] = [
  ["v1/devices/me/attributes/request/", "attributes_request"],
  ["v1/devices/me/rpc/response/", "rpc_response"],
  ["v1/devices/me/rpc/request/", "rpc_request"],
  ["v2/a/req/j/", "attributes_request"],
  ["v2/a/req/p/", "protobuf"],
  ["v2/a/req/", "attributes_request"],
  ["v2/r/res/j/", "rpc_response"],
  ["v2/r/res/p/", "protobuf"],
  ["v2/r/res/", "rpc_response"],
  ["v2/r/req/j/", "rpc_request"],
  ["v2/r/req/p/", "protobuf"],
  ["v2/r/req/", "rpc_request"],
];

/** Sorts a PUBLISH by its topic. */
export function routeOf(topic: string): Route {
  if (topic.startsWith("v1/gateway")) return { kind: "gateway" };
  const kind = Object.hasOwn(EXACT, topic) ? EXACT[topic] : undefined;
  if (kind) return { kind };
  for (const [prefix, prefixed] of PREFIXES) {
    if (!topic.startsWith(prefix)) continue;
    if (prefixed === "protobuf") return { kind: prefixed };
    return { kind: prefixed, id: topic.substring(prefix.length) };
  }
  // Searched for, not matched: what stands around it does not matter.
  const [, package_kind, id = "", chunk = ""] = /v2\/([fs]w)\/request\/(\d+)\/chunk\/(\d+)/.exec(topic) ?? [];
  return package_kind === "fw" || package_kind === "sw"
    ? { kind: "ota", package: package_kind, id, chunk }
    : { kind: "unknown" };
}

/** What the topic of the reply to a device's own request begins with. */
export const replyPrefix = (topic: string): string =>
  topic
    .slice(0, topic.lastIndexOf("/") + 1)
    .replace("/request/", "/response/")
    .replace("/req/", "/res/");

/** Filters whose SUBSCRIBE brings RPC requests, and what the topic of a request then begins with. */
export const RPC_REQUEST_TOPICS: ReadonlyMap<string, string> = new Map([
  ["v1/devices/me/rpc/request/+", "v1/devices/me/rpc/request/"],
  ["v2/r/req/+", "v2/r/req/"],
  ["v2/r/req/j/+", "v2/r/req/j/"],
  ["v2/r/req/p/+", "v2/r/req/p/"],
]);

/** Filters whose SUBSCRIBE brings updates of shared attributes. */
export const ATTRIBUTE_TOPICS: readonly string[] = ["v1/devices/me/attributes", "v2/a", "v2/a/j", "v2/a/p"];

/** Every filter a device may subscribe, by exact comparison: MQTT's wildcards have no meaning to ThingsBoard. */
export const SUBSCRIBABLE: ReadonlySet<string> = new Set([
  ...ATTRIBUTE_TOPICS,
  ...RPC_REQUEST_TOPICS.keys(),
  "v1/devices/me/rpc/response/+",
  "v2/r/res/+",
  "v2/r/res/j/+",
  "v2/r/res/p/+",
  "v1/devices/me/attributes/response/+",
  "v2/a/res/+",
  "v2/a/res/j/+",
  "v2/a/res/p/+",
  "v1/gateway/attributes",
  "v1/gateway/rpc",
  "v1/gateway/attributes/response",
  "v2/fw/response/+/chunk/+",
  "v2/fw/error",
  "v2/sw/response/+/chunk/+",
  "v2/sw/error",
]);

/** Whether a filter of SUBSCRIBABLE (`+` stands for one level) covers a topic. */
export function topicMatches(filter: string, topic: string): boolean {
  const levels = topic.split("/");
  const wanted = filter.split("/");
  return levels.length === wanted.length && wanted.every((level, i) => level === "+" || level === levels[i]);
}
