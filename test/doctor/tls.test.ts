/** What keeps a tracker from a server by the way their connection is, or is not, protected: on the board, and seen from here. */
import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { afterEach, describe, test } from "node:test";
import { probeServer, type Report, type Target } from "../../scripts/probe/probe.ts";
import { nodeTlsStream } from "../../scripts/simulator/tls/node.ts";
import { HOST, realTls, sealedTls } from "../blob/tls.ts";
import { makeTlsServers } from "../blob/tls-servers.ts";
import type { WorldChanges } from "../blob/world.ts";
import { httpServer, plainServer, tlsServer } from "../probe/servers.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createDoctorsWorld, type DoctorsWorld } from "./world-device.ts";

/** When the worlds begin. */
const START = Date.UTC(2026, 5, 1, 12);
const made = await makeTlsServers(HOST, START);

let world: DoctorsWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function start(changes: WorldChanges): DoctorsWorld {
  world = createDoctorsWorld(changes);
  return world;
}

const lines = (verdicts: Awaited<ReturnType<DoctorsWorld["visit"]>>): string =>
  verdicts.map((verdict) => (verdict.kind === "ok" ? verdict.line : verdict.finding)).join("\n");

/** The far end of a connection. */
type Far = (far: Duplex) => void;
const leadingTo = (serve: Far) => (): Duplex => {
  const [near, far] = duplexPair();
  far.on("error", () => {});
  serve(far);
  return near;
};

/** It takes what is no TLS for an attack, as Node and OpenSSL do. */
const hangsUp: Far = (far) => void far.once("data", () => far.end());
const web: Far = (far) =>
  void far.once("data", () => far.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
const secure: Far = (far) => void nodeTlsStream(far, made.server).on("error", () => {});

/** A look at another server in the place of the settings', on the loopback. */
const lookAt =
  (port: number) =>
  ({ host: _, ...target }: Target): Promise<Report> =>
    probeServer({ ...target, host: "127.0.0.1", port, timeout_ms: 30_000 });

const plainAt = (port: number) => ({ config: { server: { host: HOST, port, username: "T" } } });

describe("plain text", () => {
  test("to a server that speaks TLS on that port is what is found, when it is looked at from here", async () => {
    for (const serve of [hangsUp, secure]) {
      const doctors = start({ ...plainAt(1884), connect: leadingTo(serve) });
      const look = lookAt(await tlsServer(made.server));
      assert.deepEqual(await doctors.faults(120, look), ["tls-wanted"]);
      await world?.stop();
      world = undefined;
    }
  });

  test("to port 8883 is what is found, even where it cannot be looked at; no other device is blamed", async () => {
    for (const serve of [hangsUp, secure]) {
      const doctors = start({ ...plainAt(8883), connect: leadingTo(serve) });
      const verdicts = await doctors.visit();
      assert.deepEqual(
        verdicts.flatMap((verdict) => (verdict.kind === "fault" ? verdict.id : [])),
        ["plain-on-tls-port"],
      );
      assert.doesNotMatch(JSON.stringify(verdicts), /same token/);
      await world?.stop();
      world = undefined;
    }
  });

  test("to a web server", async () => {
    const doctors = start({ ...plainAt(80), connect: leadingTo(web) });
    assert.deepEqual(await doctors.faults(120, lookAt(await httpServer())), ["http"]);
  });

  test("that works is called plain text", async () => {
    const said = lines(await start({}).visit());
    assert.match(said, /connected to server\.example in plain text \(the token and all places can be read/);
  });
});

describe("TLS", () => {
  const tlsTo = (serve: Far): WorldChanges => ({ tls: realTls(), connect: leadingTo(serve) });

  test("to a server that speaks plain MQTT on that port", async () => {
    const port = await plainServer();
    assert.deepEqual(await start(tlsTo(hangsUp)).faults(120, lookAt(port)), ["no-tls"]);
  });

  test("to a web server", async () => {
    assert.deepEqual(await start(tlsTo(web)).faults(120, lookAt(await httpServer())), ["http"]);
  });

  test("to either of them, where it cannot be looked at", async () => {
    assert.deepEqual(await start(tlsTo(hangsUp)).faults(), ["tls-refused"]);
  });

  test("that works is called TLS", async () => {
    assert.match(lines(await start({ tls: sealedTls() }).visit()), /connected to server\.example \(TLS\)/);
  });

  test("without its files on the modem", async () => {
    for (const [tls, id] of [
      [1, "ca-not-on-modem"],
      [2, "certificate-not-on-modem"],
    ] as const) {
      const wanted = sealedTls({ tls });
      const [ca = ""] = Object.keys(wanted.files);
      const kept = tls === 1 ? {} : { [ca]: wanted.files[ca] as string };
      const doctors = start({ tls: { ...wanted, files: kept } });
      assert.deepEqual(await doctors.faults(), [id]);
      await world?.stop();
      world = undefined;
    }
  });

  /** The world's server by what it is, and what the doctor finds without a look of its own. */
  const cases: [what: string, id: string][] = [
    ["another CA's", "unknown-authority"],
    ["another host's", "wrong-host"],
    ["one whose certificate expired", "wrong-dates"],
    ["one with an ECDSA certificate only", "tls-refused"],
  ];
  for (const [what, id] of cases)
    test(`with ${what}: ${id}`, async () => {
      const server = made.all.find((one) => one.what === what);
      assert.ok(server && typeof server.options !== "string");
      const { options } = server;
      const doctors = start({
        tls: { ...realTls(), files: made.files, settings: { tls: 1, ca: made.settings.ca } },
        connect: leadingTo((far) => void nodeTlsStream(far, options).on("error", () => {})),
      });
      assert.deepEqual(await doctors.faults(), [id]);
    });

  test("with an ECDSA certificate only is what is found, when it is looked at from here", async () => {
    const server = made.all.find(({ what }) => what === "one with an ECDSA certificate only");
    assert.ok(server && typeof server.options !== "string");
    const { options } = server;
    const doctors = start({
      tls: { ...realTls(), files: made.files, settings: { tls: 1, ca: made.settings.ca } },
      connect: leadingTo((far) => void nodeTlsStream(far, options).on("error", () => {})),
    });
    assert.deepEqual(await doctors.faults(120, lookAt(await tlsServer(options))), ["ecdsa-only"]);
  });
});

describe("what the server says by itself counts more than a look at it:", () => {
  test("a token that is refused", async () => {
    const doctors = start({ config: { server: { host: HOST, username: "WRONG" } } });
    const look = async (): Promise<Report> => ({ cause: "http" }) as Report;
    assert.deepEqual(await doctors.faults(120, look), ["token-refused"]);
  });

  test("and a tracker that is online is not looked at from here", async () => {
    const look = (): Promise<Report> => Promise.reject(new Error("looked"));
    assert.deepEqual(await start({}).faults(120, look), []);
  });
});

test("the modem is asked without a line on the console", async () => {
  const wanted = sealedTls();
  const doctors = start({ tls: { ...wanted, files: {} } });
  await doctors.visit();
  assert.deepEqual(
    doctors.lines.filter((line) => /QFLST|AT>/.test(line)),
    [],
  );
});
