/** The HTTP server of `npm start`: who is answered, and the events that it tells. */
import assert from "node:assert/strict";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { createEventStream } from "../../scripts/start/event-stream.ts";
import { EVENTS_PATH } from "../../scripts/start/paths.ts";
import { openSite } from "./site-rig.ts";

/** `fetch` lets nobody choose the Host. */
function ask(origin: string, path: string, method: string, headers: object): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const asked: ClientRequest = request(
      `${origin}${path}`,
      { method, headers: { ...headers } },
      async (answer: IncomingMessage) => {
        let text = "";
        for await (const chunk of answer) text += chunk;
        resolve([answer.statusCode ?? 0, text]);
      },
    );
    asked.on("error", reject);
    asked.end(method === "POST" ? '{"times":2}' : undefined);
  });
}

describe("only the page of this server, and programs on this machine, are answered:", () => {
  const port = (origin: string): string => new URL(origin).port;
  const cases: [name: string, headers: (origin: string) => object, status: number][] = [
    ["curl's", () => ({}), 200],
    ["the page's", (origin) => ({ origin }), 200],
    [
      "the page's by the other name",
      (origin) => ({ host: `localhost:${port(origin)}`, origin: `http://localhost:${port(origin)}` }),
      200,
    ],
    ["another site's", () => ({ origin: "https://example.com" }), 403],
    ["a file's, or a frame's in a sandbox", () => ({ origin: "null" }), 403],
    ["another server's of this machine", () => ({ origin: "http://127.0.0.1:1" }), 403],
    [
      "a name's that was made to lead here",
      (origin) => ({ host: `evil.example:${port(origin)}`, origin: `http://evil.example:${port(origin)}` }),
      403,
    ],
    ["a name's that begins like ours", () => ({ host: "127.0.0.1.evil.example" }), 403],
  ];
  for (const [name, headers, status] of cases)
    test(name, async (t) => {
      const speeds: number[] = [];
      const { origin } = await openSite(t, { bound_to_ours: "" }, { run: (times) => speeds.push(times) });
      const [answered, text] = await ask(origin, "/simulator/speed", "POST", headers(origin));
      assert.equal(answered, status, text);
      assert.deepEqual(speeds, status === 200 ? [2] : []);
      if (status === 403) assert.match(JSON.parse(text).error, /^(host|origin) \S+: /);
      // What can only be looked at is nobody else's, too.
      assert.equal((await ask(origin, "/", "GET", headers(origin)))[0], status);
    });
});

test("the page, the stand-in's REST API beside it, and what there is not", async (t) => {
  const { origin } = await openSite(t);
  const page = await fetch(`${origin}/?a=b`);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(await page.text(), "<title>page</title>");
  assert.equal(await (await fetch(`${origin}/api/devices`)).text(), "rest");
  for (const [path, method, status, error] of [
    ["/simulator/nothing", "GET", 404, "there is no /simulator/nothing"],
    ["/simulator/speed", "GET", 405, "/simulator/speed: use POST"],
    ["/simulator/energy", "DELETE", 405, "/simulator/energy: use GET"],
  ] as const) {
    const answer = await fetch(`${origin}${path}`, { method });
    assert.deepEqual([answer.status, await answer.json()], [status, { error }]);
  }
});

test("a body that is too large, or none, is refused", async (t) => {
  const { post } = await openSite(t);
  const large = await post("speed", JSON.stringify({ times: 2, text: "x".repeat(70_000) }));
  assert.deepEqual(large, { status: 413, error: "the body is over 65536 bytes" });
  for (const body of ["", "7", '"speed"', "{"])
    assert.deepEqual(await post("speed", body), { status: 400, error: "the body is not a JSON object" });
});

test("time that is bound to ours runs no faster, and the reason is told", async (t) => {
  const speeds: number[] = [];
  const { post } = await openSite(t, { bound_to_ours: "a reason" }, { run: (times) => speeds.push(times) });
  assert.deepEqual(await post("speed", '{"times":2}'), { status: 400, error: "times: a reason" });
  assert.deepEqual(await post("speed", '{"times":1}'), { status: 200, times: 1 });
  for (const times of [0, 0.5, 61, "2", null])
    assert.deepEqual(await post("speed", JSON.stringify({ times })), {
      status: 400,
      error: "times: must be a number from 1 to 60",
    });
  assert.deepEqual(speeds, [1]);
});

/** A reader of events; gives what has come so far. */
async function listen(t: TestContext, origin: string) {
  const ending = new AbortController();
  t.after(() => ending.abort());
  const { body, headers } = await fetch(`${origin}${EVENTS_PATH}`, { signal: ending.signal });
  assert.equal(headers.get("content-type"), "text/event-stream");
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    end: () => ending.abort(),
    /** Resolves when it was told this. */
    async told(wanted: string): Promise<string> {
      while (!text.includes(wanted)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        assert.ok(!done, `the stream ended after ${text}`);
        text += value;
      }
      return text;
    },
  };
}

test("events: hello first, then each as it is told, to all who look on", async (t) => {
  const { origin, stream } = await openSite(t);
  const readers = [await listen(t, origin), await listen(t, origin)];
  for (const reader of readers)
    assert.equal(await reader.told("linux"), 'retry: 1000\n\nevent: hello\ndata: {"board":"linux"}\n\n');
  stream.tell("line", { tracker: "tracker", text: "two\nlines" });
  stream.tell("fault", { name: "coverage", on: ["tracker"] });
  for (const reader of readers)
    assert.ok(
      (await reader.told("coverage")).endsWith(
        'event: line\ndata: {"tracker":"tracker","text":"two\\nlines"}\n\nevent: fault\ndata: {"name":"coverage","on":["tracker"]}\n\n',
      ),
    );
  assert.equal(stream.readers, 2);
});

test("a reader that is gone is forgotten, and the one that looks on longest when there are too many", async (t) => {
  const { origin, stream } = await openSite(t);
  const first = await listen(t, origin);
  for (let i = 0; i < 31; i++) await listen(t, origin);
  assert.equal(stream.readers, 32);
  const last = await listen(t, origin);
  assert.equal(stream.readers, 32);
  await assert.rejects(first.told("nothing"));
  last.end();
  while (stream.readers === 32) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stream.readers, 31);
});

test("a reader that reads nothing is dropped, and holds up nobody", async (t) => {
  const { origin, stream } = await openSite(t);
  const slow = connect(Number(new URL(origin).port), "127.0.0.1");
  t.after(() => slow.destroy());
  slow.pause();
  slow.write(`GET ${EVENTS_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  while (stream.readers === 0) await new Promise((resolve) => setImmediate(resolve));
  const text = "x".repeat(1_000_000);
  for (let i = 0; i < 60 && stream.readers > 0; i++) {
    stream.tell("line", { tracker: "", text });
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(stream.readers, 0);
});

test("a stream that is silent says now and then that it lives", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const stream = createEventStream(() => undefined);
  const written: string[] = [];
  stream.open({
    writeHead() {},
    on() {},
    destroy() {},
    write: (text: string) => written.push(text),
    writableLength: 0,
  } as never);
  t.mock.timers.tick(15_000);
  assert.deepEqual(written, ["retry: 1000\n\n", ":\n\n"]);
  stream.close();
});
