/**
 * ThingsBoard's REST API, as far as the stand-in has what it is about: login, devices, device profiles, telemetry, attributes,
 * calls, OTA packages, dashboards, rule chains, calculated fields. Paths, shapes and refusals are ThingsBoard's. Bound to loopback by whoever listens.
 */

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { PayloadError } from "../lenient-json.ts";
import { RpcError } from "../rpc.ts";
import { Invalid, type Tenant } from "../tenant.ts";
import { CONNECTIVITY } from "./connectivity.ts";
import { DEVICES } from "./devices.ts";
import { DOCUMENTS } from "./documents.ts";
import { LOGIN, userOf } from "./login.ts";
import { OTA_PACKAGES } from "./ota-packages.ts";
import { PROFILES } from "./profiles.ts";
import { BareRefusal, badRequest, ErrorCode, FileAnswer, HttpError, notFound, Request } from "./request.ts";
import { partsOf, type Route } from "./routes.ts";
import { CALLS } from "./rpc.ts";
import { TELEMETRY } from "./telemetry.ts";

const ROUTES: readonly Route[] = [
  ...LOGIN,
  ...CONNECTIVITY,
  ...DEVICES,
  ...PROFILES,
  ...TELEMETRY,
  ...CALLS,
  ...OTA_PACKAGES,
  ...DOCUMENTS,
];

/** For a server of whoever listens. */
export function restApi(tenant: Tenant): RequestListener {
  return (message, response) => {
    answer(tenant, message)
      .then((body) => send(response, body))
      .catch((error: Error) => refuse(response, error));
  };
}

async function answer(tenant: Tenant, message: IncomingMessage): Promise<unknown> {
  const url = new URL(message.url ?? "/", "http://localhost");
  const path = url.pathname.split("/").slice(1).map(decode);
  const fitting = ROUTES.filter((route) => partsOf(route, path));
  const route = fitting.find(({ method }) => method === message.method);
  const user = userOf(message.headers);
  if (!user && !route?.open) throw new HttpError(401, "Authentication failed", ErrorCode.Authentication);
  if (fitting.length === 0) throw notFound(`the stand-in has no ${url.pathname}`);
  if (!route)
    throw new HttpError(405, `Request method '${message.method}' is not supported`, ErrorCode.General);
  const parts = partsOf(route, path) ?? {};
  return route.answer(new Request(tenant, message, url.searchParams, parts, user));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest("bad % escape in the path");
  }
}

function send(response: ServerResponse, body: unknown): void {
  if (body === undefined) response.writeHead(200).end();
  else if (body instanceof FileAnswer)
    response
      .writeHead(200, {
        "content-type": body.content_type,
        "content-disposition": `attachment;filename=${body.name}`,
        "x-filename": body.name,
      })
      .end(body.bytes);
  else sendJson(response, 200, body);
}

function refuse(response: ServerResponse, error: Error): void {
  if (error instanceof BareRefusal) {
    sendJson(response, error.status, error.body);
    return;
  }
  const known = error instanceof HttpError ? error : asHttp(error);
  if (known.code === undefined) response.writeHead(known.status).end();
  else
    sendJson(response, known.status, {
      status: known.status,
      message: known.message,
      errorCode: known.code,
      timestamp: Date.now(),
    });
}

function asHttp(error: Error): HttpError {
  if (error instanceof Invalid || error instanceof PayloadError) return badRequest(error.message);
  if (error instanceof RpcError) return new HttpError(error.status, error.message);
  return new HttpError(500, error.message, ErrorCode.General);
}

const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
