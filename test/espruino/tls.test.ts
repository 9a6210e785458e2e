/** The blob in the real interpreter, and servers with TLS: Mosquitto, and wrong ones of each kind. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as turn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { connectAsync } from "mqtt";
import { type RealTracker, startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { makeTlsServers, type TlsServer } from "../blob/tls-servers.ts";
import { hasMosquitto, startMosquitto } from "./broker.ts";

const binary = process.env.ESPRUINO;
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";
const skipWithBroker = skip || (hasMosquitto() ? false : "skipped: mosquitto is not installed");
const RECONNECTS = 5;
/** How long handshakes hang. */
const HANGING_MS = 20_000;
const made = await makeTlsServers("localhost", Date.now());
const { authority, server, settings, stranger } = made;

/** Variables in use with nothing under way: the least of some seconds, in which there are fixes. */
async function atRest(tracker: RealTracker): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let looks = 0; looks < 20; looks++) {
    least = Math.min(least, Number(await tracker.evaluate("process.memory().usage")));
    await turn(150);
  }
  return least;
}

for (const tls of [1, 2] as const)
  test(`tls ${tls}: it reports to Mosquitto at QoS 1 and answers RPC`, {
    skip: skipWithBroker,
  }, async (t) => {
    const broker = await startMosquitto({ ...server, ...(tls === 2 && { clients_ca: authority }) });
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.plain_port}`, { reconnectPeriod: 200 });
    let fixes = 0;
    const answers: string[] = [];
    client.on("message", (topic, payload) => {
      if (topic.includes("response")) answers.push(payload.toString());
      else
        fixes += [JSON.parse(payload.toString())].flat().filter(({ values }) => "Latitude" in values).length;
    });
    await client.subscribeAsync(["v1/devices/me/telemetry", "v1/devices/me/rpc/response/+"], { qos: 1 });
    const { ca, cert, key } = settings;
    const tracker = await startRealTracker({
      binary: binary as string,
      broker_port: broker.port,
      files: made.files,
      server: { host: "localhost", tls, ca, ...(tls === 2 && { username: "", cert, key }) },
    });
    try {
      await tracker.until("tracker.status().sent>=4", 60);
      const asked_ms = Date.now();
      await client.publishAsync("v1/devices/me/rpc/request/7", '{"method":"getPosition"}', { qos: 1 });
      while (!answers.length && Date.now() - asked_ms < 5000) await turn(10);
      t.diagnostic(`answered after ${Date.now() - asked_ms} ms`);
      assert.ok(JSON.parse(answers[0] as string).latitude > 52);
      assert.equal(
        await tracker.evaluate("tracker.status().encryption"),
        tls === 2 ? "TLS, client certificate" : "TLS",
      );
      let before = 0;
      for (let reconnects = 0; reconnects <= RECONNECTS; reconnects++) {
        await broker.restart();
        await tracker.until('tracker.status().state!="online"', 30);
        await tracker.until('tracker.status().state=="online"', 60);
        await tracker.until("tracker.status().waiting==0", 30);
        // The texts of a loss take some.
        if (!reconnects) before = await atRest(tracker);
      }
      const after = await atRest(tracker);
      t.diagnostic(`${before} variables in use, after ${RECONNECTS} reconnects ${after}`);
      // Texts differ in length: it goes up and down by 11, over 14 reconnects in e8212, and not up.
      assert.ok(after <= before + 12, `${before} to ${after}`);
      assert.ok(fixes >= 4);
      assert.deepEqual(await tracker.evaluate("E.getErrorFlags()"), []);
    } finally {
      await tracker.stop();
      await client.endAsync();
      await broker.stop();
    }
  });

test("handshakes hang: fixes are taken and kept, and the AT channel answers", {
  skip: skipWithBroker,
}, async () => {
  const broker = await startMosquitto(server);
  const { ca } = settings;
  const tracker = await startRealTracker({
    binary: binary as string,
    broker_port: broker.port,
    files: made.files,
    server: { host: "localhost", tls: 1, ca },
  });
  try {
    await tracker.until("tracker.status().sent>=2", 60);
    await tracker.evaluate("global.answers=0");
    tracker.modem.faults.silentHandshake = 1;
    await broker.restart();
    await tracker.until('tracker.status().state!="online"', 30);
    await tracker.until('tracker.status().state=="server"', 60);
    const waiting = async () => Number(await tracker.evaluate("tracker.status().waiting"));
    const before = await waiting();
    const from_ms = Date.now();
    for (let asked = 1; Date.now() < from_ms + HANGING_MS; asked++) {
      await tracker.evaluate('modem.at("AT+CSQ",function(){answers++}),0');
      await tracker.until(`answers==${asked}`, 2);
    }
    // One each 2 s.
    const kept = (await waiting()) - before;
    assert.ok(kept >= 7, `${kept} fixes`);
    assert.deepEqual(await tracker.evaluate("E.getErrorFlags()"), []);
    assert.equal(await tracker.evaluate("tracker.status().reboots"), 0);
  } finally {
    await tracker.stop();
    await broker.stop();
  }
});

test("tls 2: Mosquitto knows another CA than that of our certificate", { skip: skipWithBroker }, async () => {
  const broker = await startMosquitto({ ...server, clients_ca: authority });
  const { ca } = settings;
  const tracker = await startRealTracker({
    binary: binary as string,
    broker_port: broker.port,
    files: made.files,
    server: { host: "localhost", tls: 2, ca, ...stranger },
  });
  try {
    await tracker.until('tracker.status().state=="waiting"', 60);
    assert.match(
      String(await tracker.evaluate("tracker.status().reason")),
      /^TLS: client certificate refused/,
    );
  } finally {
    await tracker.stop();
    await broker.stop();
  }
});

/** On a port of this machine; gives it, and what anybody could read of what it got. */
async function listen({ options }: TlsServer) {
  let heard = "";
  const take = (bytes: Buffer): void => {
    heard += bytes.toString("latin1");
  };
  const listening =
    typeof options === "string"
      ? createServer((socket) => {
          socket.on("error", () => {});
          socket.on("data", (bytes) => {
            take(bytes);
            socket.end();
          });
        })
      : createTlsServer(options, (socket) => {
          socket.on("error", () => {});
          socket.on("data", take);
        });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  return { port, heard: () => heard, close: () => listening.close() };
}

for (const wrong of made.all.filter(({ reason }) => reason))
  test(`${wrong.what}, tls ${wrong.tls}: ${wrong.reason}`, { skip }, async () => {
    const there = await listen(wrong);
    const { ca } = settings;
    const tracker = await startRealTracker({
      binary: binary as string,
      broker_port: there.port,
      files: made.files,
      server: { host: "localhost", tls: wrong.tls, ca },
    });
    try {
      await tracker.until('tracker.status().state=="waiting"', 60);
      const reason = String(await tracker.evaluate("tracker.status().reason"));
      assert.ok(reason.startsWith(wrong.reason), reason);
      assert.ok(!there.heard().includes("REAL_INTERPRETER"), "nobody heard the token");
    } finally {
      await tracker.stop();
      there.close();
    }
  });

test("no CA on the modem: a reason, and nothing is opened", { skip }, async () => {
  const tracker = await startRealTracker({
    binary: binary as string,
    server: { host: "localhost", tls: 1, ca: settings.ca },
  });
  try {
    await tracker.until('tracker.status().state=="waiting"', 60);
    assert.match(String(await tracker.evaluate("tracker.status().reason")), /^TLS: no CA on the modem/);
  } finally {
    await tracker.stop();
  }
});
