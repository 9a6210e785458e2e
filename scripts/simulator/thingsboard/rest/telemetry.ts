/** Time series and attributes of devices. */
import type { Device } from "../device.ts";
import { ATTRIBUTE_SCOPES, type AttributeScope, type Point } from "../store.ts";
import { parseAttributes, parseTelemetry, type Value } from "../telemetry.ts";
import { badRequest, notFound, type Request } from "./request.ts";
import type { Route } from "./routes.ts";

const ENTITY = "/api/plugins/telemetry/{entityType}/{deviceId}";
/** The older paths, without the kind of entity. */
const DEVICE = "/api/plugins/telemetry/{deviceId}";

export const TELEMETRY: readonly Route[] = [
  { method: "GET", path: `${ENTITY}/keys/timeseries`, answer: (request) => keysOf(deviceOf(request)) },
  { method: "GET", path: `${ENTITY}/values/timeseries`, answer: timeseries },
  // Newer clients' name for it, when they ask for a range.
  { method: "GET", path: `${ENTITY}/values/timeseries/history`, answer: timeseries },
  { method: "POST", path: `${ENTITY}/timeseries/{scope}`, answer: saveTimeseries },
  {
    method: "DELETE",
    path: `${ENTITY}/timeseries/delete`,
    answer: (request) => deviceOf(request).store.forget(wantedKeys(request)),
  },
  {
    method: "GET",
    path: `${ENTITY}/keys/attributes`,
    answer: (request) =>
      ATTRIBUTE_SCOPES.flatMap((scope) => [...deviceOf(request).store.attributes[scope].keys()]),
  },
  {
    method: "GET",
    path: `${ENTITY}/keys/attributes/{scope}`,
    answer: (request) => [...deviceOf(request).store.attributes[scopeOf(request)].keys()],
  },
  {
    method: "GET",
    path: `${ENTITY}/values/attributes`,
    answer: (request) => ATTRIBUTE_SCOPES.flatMap((scope) => attributes(request, scope)),
  },
  {
    method: "GET",
    path: `${ENTITY}/values/attributes/{scope}`,
    answer: (request) => attributes(request, scopeOf(request)),
  },
  { method: "POST", path: `${ENTITY}/attributes/{scope}`, answer: saveAttributes },
  { method: "POST", path: `${ENTITY}/{scope}`, answer: saveAttributes },
  { method: "POST", path: `${DEVICE}/{scope}`, answer: saveAttributes },
  { method: "DELETE", path: `${ENTITY}/{scope}`, answer: deleteAttributes },
  { method: "DELETE", path: `${DEVICE}/{scope}`, answer: deleteAttributes },
];

function deviceOf(request: Request): Device {
  const type = request.part("entityType");
  if (type !== "" && type !== "DEVICE") throw notFound(`the stand-in has no ${type}`);
  return request.device();
}

function scopeOf(request: Request): AttributeScope {
  const scope = ATTRIBUTE_SCOPES.find((one) => one === request.part("scope"));
  if (!scope) throw badRequest(`Invalid scope: ${request.part("scope")}`);
  return scope;
}

function wantedKeys(request: Request): string[] {
  const { keys } = request;
  if (!keys) throw badRequest("Empty keys: ");
  return keys;
}

function attributes(request: Request, scope: AttributeScope): object[] {
  const { keys } = request;
  return [...deviceOf(request).store.attributes[scope]]
    .filter(([key]) => !keys || keys.includes(key))
    .map(([key, { value, updated_ms }]) => ({ lastUpdateTs: updated_ms, key, value }));
}

async function saveAttributes(request: Request): Promise<void> {
  const scope = scopeOf(request);
  if (scope === "CLIENT_SCOPE") throw badRequest("Invalid scope: CLIENT_SCOPE");
  const device = deviceOf(request);
  const values = parseAttributes((await request.bytes()).toString());
  if (values.size === 0) throw badRequest("No attributes data found in request body!");
  request.tenant.saveAttributes(device, scope, values);
}

function deleteAttributes(request: Request): void {
  const keys = wantedKeys(request);
  request.tenant.deleteAttributes(deviceOf(request), scopeOf(request), keys);
}

async function saveTimeseries(request: Request): Promise<void> {
  const device = deviceOf(request);
  const samples = parseTelemetry((await request.bytes()).toString());
  if (samples.length === 0) throw badRequest("No timeseries data found in request body!");
  device.store.add(samples, request.tenant.clock.now());
}

const keysOf = (device: Device): string[] => device.store.latest().map(({ key }) => key);

/** The newest of each key; with `keys`, `startTs` and `endTs` all from one up to the other, at most `limit` (100) of each. */
function timeseries(request: Request): Record<string, object[]> {
  const { store } = deviceOf(request);
  const { query, keys } = request;
  const strict = query.get("useStrictDataTypes")?.toLowerCase() === "true";
  const show = ({ ts, value }: Point): object => ({ ts, value: strict ? value : textOf(value) });
  if (!keys || !query.has("startTs") || !query.has("endTs")) {
    const latest = new Map(store.latest().map((point) => [point.key, point]));
    const found = (key: string): object => {
      const point = latest.get(key);
      return point ? show(point) : { ts: request.tenant.clock.now(), value: null };
    };
    return Object.fromEntries((keys ?? [...latest.keys()]).map((key) => [key, [found(key)]]));
  }
  if ((query.get("agg") ?? "NONE") !== "NONE") throw badRequest("the stand-in aggregates nothing: agg=NONE");
  const start_ms = request.number("startTs", 0);
  const end_ms = request.number("endTs", 0);
  const limit = request.number("limit", 100);
  const ascending = query.get("orderBy")?.toUpperCase() === "ASC";
  const rows = keys.map((key) => {
    const points = store.history(key).filter(({ ts }) => ts >= start_ms && ts < end_ms);
    return [key, (ascending ? points : points.reverse()).slice(0, limit).map(show)] as const;
  });
  return Object.fromEntries(rows.filter(([, points]) => points.length > 0));
}

/** Every value is a text unless `useStrictDataTypes`. */
const textOf = (value: Value): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
