/** A board that has no login asks for one, keeps it, and is who it is from then on. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Packet } from "mqtt-packet";
import { type FlashOperation, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { CHIP, createIdentityWorld, IMEI, keysOf, NAME, SELDOM } from "./identity-world.ts";

const KEYS = { provisionDeviceKey: "new", provisionDeviceSecret: "new secret" };
/** From the power's return, or from a failure, to fixes on the server. */
const SOON_S = 40;

describe("at first contact", () => {
  test("a token of its own, by default: asked for once, and then it logs in and reports", async (t) => {
    const { run, seen, asked, made, tenant, board, lines } = createIdentityWorld(t);
    await run(SOON_S);
    const [device] = made();
    assert.equal(made().length, 1, lines.join("\n"));
    assert.equal(device?.name, NAME);
    assert.equal(device?.profile.name, "new");
    assert.match(device?.token ?? "", /^[0-9a-z]{16,32}$/);
    assert.deepEqual(asked(), [
      { deviceName: NAME, ...KEYS, credentialsType: "ACCESS_TOKEN", token: device?.token },
    ]);
    assert.deepEqual(
      seen.filter((line) => !line.startsWith("ask ")),
      ["provision", device?.token],
    );
    assert.ok(tenant.device(NAME).store.latest().length > 3);
    assert.deepEqual(board.errorFlags, []);
  });

  test("no two boards make up the same token", async (t) => {
    const worlds = [0, 1].map(() => createIdentityWorld(t));
    for (const world of worlds) await world.run(SOON_S);
    assert.notEqual(worlds[0]?.made()[0]?.token, worlds[1]?.made()[0]?.token);
  });

  test("a token of the server's", async (t) => {
    const { run, asked, made, online } = createIdentityWorld(t, { credentials: 1 });
    await run(SOON_S);
    assert.deepEqual(asked(), [{ deviceName: NAME, ...KEYS, credentialsType: "ACCESS_TOKEN" }]);
    assert.match(made()[0]?.token ?? "", /^\w{20}$/);
    assert.ok(online());
  });

  test("user name and password", async (t) => {
    const { run, asked, made, online, seen } = createIdentityWorld(t, { credentials: 2 });
    await run(SOON_S);
    const basic = made()[0]?.basic;
    assert.equal(basic?.username, NAME);
    assert.match(basic?.password ?? "", /^[0-9a-z]{16,32}$/);
    assert.deepEqual(asked(), [{ deviceName: NAME, ...KEYS, credentialsType: "MQTT_BASIC", ...basic }]);
    assert.equal(seen.at(-1), NAME);
    assert.ok(online());
  });

  for (const [credentials, is] of [
    [{ token: "made before" }, "token"],
    [{ basic: { username: "u", password: "p w" } }, "user name and password"],
    [{ basic: { client_id: "c-1" } }, "client identifier"],
  ] as const)
    test(`a device that was made before keeps its ${is}, which the board takes`, async (t) => {
      const { run, made, tenant, online } = createIdentityWorld(t, keysOf("pre"));
      const profile = tenant.profiles.find(({ name }) => name === "pre");
      tenant.addDevice({ name: NAME, ...credentials }, profile as never);
      await run(SOON_S);
      assert.ok(online());
      assert.equal(made().length, 1);
      const { token, basic } = made()[0] ?? {};
      assert.deepEqual({ ...(token && { token }), ...(basic && { basic }) }, credentials);
    });

  test("its name is made of a pattern", async (t) => {
    const { run, made } = createIdentityWorld(t, { device_name: "{chip}/{imei} of {imei}" });
    await run(SOON_S);
    assert.deepEqual(
      made().map(({ name }) => name),
      [`${CHIP}/${IMEI} of ${IMEI}`],
    );
  });

  test("a modem that does not tell its IMEI: none is made up", async (t) => {
    const world = createIdentityWorld(t, {}, { modem: { imei: "" } });
    await world.run(SOON_S);
    assert.deepEqual(world.made(), []);
    assert.match(String(world.status().reason), /^modem: no answer to a command/);
  });
});

