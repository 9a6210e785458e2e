/**
 * The stand-in's HTTP API: no log-in, JSON, bound to loopback by whoever listens. `<device>` is a name or a token.
 *
 * GET  /api/devices                       names and connections: `[{name, connected, connection?}]`
 * GET  /api/devices/<device>              one of them
 * GET  /api/devices/<device>/telemetry    values as ThingsBoard's timeseries API: `{key: [{ts, value}]}`, newest first.
 *                                         Without `startTs` the newest of each key; with it all from `startTs` up
 *                                         to `endTs` (both milliseconds), at most `limit` (100) a key.
 *                                         `keys=a,b` chooses keys.
 * GET  /api/devices/<device>/attributes   client attributes
 * GET  /api/devices/<device>/events       server-sent events: each telemetry message as it is stored
 * POST /api/devices/<device>/credentials  its certificate, PEM: X.509 takes the token's place, as by _Manage credentials_
 * GET  /api/rpc/<device>                  the last calls and their states
 * POST /api/rpc/<device>                  `{method, params, timeout, oneway}`: calls the device; 200 and its reply.
 *                                         `timeout` in ms, default 10000, at least 5000. `persistent`: it outlives a
 *                                         restart. 504: no answer in time, or not connected or not subscribed;
 *                                         406: the reply is not JSON.
 * POST /api/plugins/rpc/<device>          the same, but 408: no answer in time; 409: not connected or not subscribed
 *
 * Errors are `{"error": "…"}`; 404: no such device or path.
 */

import { X509Certificate } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { RpcError } from "./rpc.ts";
import type { Point } from "./store.ts";
import type { TelemetryMessage, ThingsBoard } from "./thingsboard.ts";

const MAX_BODY_BYTES = 65_536;
const MIN_RPC_TIMEOUT_MS = 5000;

/** What a request is answered with when it is not a success. */
class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function createHttpApi(server: ThingsBoard): Server {
  return createServer((request, response) => {
    answer(server, request, response).catch((error: Error) => {
      const known = error instanceof HttpError || error instanceof RpcError;
      sendJson(response, known ? error.status : 500, { error: error.message });
    });
  });
}

async function answer(
  server: ThingsBoard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const path = url.pathname.split("/").slice(1).map(decode);
  const plugins = path[0] === "api" && path[1] === "plugins" && path[2] === "rpc";
  if (plugins) path.splice(1, 1);
  const [api, collection, device, part, ...rest] = path;
  const found = api === "api" && rest.length === 0;
  if (found && collection === "rpc" && device !== undefined && part === undefined) {
    if (request.method === "POST")
      await callDevice(server, device, request, response).catch((error: Error) => {
        const silent = error instanceof RpcError && (error.status === 408 || error.status === 409);
        throw silent && !plugins ? new HttpError(504, error.message) : error;
      });
    else sendJson(response, 200, server.rpcHistory(device));
    return;
  }
  if (!found || collection !== "devices") throw new HttpError(404, `no ${url.pathname}`);
  if (part === "credentials" && device !== undefined) {
    if (request.method !== "POST") throw new HttpError(405, "use POST");
    server.changeCredentials(device, { certificate: certificateOf(await readBody(request)) });
    sendJson(response, 200, { credentialsType: "X509_CERTIFICATE" });
    return;
  }
  if (request.method !== "GET") throw new HttpError(405, "use GET");
  if (device === undefined)
    sendJson(
      response,
      200,
      server.devices.map((name) => stateOf(server, name)),
    );
  else if (part === undefined) sendJson(response, 200, stateOf(server, server.nameOf(device)));
  else if (part === "telemetry") sendJson(response, 200, timeseries(server, device, url.searchParams));
  else if (part === "attributes") sendJson(response, 200, server.attributes(device));
  else if (part === "events") streamEvents(server, server.nameOf(device), response);
  else throw new HttpError(404, `no ${url.pathname}`);
}

async function callDevice(
  server: ThingsBoard,
  device: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, params, timeout, oneway, persistent } = await readObject(request);
  if (typeof method !== "string") throw new HttpError(400, '"method" is missing: send {"method": "…"}');
  const timeout_ms = Math.max(MIN_RPC_TIMEOUT_MS, Number(timeout ?? 10_000) || 0);
  const reply = await server.rpc(device, method, params, {
    timeout_ms,
    oneway: oneway === true,
    persistent: persistent === true,
  });
  if (reply === undefined) response.writeHead(200).end();
  else sendJson(response, 200, reply);
}

function stateOf(server: ThingsBoard, name: string): object {
  const connection = server.connections.find((c) => c.device === name);
  return { name, connected: connection !== undefined, connection };
}

/** As GET /api/plugins/telemetry/DEVICE/…/values/timeseries with strict data types. */
function timeseries(server: ThingsBoard, device: string, query: URLSearchParams): Record<string, object[]> {
  const keys = query.get("keys")?.split(",");
  const start = query.get("startTs");
  const end_ms = numberOf(query, "endTs", Number.POSITIVE_INFINITY);
  const limit = start === null ? 1 : numberOf(query, "limit", 100);
  const start_ms = numberOf(query, "startTs", Number.NEGATIVE_INFINITY);
  const points = start === null ? server.latest(device) : server.telemetry(device).reverse();
  const series = new Map<string, Point[]>();
  for (const point of points) {
    if (keys && !keys.includes(point.key)) continue;
    if (point.ts < start_ms || point.ts >= end_ms) continue;
    const of_key = series.get(point.key) ?? [];
    if (of_key.length < limit) of_key.push(point);
    series.set(point.key, of_key);
  }
  return Object.fromEntries(
    [...series].map(([key, of_key]) => [key, of_key.map(({ ts, value }) => ({ ts, value }))]),
  );
}

function streamEvents(server: ThingsBoard, name: string, response: ServerResponse): void {
  const send = (message: TelemetryMessage): void => {
    if (message.device === name) response.write(`event: telemetry\ndata: ${JSON.stringify(message)}\n\n`);
  };
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  server.on("telemetry", send);
  response.on("close", () => server.off("telemetry", send));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same: leaving early would reset the connection before the answer.
  if (length > MAX_BODY_BYTES) throw new HttpError(413, `body over ${MAX_BODY_BYTES} bytes`);
  return Buffer.concat(chunks).toString();
}

/** The first certificate in a PEM text, as PEM. */
function certificateOf(pem: string): string {
  try {
    return new X509Certificate(pem).toString();
  } catch {
    throw new HttpError(400, "the body is no certificate in PEM form");
  }
}

async function readObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readBody(request);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Answered below, as any other body that is no object.
  }
  throw new HttpError(400, "the body is not a JSON object");
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (Number.isNaN(value)) throw new HttpError(400, `${name} is no number`);
  return value;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new HttpError(400, "bad % escape in the path");
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
