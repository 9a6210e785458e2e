/** Each cause against a real server of Node's, on the loopback. */
import assert from "node:assert/strict";
import type { LookupFunction } from "node:net";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { CAUSES, type Cause } from "../../scripts/probe/cause.ts";
import { probeServer, type Target } from "../../scripts/probe/probe.ts";
import { httpServer, mqttTalk, plainServer, tlsServer } from "./servers.ts";

const HOST = "tb.example";
const DAY_MS = 86_400_000;
/** In which a server that is then silent is reached, and has shown its certificate, on a machine that has much to do, too. */
const REACHED_MS = 1500;
const here = ((_name, options, done) =>
  options.all
    ? done(null, [{ address: "127.0.0.1", family: 4 }])
    : done(null, "127.0.0.1", 4)) as LookupFunction;
const failing = (code: string) =>
  ((name, _options, done) => done(Object.assign(new Error(name), { code }), "", 4)) as LookupFunction;
const nowhere = failing("ENOTFOUND");

const root = await makeCertificate({ name: "Root", authority: true });
const stranger = await makeCertificate({ name: "Stranger", authority: true });
const own = await makeCertificate({ name: HOST, by: root, hosts: [HOST] });
const SERVER = { cert: own.certificate, key: own.key };
const client = await makeCertificate({ name: "tracker", client: true });

const probe = (port: number, changes: Partial<Target> = {}) =>
  probeServer({
    host: HOST,
    port,
    tls: 1,
    ca: root.certificate,
    timeout_ms: 30_000,
    lookup: here,
    ...changes,
  });

async function served(
  changes: Parameters<typeof makeCertificate>[0] | object,
  options = {},
): Promise<number> {
  const made = await makeCertificate({ name: HOST, by: root, hosts: [HOST], ...changes });
  return tlsServer({ cert: made.certificate, key: made.key, ...options });
}