describe("the server says no", () => {
  test("a wrong key: said in its words, nothing of ours is touched, tries get seldom", async (t) => {
    const world = createIdentityWorld(t, { provision_secret: "wrong" }, { config: SELDOM });
    const { run, status, seen, lines, board } = world;
    await run(SOON_S);
    assert.match(
      String(status().reason),
      /^server says: Provision data was not found! check provision_key, provision_secret; again in \d+ s$/,
    );
    // The log fills up first.
    await run(3 * 3600, 10_000);
    const before = board.memory().usage;
    await run(3 * 3600, 10_000);
    assert.ok(board.memory().usage < before + 20, "memory is lost");
    const { contexts, modem_resets, power_cycles, reboots } = status();
    assert.deepEqual([contexts, modem_resets, power_cycles, reboots], [1, undefined, undefined, 0]);
    const tries = seen.filter((line) => line === "provision").length;
    assert.ok(tries > 12 && tries < 30, `${tries} tries`);
    assert.equal(seen.length, 2 * tries, "it tries no login that it cannot have");
    assert.ok(lines.length < 200);
  });

  test("a name that is taken: said so, and when that device is gone it goes on", async (t) => {
    const { run, status, tenant, made, online } = createIdentityWorld(t, {}, { config: SELDOM });
    const taken = tenant.addDevice({ name: NAME, token: "another's" }, tenant.defaultProfile);
    await run(SOON_S);
    assert.match(
      String(status().reason),
      /^server says: Failed to provision device! is the name taken, or no room\?; again in/,
    );
    tenant.removeDevice(taken);
    await run(3600, 5000);
    assert.ok(online());
    assert.equal(made().length, 1);
  });

  test("samples wait meanwhile", async (t) => {
    const { run, tenant, status, runUntil } = createIdentityWorld(t, keysOf("pre"));
    await run(120);
    assert.ok(Number(status().waiting) > 8);
    tenant.addDevice({ name: NAME, token: "t" }, tenant.profiles.find(({ name }) => name === "pre") as never);
    await runUntil(/tracker: connected/, 1200);
    await run(30);
    assert.ok(tenant.device(NAME).store.history("Latitude").length > 10);
  });

  test("an answer that is no login: said so, and not tried with", async (t) => {
    const { run, status, tenant } = createIdentityWorld(t, keysOf("pre"));
    const profile = tenant.profiles.find(({ name }) => name === "pre");
    tenant.addDevice({ name: NAME, certificate: "MIIB".repeat(99) }, profile as never);
    await run(SOON_S);
    assert.match(String(status().reason), /^server says: username: must be plain text of 1 to 255; again/);
  });
});

describe("the answer is lost", () => {
  for (const [credentials, kind] of [
    [0, "its own token"],
    [2, "user name and password"],
  ] as const)
    for (const lose of ["lose_responses", "cut_next"] as const)
      test(`${kind}, ${lose}: the device that exists is its own`, async (t) => {
        const world = createIdentityWorld(t, { credentials });
        if (lose === "cut_next") world.thingsboard.faults.cut_next = "publish";
        else world.thingsboard.faults.lose_responses = 1;
        await world.run(180);
        assert.equal(world.asked().length, 2);
        assert.equal(world.made().length, 1);
        assert.ok(world.online(), world.lines.join("\n"));
        const logins = world.seen.filter((line) => !/^ask |^provision$/.test(line));
        assert.equal(logins.length, 1);
      });

  test("a token of the server's: nobody has it, and somebody is told", async (t) => {
    const world = createIdentityWorld(t, { credentials: 1 }, { config: SELDOM });
    world.thingsboard.faults.cut_next = "publish";
    await world.run(180);
    assert.match(String(world.status().reason), /^server says: Failed to provision device!/);
    world.tenant.removeDevice(world.made()[0] as never);
    await world.run(3600, 5000);
    assert.ok(world.online());
  });

  test("of a device that was made before: it is asked for again", async (t) => {
    const { run, tenant, thingsboard, asked, online } = createIdentityWorld(t, keysOf("pre"));
    tenant.addDevice({ name: NAME, token: "t" }, tenant.profiles.find(({ name }) => name === "pre") as never);
    thingsboard.faults.cut_next = "publish";
    await run(180);
    assert.equal(asked().length, 2);
    assert.ok(online());
  });
});

