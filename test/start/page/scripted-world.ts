/** A world for the page alone: it serves the page, tells what a test says, and keeps what was asked of it. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { Hello, PageEvents, PageRequests } from "../../../scripts/start/page/events.ts";
import { pageFiles } from "../../../scripts/start/page-files.ts";
import { openPage } from "./browser.ts";
import { hello } from "./hello.ts";

type Path = keyof PageRequests;
interface Answer {
  status: number;
  body: unknown;
}

export interface ScriptedWorld {
  origin: string;
  /** What was asked, in its order. */
  asked: { path: string; body: Record<string, unknown> }[];
  tell<Name extends keyof PageEvents>(name: Name, told: PageEvents[Name]): void;
  /** What is answered at a path from now on; `{}` where nothing is said. */
  answer(path: Path, answer: unknown, status?: number): void;
  /** Ends, as `npm start` does; `comeBack` begins again at the same address. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** The page of a world that says `hello` with `more`, as soon as it heard that. */
export async function openScripted(
  t: TestContext,
  more: Partial<Hello> = {},
  options: BrowserContextOptions = {},
): Promise<{ world: ScriptedWorld; page: Page }> {
  const world = await scriptedWorld(t, () => hello(more));
  const page = await openPage(t, world.origin, options);
  await page.locator("#connection", { hasText: "Live" }).waitFor();
  return { world, page };
}

export async function scriptedWorld(t: TestContext, its_hello: () => Hello): Promise<ScriptedWorld> {
  const files = new Map((await pageFiles()).map((file) => [file.path as string, file]));
  const asked: ScriptedWorld["asked"] = [];
  const answers = new Map<string, Answer>();
  const listeners = new Set<ServerResponse>();
  let port = 0;

  const event = (name: string, told: unknown): string => `event: ${name}\ndata: ${JSON.stringify(told)}\n\n`;

  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const file = files.get(path);
    if (file) {
      response.writeHead(200, { "Content-Type": file.type }).end(file.body);
    } else if (path === "/simulator/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(event("hello", its_hello()));
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
    } else if (request.method === "POST") {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      request.on("end", () => {
        asked.push({ path, body: JSON.parse(text) });
        const { status, body } = answers.get(path) ?? { status: 200, body: {} };
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      });
    } else response.writeHead(404).end();
  });

  const listen = (): Promise<void> => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  function close(): Promise<void> {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  await listen();
  port = (server.address() as AddressInfo).port;
  t.after(() => (server.listening ? close() : undefined));
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    tell(name, told) {
      for (const listener of listeners) listener.write(event(name, told));
    },
    answer: (path, body, status = 200) => answers.set(path, { status, body }),
    goAway: close,
    comeBack: listen,
  };
}