describe("a server that the modem can use", () => {
  test("in plain text", async () => {
    assert.equal((await probe(await plainServer(), { tls: 0 })).cause, "ok");
  });

  test("with TLS: the chain it sent and what was agreed on are told", async () => {
    const found = await probe(await tlsServer(SERVER));
    assert.equal(found.cause, "ok");
    assert.equal(found.protocol, "TLSv1.2");
    assert.equal(found.suite, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert.deepEqual(
      found.chain.map(({ subject }) => subject),
      [`CN=${HOST}`],
    );
  });

  test("with a client certificate", async () => {
    const port = await tlsServer({ ...SERVER, ca: client.certificate, requestCert: true }, mqttTalk(0));
    const identity = { cert: client.certificate, key: client.key };
    assert.equal((await probe(port, { tls: 2, ...identity })).cause, "ok");
  });

  test("that would take a client certificate, by token", async () => {
    const port = await tlsServer({ ...SERVER, requestCert: true, rejectUnauthorized: false });
    assert.equal((await probe(port)).cause, "ok");
  });
});

describe("the cause is told:", () => {
  /** The name, where to go, and what else is asked for. */
  const cases: [Cause, port: () => Promise<number> | number, changes?: Partial<Target>][] = [
    ["name-unknown", () => 1, { lookup: nowhere }],
    ["name-unknown", () => 1, { lookup: nowhere, tls: 0 }],
    ["name-unknown", () => 1, { lookup: failing("EAI_AGAIN") }],
    ["unreachable", () => 1, { lookup: failing("EHOSTUNREACH") }],
    ["timeout", () => 1, { lookup: () => {}, timeout_ms: 20 }],
    ["refused", closedPort],
    ["refused", closedPort, { tls: 0 }],
    ["silent", () => plainServer(() => {}), { timeout_ms: REACHED_MS, tls: 0 }],
    ["silent", () => plainServer(() => {}), { timeout_ms: REACHED_MS }],
    ["closed", () => plainServer((stream) => void stream.destroy()), { tls: 0 }],
    ["closed", () => plainServer((stream) => void stream.end())],
    ["closed", () => tlsServer(SERVER, (stream) => void stream.end())],
    ["silent", () => tlsServer(SERVER, () => {}), { timeout_ms: REACHED_MS }],
    ["http", httpServer, { tls: 0 }],
    ["http", httpServer],
    ["http", () => tlsServer(SERVER, (stream) => void stream.write("HTTP/1.1 400 Bad Request\r\n\r\n"))],
    ["not-mqtt", () => plainServer((stream) => void stream.write("220 mail.example ESMTP\r\n")), { tls: 0 }],
    ["not-mqtt", () => plainServer((stream) => void stream.write("220 mail.example ESMTP\r\n"))],
    ["no-tls", () => plainServer()],
    ["no-tls", () => plainServer(), { tls: 2, cert: client.certificate, key: client.key }],
    ["tls-wanted", () => tlsServer(SERVER), { tls: 0 }],
    ["tls-wanted", () => tlsServer({ ...SERVER, minVersion: "TLSv1.3" }), { tls: 0 }],
    ["unknown-authority", () => tlsServer(SERVER), { ca: stranger.certificate }],
    ["unknown-authority", () => served({ by: undefined })],
    ["wrong-host", () => served({ hosts: ["other.example"] })],
    ["wrong-host", () => tlsServer(SERVER), { host: "127.0.0.1" }],
    [
      "expired",
      () => served({ from: new Date(Date.now() - 9 * DAY_MS), until: new Date(Date.now() - DAY_MS) }),
    ],
    ["not-yet-valid", () => served({ from: new Date(Date.now() + DAY_MS) })],
    ["ecdsa-only", () => served({ kind: "ecdsa" })],
    ["ecdsa-only", () => served({ kind: "ecdsa" }, { maxVersion: "TLSv1.2" })],
    [
      "no-suite",
      () => tlsServer({ ...SERVER, ciphers: "ECDHE-RSA-CHACHA20-POLY1305", maxVersion: "TLSv1.2" }),
    ],
    ["tls13-only", () => tlsServer({ ...SERVER, minVersion: "TLSv1.3" })],
    ["certificate-missing", () => tlsServer({ ...SERVER, requestCert: true, ca: client.certificate })],
    [
      "certificate-refused",
      () => tlsServer({ ...SERVER, requestCert: true, ca: stranger.certificate }),
      { tls: 2, cert: client.certificate, key: client.key },
    ],
    [
      "certificate-refused",
      () => tlsServer({ ...SERVER, requestCert: true, rejectUnauthorized: false }, mqttTalk(5)),
      { tls: 2, cert: client.certificate, key: client.key },
    ],
    ["certificate-not-asked", () => tlsServer(SERVER), { tls: 2, cert: client.certificate, key: client.key }],
  ];
  for (const [cause, port, changes] of cases)
    test(`${cause} ${JSON.stringify(Object.keys(changes ?? {}))}`, async () => {
      const found = await probe(await port(), changes);
      assert.equal(found.cause, cause, JSON.stringify(found, undefined, 2));
    });

  test("of a root of its own that is given, none", async () => {
    const self = await makeCertificate({ name: HOST, hosts: [HOST] });
    const port = await tlsServer({ cert: self.certificate, key: self.key });
    assert.equal((await probe(port, { ca: self.certificate })).cause, "ok");
  });

  test("a chain is shown of a server that is refused, too", async () => {
    const found = await probe(await served({ kind: "ecdsa" }), { ca: stranger.certificate });
    assert.equal(found.cause, "ecdsa-only");
    assert.equal(found.chain[0]?.publicKey.asymmetricKeyType, "ec");
    assert.equal(found.trust, "unknown-authority");
  });
});

test("each cause has its words, one line each", () => {
  for (const { finding, remedy } of Object.values(CAUSES))
    for (const text of [finding({ host: "h", port: 1 }), remedy]) assert.match(text, /^[\S ]+$/);
});

/** One that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
