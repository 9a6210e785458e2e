/** The HTTP server of `npm start`: the page, what it asks for, and the stand-in's REST API. It outlives the worlds. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EventStream } from "./event-stream.ts";
import type { PageFile } from "./page-files.ts";
import { EVENTS_PATH } from "./paths.ts";
import { Refusal } from "./refusal.ts";

/** What it does for a path; a body is a JSON object. What it gives is sent as JSON. */
export interface Route {
  method: "GET" | "POST";
  path: string;
  answer(body: Record<string, unknown>): unknown;
}

export interface Site {
  /** `http://127.0.0.1:8080`. */
  origin: string;
  close(): Promise<void>;
}

export interface SiteParts {
  /** 0: any that is free. */
  port: number;
  routes: readonly Route[];
  stream: EventStream;
  /** The page's; asked for once, when they are needed first. */
  files(): Promise<readonly PageFile[]>;
  /** Whatever else is asked for; undefined: there is nothing. */
  rest(): RequestListener | undefined;
}

const HOST = "127.0.0.1";
const PAGE_PATH = /^\/(page\.\w+)?$/;
/** All of them are small. */
const MOST_BODY_BYTES = 65_536;

/** By which this machine is called. Another name that leads here is somebody's who means ill (DNS rebinding). */
const isOwnName = (host: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

/** Throws `Refusal`: another site's page asks, by its reader's browser. */
function checkAsker({ headers }: IncomingMessage): void {
  const { host = "", origin } = headers;
  if (!isOwnName(host)) throw new Refusal(403, `host ${host}: use ${HOST} or localhost`);
  if (origin !== undefined && origin !== `http://${host}`)
    throw new Refusal(403, `origin ${origin}: only the page of this server may ask`);
}

async function bodyOf(message: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += chunk.length;
    if (length <= MOST_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same: leaving early would reset the connection before the answer.
  if (length > MOST_BODY_BYTES) throw new Refusal(413, `the body is over ${MOST_BODY_BYTES} bytes`);
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {}
  throw new Refusal(400, "the body is not a JSON object");
}

const send = (response: ServerResponse, { type, body }: PageFile): void =>
  void response
    .writeHead(200, {
      "content-type": type,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    })
    .end(body);

const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  void response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body ?? null));

export async function createSite({ port, routes, stream, files, rest }: SiteParts): Promise<Site> {
  let page: Promise<readonly PageFile[]> | undefined;

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    checkAsker(message);
    const { method = "", url = "" } = message;
    const path = url.split("?", 1)[0] ?? "";
    const fitting = routes.filter((route) => route.path === path);
    const route = fitting.find((one) => one.method === method);
    if (route)
      return sendJson(response, 200, await route.answer(method === "POST" ? await bodyOf(message) : {}));
    if (fitting.length)
      throw new Refusal(405, `${path}: use ${fitting.map((one) => one.method).join(" or ")}`);
    if (path === EVENTS_PATH) return stream.open(response);
    if (method === "GET" && PAGE_PATH.test(path)) {
      page ??= files();
      const file = (await page).find((one) => one.path === path);
      if (file) return send(response, file);
    }
    const other = rest();
    if (!other || path.startsWith("/simulator/")) throw new Refusal(404, `there is no ${path}`);
    other(message, response);
  }

  const server = createServer((message, response) => {
    answer(message, response).catch((error: Error) =>
      sendJson(response, error instanceof Refusal ? error.status : 500, { error: error.message }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, resolve);
  });
  return {
    origin: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async close() {
      stream.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
