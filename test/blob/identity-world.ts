/** A board with a provisioning key in place of a login, and a server whose profiles give credentials to who has one. */
import type { TestContext } from "node:test";
import { type Packet, parser } from "mqtt-packet";
import { fromBytes } from "../../scripts/simulator/espruino/bytes.ts";
import { readFile, writeFile } from "../../scripts/simulator/espruino/storage.ts";
import { createProfile, type ProvisionStrategy } from "../../scripts/simulator/thingsboard/profile.ts";
import type { Tenant } from "../../scripts/simulator/thingsboard/tenant.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createWorld, type WorldChanges } from "./world.ts";

/** The simulated modem's. */
export const IMEI = "866425031234565";
export const CHIP = "00000000-addeadde-addeadde";
export const NAME = `tracker-${IMEI}`;

const STRATEGIES: Record<string, ProvisionStrategy> = {
  new: "ALLOW_CREATE_NEW_DEVICES",
  other: "ALLOW_CREATE_NEW_DEVICES",
  pre: "CHECK_PRE_PROVISIONED_DEVICES",
};

/** Adds the profiles, whose names are their keys. */
export function addProfiles(tenant: Tenant): void {
  for (const [key, strategy] of Object.entries(STRATEGIES)) {
    const profile = createProfile(key, tenant.clock.now());
    profile.provisioning = { strategy, key, secret: `${key} secret` };
    tenant.profiles.push(profile);
  }
}

/** What settings say of the login of who has the keys of a profile. */
export const keysOf = (key: string): Record<string, unknown> => ({
  host: "server.example",
  provision_key: key,
  provision_secret: `${key} secret`,
});

/** Settings for a test of hours: few fixes. */
export const SELDOM = { interval_s: 3600 };

/** `server`: over the keys of the profile "new"; `config`: over the other settings. */
export function createIdentityWorld(
  t: TestContext,
  server: Record<string, unknown> = {},
  { config, ...changes }: WorldChanges = {},
) {
  /** Who connected, and what was asked for. */
  const seen: string[] = [];
  /** Told of each packet, either way. */
  const hooks: { packet?: (packet: Packet) => void } = {};
  const note = (packet: Packet): void => {
    if (packet.cmd === "connect") seen.push(packet.username ?? "");
    if (packet.cmd === "publish" && packet.topic === "/provision/request")
      seen.push(`ask ${packet.payload.toString()}`);
    hooks.packet?.(packet);
  };
  const world = createWorld({
    config: { server: { ...keysOf("new"), ...server }, ...config },
    connect: () => {
      const [near, far] = duplexPair();
      for (const end of [near, far]) {
        const decoder = parser();
        decoder.on("packet", note);
        end.on("data", (bytes: Buffer) => decoder.parse(bytes));
      }
      world.thingsboard.accept(far);
      return near;
    },
    ...changes,
  });
  const { tenant } = world.thingsboard;
  addProfiles(tenant);
  t.after(() => world.stop());
  const self = {
    ...world,
    tenant,
    seen,
    hooks,
    /** The requests so far. */
    asked: () => seen.filter((line) => line.startsWith("ask ")).map((line) => JSON.parse(line.slice(4))),
    /** The devices that were made. */
    made: () => tenant.devices.filter(({ name }) => name !== "tracker"),
    online: () => world.status().state === "online",
    /** Power off and on; `settings`: flashed in between. */
    restart(settings?: Record<string, unknown>): void {
      world.board.powerCut();
      if (settings) {
        const { storage } = world.board;
        const old = JSON.parse(readFile(storage, "tb.json")?.toString() ?? "{}");
        writeFile(storage, "tb.json", fromBytes(JSON.stringify({ ...old, server: settings })));
      }
      seen.length = 0;
      world.lines.length = 0;
      world.board.boot();
    },
  };
  return self;
}
