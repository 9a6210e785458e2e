/** Calls to devices. */
import type { Device } from "../device.ts";
import { entityId } from "../entities.ts";
import { parseLenientJson, toPlain } from "../lenient-json.ts";
import { RpcError, type RpcInfo } from "../rpc.ts";
import { TENANT_ID } from "./login.ts";
import { ErrorCode, HttpError, notFound, type Request } from "./request.ts";
import { pageOf, type Route } from "./routes.ts";

/** server.rest.server_side_rpc */
const MIN_TIMEOUT_MS = 5000;
const DEFAULT_TIMEOUT_MS = 10_000;

export const CALLS: readonly Route[] = [
  ...["/api/rpc", "/api/plugins/rpc"].flatMap((base) =>
    ["oneway", "twoway"].map(
      (way): Route => ({
        method: "POST",
        path: `${base}/${way}/{deviceId}`,
        answer: (request) => call(request, way === "oneway", base === "/api/rpc"),
      }),
    ),
  ),
  {
    method: "GET",
    path: "/api/rpc/persistent/{rpcId}",
    answer(request) {
      for (const device of request.tenant.devices)
        for (const info of device.rpc.history)
          if (info.uuid === request.part("rpcId")) return show(device, info);
      throw notFound(`Rpc with id [${request.part("rpcId")}] is not found`);
    },
  },
  {
    method: "GET",
    path: "/api/rpc/persistent/device/{deviceId}",
    answer(request) {
      const device = request.device();
      const status = request.query.get("rpcStatus");
      const calls = device.rpc.history.filter((one) => one.persistent && (!status || one.state === status));
      return pageOf(
        calls.map((info) => ({ ...show(device, info), name: info.method })),
        request,
      );
    },
  },
];

async function call(request: Request, oneway: boolean, newer: boolean): Promise<unknown> {
  const device = request.device();
  const body = parseLenientJson((await request.bytes()).toString());
  const fields = Object(toPlain(body)) as Record<string, unknown>;
  const { method, params, timeout, expirationTime } = fields;
  // As a real server says it.
  if (method === undefined)
    throw new HttpError(
      500,
      'Cannot invoke "com.fasterxml.jackson.databind.JsonNode.asText()" because the return value of "com.fasterxml.jackson.databind.JsonNode.get(String)" is null',
      ErrorCode.General,
    );
  const now_ms = request.tenant.clock.now();
  const wanted_ms =
    expirationTime === undefined ? Number(timeout ?? DEFAULT_TIMEOUT_MS) : Number(expirationTime) - now_ms;
  const persistent = newer && fields.persistent === true;
  const options = { timeout_ms: Math.max(MIN_TIMEOUT_MS, wanted_ms || 0), oneway, persistent };
  // A reader of its own, not the server's: parameters left out arrive as null.
  const answer = device.rpc.call(String(method), params ?? null, options);
  if (persistent) {
    answer.catch(() => {});
    return { rpcId: device.rpc.history.at(-1)?.uuid };
  }
  return answer.catch((error: Error) => {
    const silent = error instanceof RpcError && (error.status === 408 || error.status === 409);
    throw silent && newer ? new HttpError(504, error.message) : error;
  });
}

const show = (device: Device, info: RpcInfo): object => ({
  id: entityId("RPC", info.uuid),
  createdTime: info.created_ms,
  tenantId: TENANT_ID,
  deviceId: entityId("DEVICE", device.id),
  expirationTime: info.expires_ms,
  request: {
    id: info.uuid,
    oneway: info.oneway,
    expirationTime: info.expires_ms,
    body: { method: info.method, params: JSON.stringify(info.params) },
    persisted: info.persistent,
    retries: null,
    additionalInfo: "null",
  },
  response: info.response === undefined || info.response === "" ? null : plainOr(info.response),
  status: info.state,
  additionalInfo: null,
});

function plainOr(response: string): unknown {
  try {
    return JSON.parse(response);
  } catch {
    return response;
  }
}
