/** What a server, or the way to it, says no to: one clear line each, and exit code 1. */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { constants } from "node:os";
import { type TestContext, test } from "node:test";
import { TENANT_USER } from "../../scripts/simulator/thingsboard/rest/login.ts";
import { makeCertificates } from "../../scripts/start/certificates.ts";
import { unreachable } from "../../scripts/thingsboard/unreachable.ts";
import { rig, runCommand } from "./rig.ts";

/** Listens on a free loopback port until the test is over. */
async function portOf(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    if ("closeAllConnections" in server) (server as ReturnType<typeof createServer>).closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What the command says of a server that answers like this, or of one that does not in `patience_ms`. */
async function saidOf(
  t: TestContext,
  answer: RequestListener,
  around: { patience_ms?: number } = {},
): Promise<[url: string, complaints: string[]]> {
  const url = `http://127.0.0.1:${await portOf(t, createServer(answer))}`;
  const { code, complaints } = await runCommand(["setup", "--url", url, "--user", "u"], around);
  assert.equal(code, 1);
  return [url, complaints];
}

test("nobody listens there", async (t) => {
  const server = createTcpServer();
  const url = `http://127.0.0.1:${await portOf(t, server)}`;
  await new Promise((done) => server.close(done));
  const { code, complaints } = await runCommand(["setup", "--url", url, "--user", "u"]);
  assert.deepEqual(
    [code, complaints],
    [1, [`${url}: not reached: connection refused; is the server up, and --url right?`]],
  );
});

test("it never answers", async (t) => {
  const [url, complaints] = await saidOf(t, () => {}, { patience_ms: 300 });
  assert.deepEqual(complaints, [`${url}: no answer within 0.3 s; is the address right, and the server up?`]);
});

test("it begins to answer, and stops", async (t) => {
  const answer: RequestListener = (_request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("{");
  };
  const [url, complaints] = await saidOf(t, answer, { patience_ms: 300 });
  assert.deepEqual(complaints, [`${url}: no answer within 0.3 s; is the address right, and the server up?`]);
});

test("it is some other web server", async (t) => {
  const [url, complaints] = await saidOf(t, (_request, response) => {
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>not here</h1>");
  });
  assert.deepEqual(complaints, [`${url}: is no ThingsBoard: it answered a log-in with 404; is --url right?`]);
});

test("it sends one on: the password does not go there", async (t) => {
  const [url, complaints] = await saidOf(t, (_request, response) => {
    response.writeHead(301, { location: "https://tb.example.com/api/auth/login" }).end();
  });
  assert.deepEqual(complaints, [`${url}: sends one on to https://tb.example.com: give that as --url`]);
});

test("it sends one on to what is no address", async (t) => {
  const [url, complaints] = await saidOf(t, (_request, response) => {
    response.writeHead(301, { location: "http://[" }).end();
  });
  assert.deepEqual(complaints, [`${url}: sends one on to http://[: give that as --url`]);
});

test("it lets everybody in, and its JSON is of something else", async (t) => {
  const [url, complaints] = await saidOf(t, (request, response) => {
    const said =
      request.url === "/api/auth/login" ? { token: "t" } : { authority: "TENANT_ADMIN", version: "4.3.0" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
  });
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? "", /^http.*: answered something that is no list; is it a ThingsBoard\?$/);
  assert.ok(complaints[0]?.startsWith(url));
});

test("it speaks TLS, by a certificate that this computer does not know, or none where https is asked for", async (t) => {
  const { server } = await makeCertificates(false, ["x"]);
  const port = await portOf(
    t,
    createTlsServer({ cert: server.certificate, key: server.key }, () => {}),
  );
  const url = `https://127.0.0.1:${port}`;
  assert.deepEqual((await runCommand(["setup", "--url", url, "--user", "u"])).complaints, [
    `${url}: its certificate is from an authority that this computer does not know: NODE_EXTRA_CA_CERTS=FILE.pem names one more`,
  ]);
  const plain = `https://127.0.0.1:${await portOf(
    t,
    createServer(() => {}),
  )}`;
  assert.deepEqual((await runCommand(["setup", "--url", plain, "--user", "u"])).complaints, [
    `${plain}: does not speak TLS there: is it http://, or another port?`,
  ]);
});

test("a wrong password, none, and one that is asked for", async (t) => {
  const { run, host } = await rig(t);
  assert.deepEqual((await run(["setup"], { env: { THINGSBOARD_PASSWORD: "wrong" } })).complaints, [
    `${host}: does not let ${TENANT_USER} in: Invalid username or password`,
  ]);
  assert.deepEqual((await run(["setup"], { env: {} })).complaints, [
    "no password: set THINGSBOARD_PASSWORD, or run it in a terminal, where it is asked for",
  ]);
  const asked = await run(["setup"], { env: {} }, ["Password of", "tenant\r"]);
  assert.equal(asked.code, 0);
  assert.doesNotMatch(asked.screen, /tenant\b(?!@)/);
});

test("a user who is no tenant administrator", async (t) => {
  const { host } = await rig(t);
  const user = "customer@thingsboard.org";
  const { code, complaints } = await runCommand(["setup", "--url", host, "--user", user], {
    env: { THINGSBOARD_PASSWORD: "customer" },
  });
  assert.deepEqual(
    [code, complaints],
    [1, [`${user}: is no tenant administrator of ${host}, who alone may do this; --user names one`]],
  );
});

/** A server before a stand-in that looks at each request first. */
async function before(
  t: TestContext,
  host: string,
  look: (path: string, count: number) => number | undefined,
) {
  let count = 0;
  const proxy = createServer(async (request, response) => {
    const status = look(request.url ?? "", count++);
    if (status !== undefined) {
      response.writeHead(status).end(JSON.stringify({ message: "because" }));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await fetch(host + request.url, {
      method: request.method ?? "GET",
      headers: { "x-authorization": String(request.headers["x-authorization"]) },
      ...(chunks.length && { body: Buffer.concat(chunks) }),
    });
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  return `http://127.0.0.1:${await portOf(t, proxy)}`;
}

test("a token that is over in the middle is renewed; a server that takes none ends it", async (t) => {
  const { host, count } = await rig(t);
  let log_ins = 0;
  const url = await before(t, host, (path, at) => {
    if (path === "/api/auth/login") log_ins++;
    return at === 6 ? 401 : undefined;
  });
  const { code, complaints } = await runCommand(["setup", "--url", url, "--user", TENANT_USER]);
  assert.deepEqual([code, complaints, log_ins], [0, [], 2]);
  assert.equal(count().dashboards, 1);
  const never = await before(t, host, (path) => (path === "/api/system/info" ? 401 : undefined));
  assert.deepEqual((await runCommand(["setup", "--url", never, "--user", TENANT_USER])).complaints, [
    `${never}/api/system/info: the server says 401: because`,
  ]);
});

test("no rights for one thing, and a server that is ill", async (t) => {
  const { host } = await rig(t);
  const forbidden = await before(t, host, (path) => (path === "/api/dashboard" ? 403 : undefined));
  assert.deepEqual((await runCommand(["setup", "--url", forbidden, "--user", TENANT_USER])).complaints, [
    `${forbidden}/api/dashboard: ${TENANT_USER} may not: because`,
  ]);
  const ill = await before(t, host, (path) => (path === "/api/ruleChain/metadata" ? 500 : undefined));
  assert.deepEqual((await runCommand(["setup", "--url", ill, "--user", TENANT_USER])).complaints, [
    `${ill}/api/ruleChain/metadata: the server says 500: because`,
  ]);
});

test("a wrong command line is told before anybody is asked", async () => {
  const cases: [args: string[], line: string][] = [
    [[], "nothing to do: use setup, device, firmware or remove"],
    [["setup", "--user", "u"], "required option '--url <URL>' not specified"],
    [
      ["setup", "--url", "tb.example.com", "--user", "u"],
      "option '--url <URL>' argument 'tb.example.com' is invalid. It must be an address that begins with https:// or http://.",
    ],
    [["firmware", "--url", "http://x", "--user", "u", "--to", "a"], "missing required argument 'FILE'"],
    [["firmware", "f", "--url", "http://x", "--user", "u"], "required option '--to <NAME>' not specified"],
  ];
  for (const [args, line] of cases) {
    const { code, complaints } = await runCommand(args);
    assert.deepEqual([code, complaints], [2, [line]]);
  }
  const secret = await runCommand(["setup", "--url", "http://me:secret@x", "--user", "u"]);
  assert.equal(secret.code, 2);
  assert.doesNotMatch(secret.complaints.join(), /secret/);
  for (const action of ["setup", "device", "firmware", "remove"]) {
    const { code, said } = await runCommand([action, "--help"]);
    assert.equal(code, 0);
    assert.match(said.join("\n"), new RegExp(`^Usage: npm run thingsboard -- ${action} `));
  }
});

test("plain http to another computer is warned of", async (t) => {
  // This computer by a name of it that does not say so.
  const url = `http://[::ffff:7f00:1]:${await portOf(
    t,
    createServer((_, response) => void response.end()),
  )}`;
  const { complaints } = await runCommand(["setup", "--url", url, "--user", "u"]);
  assert.equal(
    complaints[0],
    `${url}: http sends your password and all else in plain text; use https where the server has it`,
  );
});

test("what the way to it says is told in words", () => {
  const told = (code: string): string =>
    unreachable("https://x", Object.assign(new TypeError("fetch failed"), { cause: { code } }), 1).message;
  assert.match(told("ENOTFOUND"), /no such host/);
  assert.match(told("CERT_HAS_EXPIRED"), /has expired/);
  assert.match(told("ERR_TLS_CERT_ALTNAME_INVALID"), /for another name/);
  assert.match(told("HPE_INVALID_CONSTANT"), /no HTTP/);
});

test("a server that is at none of its name's addresses", () => {
  const each = ["::1", "127.0.0.1"].map(() =>
    Object.assign(new Error("connect"), { code: "ECONNREFUSED", errno: -constants.errno.ECONNREFUSED }),
  );
  const cause = Object.assign(new AggregateError(each), { code: "ECONNREFUSED" });
  assert.equal(
    unreachable("http://localhost", Object.assign(new TypeError("fetch failed"), { cause }), 1).message,
    "http://localhost: not reached: connection refused; is the server up, and --url right?",
  );
});
