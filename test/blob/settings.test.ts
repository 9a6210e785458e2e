/** Settings as shared attributes: from the stand-in to a tracker that is far away, and what it tells of itself. */
import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import { afterEach, describe, test } from "node:test";
import { createFlash, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { VERSION } from "../ota/firmware.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { createWorld, type WorldChanges } from "./world.ts";

type World = ReturnType<typeof createWorld>;

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

/** A tracker that is online and has told of itself. */
async function online(changes?: WorldChanges): Promise<World> {
  const world = createWorld(changes);
  worlds.push(world);
  await world.run(40);
  return world;
}

/** The server's name leads to the stand-in, others to a server that takes the connection and never answers. */
function hosts(): { connect(host: string): Duplex; world?: World; tried: string[] } {
  const self = {
    tried: [] as string[],
    world: undefined as World | undefined,
    connect(host: string): Duplex {
      const [near, far] = duplexPair();
      self.tried.push(host);
      if (host.endsWith(".example")) self.world?.thingsboard.accept(far);
      else far.resume();
      return near;
    },
  };
  return self;
}

async function withHosts(changes?: WorldChanges) {
  const servers = hosts();
  const world = createWorld({ connect: servers.connect, ...changes });
  servers.world = world;
  worlds.push(world);
  await world.run(40);
  return { ...world, tried: servers.tried };
}

interface Told extends Record<string, unknown> {
  settings: Record<string, unknown>;
}
const told = ({ thingsboard }: Pick<World, "thingsboard">): Told => thingsboard.attributes("tracker") as Told;
/** From fix to fix at the end, s. */
function interval_s({ thingsboard }: Pick<World, "thingsboard">): number {
  const times = thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
  return Math.round(((times.at(-1) ?? 0) - (times.at(-2) ?? 0)) / 1000);
}

describe("what a device tells of itself", () => {
  test("is there soon after the start, without secrets, and once", async () => {
    let messages = 0;
    const world = await online({ config: { apn_password: "secret" } });
    assert.deepEqual(told(world), {
      firmware_title: "espruino-thingsboard LINUX",
      firmware_version: VERSION,
      board: "LINUX",
      interpreter: told(world).interpreter,
      imei: told(world).imei,
      iccid: told(world).iccid,
      modem: "BG96",
      modem_firmware: told(world).modem_firmware,
      features: told(world).features,
      reset_reason: "power",
      ota: "by cable",
      settings: {
        host: "server.example",
        port: null,
        keep_alive: 120,
        topics: 1,
        apn: "internet",
        apn_user: null,
        interval_s: 10,
        fix_timeout_s: 120,
        keys: "Longitude,Latitude,Altitude,Speed",
        no_time: "hold",
        debug: null,
        heartbeat_s: null,
        radius_m: 100,
        still_s: 300,
        watch_s: null,
        turn_deg: null,
        overspeed_kmh: null,
        overspeed_s: 10,
        hdop_max: null,
        extras: null,
        zones: null,
        cell: null,
        assistance: null,
      },
      settings_refused: {},
    });
    // The server reads digits as a number.
    assert.match(`${told(world).imei}`, /^\d{15}$/);
    assert.match(`${told(world).iccid}`, /^\d{19,20}$/);
    assert.match(`${told(world).features}`, /settings=afar/);
    world.thingsboard.on("telemetry", () => messages++);
    world.thingsboard.faults.drop();
    await world.run(120);
    assert.ok(messages > 0);
    assert.deepEqual(world.board.errorFlags, []);
  });
});

describe("a setting", () => {
  test("holds at once, is told, and is there after a restart", async () => {
    const world = await online();
    world.thingsboard.share("tracker", { interval_s: 5, fix_timeout_s: 60 });
    await world.run(30);
    assert.equal(interval_s(world), 5);
    assert.equal(told(world).settings.interval_s, 5);
    assert.equal(told(world).settings.fix_timeout_s, 60);
    world.board.powerCut();
    world.board.boot();
    await world.run(5);
    assert.equal(world.status().interval_s, 5);
  });

  test("that came while the tracker was away holds after the next connect; what was deleted is tb.json's again", async () => {
    const world = await online();
    world.thingsboard.faults.drop();
    world.thingsboard.share("tracker", { interval_s: 5 });
    await world.run(60);
    assert.equal(interval_s(world), 5);
    world.thingsboard.share("tracker", { interval_s: undefined });
    await world.run(30);
    assert.equal(told(world).settings.interval_s, 10);
    assert.equal(interval_s(world), 10);
  });

  test("that is wrong is refused with all that came with it, and why is told; then the right ones are taken", async () => {
    const world = await online();
    world.thingsboard.share("tracker", { interval_s: 0, keys: "", fix_timeout_s: 60, mine: "Bus 7" });
    await world.run(20);
    assert.deepEqual(told(world).settings_refused, {
      interval_s: "must be whole, 1 to 86400",
      keys: "must be plain text of 1 to 99",
    });
    assert.equal(told(world).settings.fix_timeout_s, 120);
    world.thingsboard.share("tracker", { interval_s: 20, keys: undefined });
    await world.run(20);
    assert.deepEqual(told(world).settings_refused, {});
    assert.equal(told(world).settings.fix_timeout_s, 60);
    assert.equal(told(world).settings.interval_s, 20);
  });

  test("that is a text of digits alone, of which ThingsBoard makes a number, holds as text", async () => {
    const world = await online();
    world.thingsboard.share("tracker", { apn_user: 4915112345678, apn_password: 1234, keys: 7 });
    await world.run(60);
    assert.deepEqual(told(world).settings_refused, {});
    const { apn_user, keys } = told(world).settings;
    assert.deepEqual([apn_user, keys], ["4915112345678", "7"]);
    assert.equal(world.status().state, "online");
  });

  test("of a tb.json that was flashed anew holds until the server is asked", async () => {
    const world = await online();
    world.thingsboard.share("tracker", { interval_s: 5 });
    await world.run(20);
    world.board.evaluate(
      'var s=require("Storage"),c=s.readJSON("tb.json");c.interval_s=30;s.write("tb.json",JSON.stringify(c))',
    );
    world.board.powerCut();
    world.board.boot();
    await world.run(4);
    assert.equal(world.status().interval_s, 30);
    await world.run(40);
    assert.equal(world.status().interval_s, 5);
  });

  test("of a call holds until it is a shared attribute", async () => {
    const world = await online();
    const call = async (seconds: number) => {
      const answer = world.thingsboard.rpc("tracker", "setInterval", seconds);
      await world.run(5);
      return answer;
    };
    assert.deepEqual(await call(7), { interval_s: 7 });
    world.thingsboard.faults.drop();
    await world.run(60);
    assert.equal(world.status().interval_s, 7);
    world.thingsboard.share("tracker", { interval_s: 5 });
    await world.run(10);
    assert.equal(world.status().interval_s, 5);
    assert.deepEqual(await call(7), { error: "interval_s: is a shared attribute" });
  });
});

describe("a setting of the way to the server", () => {
  test("stays when the server is reached with it, and when it is deleted", async () => {
    const world = await withHosts();
    world.thingsboard.share("tracker", { host: "other.example", keep_alive: 60 });
    await world.run(60);
    assert.equal(world.tried.at(-1), "other.example");
    assert.equal(told(world).settings.host, "other.example");
    assert.ok(world.lines.includes("settings: hold"));
    world.thingsboard.share("tracker", { host: undefined });
    await world.run(20);
    world.board.powerCut();
    world.board.boot();
    await world.run(700);
    assert.equal(world.tried.at(-1), "other.example");
    assert.equal(told(world).settings.keep_alive, 60);
    assert.equal(world.status().state, "online");
  });

  test("is taken back when the server is not reached, told, and not tried again before others were wanted", async () => {
    const world = await withHosts();
    world.thingsboard.share("tracker", { host: "nowhere.test", interval_s: 5 });
    await world.run(60);
    assert.equal(world.tried.at(-1), "nowhere.test");
    await world.run(720);
    assert.ok(world.lines.includes("settings: server not reached, back to those before"));
    assert.equal(world.tried.at(-1), "server.example");
    assert.equal(world.status().state, "online");
    assert.deepEqual(told(world).settings_refused, { host: "server not reached" });
    assert.equal(told(world).settings.host, "server.example");
    assert.equal(told(world).settings.interval_s, 10);
    const tries = world.tried.filter((host) => host === "nowhere.test").length;
    world.thingsboard.faults.drop();
    await world.run(60);
    assert.equal(world.tried.filter((host) => host === "nowhere.test").length, tries);
    world.thingsboard.share("tracker", { host: undefined });
    await world.run(20);
    assert.deepEqual(told(world).settings_refused, {});
    assert.equal(told(world).settings.interval_s, 5);
  });

  test("an APN that the network does not know, the same", async () => {
    const world = await online({ modem: { apn: "internet" } });
    world.thingsboard.share("tracker", { apn: "wrong" });
    await world.run(60);
    assert.notEqual(world.status().state, "online");
    await world.run(1200);
    assert.equal(world.status().state, "online");
    assert.deepEqual(told(world).settings_refused, { apn: "server not reached" });
  });

  test("that kills the board at each start is left after three", async () => {
    const world = await withHosts();
    world.thingsboard.share("tracker", { host: "nowhere.test" });
    await world.run(30);
    for (let start = 0; start < 4; start++) {
      assert.equal(world.tried.at(-1), "nowhere.test", `start ${start}`);
      world.board.powerCut();
      world.board.boot();
      await world.run(40);
    }
    assert.equal(world.tried.at(-1), "server.example");
    assert.deepEqual(told(world).settings_refused, { host: "server not reached" });
  });
});

describe("the power goes while settings are kept", () => {
  /** Does `change`; before flash operation number `cut` of it the power goes, and comes back. */
  async function cutAt(cut: number, change: Record<string, unknown>) {
    const spec = boardSpecs.linux;
    const flash = createFlash(flashOf(spec));
    let off = false;
    const world = await withHosts({ flash, spec, onPowerCut: () => (off = true) });
    let operations = 0;
    flash.beforeOperation = () => {
      if (operations++ === cut) throw new PowerCut(`before ${cut}`);
    };
    world.thingsboard.share("tracker", change);
    for (let s = 0; s < 8 && !off; s++) await world.run(1);
    flash.beforeOperation = undefined;
    world.board.powerCut();
    world.board.boot();
    return { world, operations };
  }

  for (const cut of [0, 1, 5, 20, 40, 60])
    test(`a setting holds in the end, operation ${cut}`, async () => {
      const { world, operations } = await cutAt(cut, { interval_s: 5 });
      assert.equal(operations, cut + 1);
      await world.run(60);
      assert.equal(world.status().interval_s, 5);
      assert.equal(told(world).settings.interval_s, 5);
    });

  for (const cut of [0, 20, 60])
    test(`one of the way does not part them, operation ${cut}`, async () => {
      const { world } = await cutAt(cut, { host: "nowhere.test" });
      await world.run(800);
      assert.equal(world.status().state, "online", world.lines.join("\n"));
      assert.deepEqual(told(world).settings_refused, { host: "server not reached" });
    });
});