describe("later", () => {
  test("after a restart it logs in at once, and has written nothing of it", async (t) => {
    const { run, restart, made, seen, online } = createIdentityWorld(t);
    await run(SOON_S);
    restart();
    await run(SOON_S);
    assert.deepEqual(seen, [made()[0]?.token]);
    assert.ok(online());
  });

  test("settings with the same key keep it, be they others in all else", async (t) => {
    const { run, restart, made, seen } = createIdentityWorld(t);
    await run(SOON_S);
    restart({ ...keysOf("new"), device_name: "another", credentials: 2, keep_alive: 60 });
    await run(SOON_S);
    assert.deepEqual(seen, [made()[0]?.token]);
  });

  test("settings with another key: another one; those with a login: that", async (t) => {
    const { run, restart, made, seen, asked, tenant } = createIdentityWorld(t);
    await run(SOON_S);
    const first = made()[0]?.token;
    restart({ ...keysOf("other"), device_name: "other-{imei}" });
    await run(SOON_S);
    assert.equal(asked().length, 1);
    assert.deepEqual(
      made().map(({ name, profile }) => [name, profile.name]),
      [
        [NAME, "new"],
        [`other-${IMEI}`, "other"],
      ],
    );
    assert.notEqual(made()[1]?.token, first);
    assert.equal(seen.at(-1), made()[1]?.token);
    restart({ host: "server.example", username: tenant.device("tracker").token });
    await run(SOON_S);
    assert.deepEqual(seen, [tenant.device("tracker").token]);
  });

  test("settings with a wrong key, and then with the right one: it is who it was", async (t) => {
    const { run, restart, made, seen, status, online } = createIdentityWorld(t);
    await run(SOON_S);
    const token = made()[0]?.token;
    for (const wrong of ["mistyped", "once more"]) {
      restart(keysOf(wrong));
      await run(SOON_S);
      assert.match(String(status().reason), /^server says: Provision data was not found!/);
    }
    for (let start = 0; start < 2; start++) {
      restart(keysOf("new"));
      await run(SOON_S);
      assert.deepEqual(seen, [token]);
      assert.ok(online());
    }
  });

  test("a device that was deleted is made again, with the same token", async (t) => {
    const { run, made, tenant, online } = createIdentityWorld(t);
    await run(SOON_S);
    const token = made()[0]?.token;
    tenant.removeDevice(made()[0] as never);
    await run(120);
    assert.ok(online());
    assert.deepEqual(
      made().map((device) => device.token),
      [token],
    );
  });

  test("other credentials of a device: it says so, and is back when it has those again", async (t) => {
    const { run, made, tenant, status, online } = createIdentityWorld(t, {}, { config: SELDOM });
    await run(SOON_S);
    const token = made()[0]?.token as string;
    tenant.setCredentials(made()[0] as never, { token: "x" });
    await run(60);
    assert.match(String(status().reason), /^server says: Failed to provision device!/);
    for (const profile of tenant.profiles) profile.provisioning = undefined;
    await run(600, 5000);
    assert.match(String(status().reason), /^server says: Provision data was not found!/);
    tenant.setCredentials(made()[0] as never, { token });
    await run(3600, 5000);
    assert.ok(online());
  });

  test("a server that is busy is no reason to ask", async (t) => {
    const { run, restart, thingsboard, asked, online } = createIdentityWorld(t, {}, { config: SELDOM });
    await run(SOON_S);
    thingsboard.faults.refuse = 3;
    restart();
    await run(120);
    assert.deepEqual(asked(), []);
    thingsboard.faults.refuse = 0;
    await run(600, 5000);
    assert.ok(online());
  });
});

describe("the power goes", () => {
  /** A first contact that ends when `cut` says so; then all is as it should be. */
  async function live(
    t: Parameters<typeof createIdentityWorld>[0],
    credentials: number,
    cut: { packet?: number; operation?: number },
  ): Promise<{ packets: string[]; operations: FlashOperation[] }> {
    let off = false;
    const world = createIdentityWorld(
      t,
      { credentials },
      {
        onPowerCut() {
          off = true;
        },
      },
    );
    const { flash } = world.board.storage;
    const packets: string[] = [];
    const operations: FlashOperation[] = [];
    world.hooks.packet = (packet: Packet) => {
      if (packets.length === cut.packet) {
        world.board.powerCut();
        off = true;
      }
      packets.push(packet.cmd);
    };
    flash.beforeOperation = (operation) => {
      if (operations.length === cut.operation) throw new PowerCut(`before ${cut.operation}`);
      operations.push(operation);
    };
    for (let s = 0; s < SOON_S && !off; s++) await world.run(1);
    flash.beforeOperation = undefined;
    world.hooks.packet = undefined;
    if (off) {
      await world.run(2);
      world.restart();
      await world.run(90);
    }
    assert.ok(world.online(), world.lines.join("\n"));
    assert.deepEqual(
      world.made().map(({ name }) => name),
      [NAME],
    );
    const token = world.seen.at(-1);
    world.restart();
    await world.run(SOON_S);
    assert.deepEqual(world.seen, [token], "it is kept");
    await world.stop();
    return { packets, operations };
  }

  for (const [credentials, kind] of [
    [0, "its own token"],
    [2, "user name and password"],
  ] as const)
    test(`${kind}: at each packet, and among the writes to flash, of the first contact`, async (t) => {
      const { packets, operations } = await live(t, credentials, {});
      const upTo = packets.indexOf("connack", packets.indexOf("connack") + 1) + 3;
      for (let packet = 0; packet < upTo; packet++) await live(t, credentials, { packet });
      if (credentials) return;
      // The journal's own tests cut at each.
      for (let operation = 20; operation < operations.length - 30; operation += 4)
        await live(t, credentials, { operation });
    });
});
