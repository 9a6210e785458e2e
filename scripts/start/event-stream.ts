/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) for the page: to all who look on. */
import type { ServerResponse } from "node:http";
import type { PageEvents } from "./page/events.ts";

export interface EventStream {
  /** Answers a request: with `hello` first, if there is a world, and with all that is told from then on. */
  open(response: ServerResponse): void;
  tell<Name extends keyof PageEvents>(name: Name, data: PageEvents[Name]): void;
  /** How many look on. */
  readonly readers: number;
  close(): void;
}

/** More would be none that somebody looks at. */
const MOST_READERS = 32;
/** Bytes that wait for a reader: one that is slower is dropped, and begins anew with `hello`. */
const MOST_WAITING = 4 * 1024 * 1024;
/** A connection that is silent may be cut on its way; and one that is gone is seen only when it is written to. */
const ALIVE_MS = 15_000;
/** After that long a browser that lost the connection comes back. */
const RETRY_MS = 1000;

export function createEventStream(hello: () => PageEvents["hello"] | undefined): EventStream {
  const readers = new Set<ServerResponse>();

  function drop(response: ServerResponse): void {
    readers.delete(response);
    response.destroy();
  }

  function write(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength > MOST_WAITING) drop(response);
  }

  const textOf = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

  const alive = setInterval(() => {
    for (const response of readers) write(response, ":\n\n");
  }, ALIVE_MS);
  alive.unref();

  return {
    open(response) {
      const oldest = readers.size >= MOST_READERS ? [...readers][0] : undefined;
      if (oldest) drop(oldest);
      // What may throw comes before the answer has begun.
      const world = hello();
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.on("close", () => readers.delete(response));
      response.write(`retry: ${RETRY_MS}\n\n`);
      if (world) response.write(textOf("hello", world));
      readers.add(response);
    },
    tell(name, data) {
      if (!readers.size) return;
      const text = textOf(name, data);
      for (const response of [...readers]) write(response, text);
    },
    get readers() {
      return readers.size;
    },
    close() {
      clearInterval(alive);
      for (const response of [...readers]) drop(response);
    },
  };
}
