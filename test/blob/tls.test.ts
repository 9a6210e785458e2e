/** The built blob and TLS servers, of Node: right ones, and wrong ones of each kind. */
import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { describe, test } from "node:test";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { nodeTlsStream } from "../../scripts/simulator/tls/node.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { TOKEN } from "./peers.ts";
import { HOST, realTls } from "./tls.ts";
import { makeTlsServers, type TlsServer } from "./tls-servers.ts";
import { createWorld } from "./world.ts";

/** When the worlds begin. */
const START = Date.UTC(2026, 5, 1, 12);
const made = await makeTlsServers(HOST, START);

/** A tracker whose server is this one. What the server's ends of its connections got, in clear where they could read it, is in `heard`. */
function worldOf(server: TlsServer, modem: ModemOptions = {}, settings: Record<string, unknown> = {}) {
  const ends: { heard: string }[] = [];
  const { ca, cert, key } = made.settings;
  const world = createWorld({
    connect(): Duplex {
      const [near, far] = duplexPair();
      const end = { heard: "" };
      const { options } = server;
      const clear = typeof options === "string" ? far : nodeTlsStream(far, options);
      ends.push(end);
      clear.on("error", () => {});
      clear.on("data", (bytes: Buffer) => {
        end.heard += bytes.toString("latin1");
        // It takes the hello for a broken CONNECT.
        if (options === "plain") far.end();
      });
      if (typeof options !== "string") world.thingsboard.accept(clear);
      return near;
    },
    tls: {
      ...realTls(),
      files: made.files,
      settings: { tls: server.tls, ca, ...(server.tls === 2 && { cert, key }), ...settings },
    },
    modem,
  });
  return { ...world, ends };
}

describe("the tracker, TLS on, and", () => {
  for (const server of made.all)
    test(`${server.what}, tls ${server.tls}: ${server.reason || "it reports"}`, async () => {
      const world = worldOf(server);
      try {
        if (server.reason) {
          await world.runUntil(/^tracker: .*again in/, 120);
          const { reason } = world.status();
          assert.ok(String(reason).startsWith(server.reason), String(reason));
          assert.ok(!world.ends.some(({ heard }) => heard.includes(TOKEN)), "nobody heard the token");
          // It goes on, never climbs, and says the same.
          await world.run(3600);
          const status = world.status();
          assert.ok(String(status.reason).startsWith(server.reason), String(status.reason));
          assert.equal(status.contexts, 1);
          assert.equal(status.modem_resets, undefined);
          assert.ok(!world.ends.some(({ heard }) => heard.includes(TOKEN)), "nor later");
          assert.ok(Number(status.waiting) > 300, "fixes are kept meanwhile");
        } else {
          await world.runUntil(/^tracker: connected/, 60);
          await world.run(60);
          assert.ok(world.thingsboard.telemetry("tracker", "Latitude").length >= 5);
          const answer = world.thingsboard.rpc("tracker", "getPosition");
          await world.run(2);
          assert.ok(((await answer) as { latitude: number }).latitude > 52);
          assert.equal(world.status().encryption, server.tls === 2 ? "TLS, client certificate" : "TLS");
          // Each connection is verified anew.
          world.thingsboard.faults.restart();
          await world.runUntil(/^tracker: connected/, 60);
        }
      } finally {
        await world.stop();
      }
    });
});
