/** `edrx_s` on a RAK5010: connected, its modem listens for the network only so often. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { builtBlob } from "../device/rig.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { TOKEN } from "./peers.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const CYCLE_MS = 40_960;
const PATIENT = { timeout_ms: 600_000 };

async function online(t: TestContext, config: object, modem: WorldChanges["modem"] = {}) {
  const connections = { answered: true, made: 0 };
  const world = createWorld({
    spec: boardSpecs.rak5010,
    blob: builtBlob("rak5010"),
    config: { interval_s: 600, ...config },
    modem,
    connect: () => {
      const [near, far] = duplexPair();
      connections.made++;
      if (connections.answered) world.thingsboard.accept(far);
      else far.resume();
      return near;
    },
  });
  t.after(() => world.stop());
  await world.run(100);
  const asked = () => world.modem.transcript.bytes("host").match(/AT\+CPSMS[^\r]*/g) ?? [];
  const told = () =>
    world.thingsboard.attributes("tracker") as {
      settings: Record<string, unknown>;
      settings_refused: Record<string, unknown>;
    };
  /** How long a call waits for its answer, ms. */
  async function call_ms(): Promise<number> {
    const began_ms = world.clock.now();
    let ended_ms = 0;
    void world.thingsboard.rpc("tracker", "getPosition", {}, PATIENT).then(() => {
      ended_ms = world.clock.now();
    });
    for (let s = 0; s < 60 && !ended_ms; s++) await world.run(1);
    return ended_ms - began_ms;
  }
  return { ...world, connections, asked, told, call_ms };
}

test("a call waits until the modem listens, and is answered in a moment then", async (t) => {
  const { run, modem, asked, clock, call_ms, status } = await online(t, {
    edrx_s: 40,
    // What keeps the connection alive brings what waits.
    server: { host: "server.example", username: TOKEN, keep_alive: 570 },
  });
  assert.deepEqual(asked(), ['AT+CPSMS=0;+CEDRXS=1,4,"0011";+CEDRXS=1,5,"0011"']);
  assert.equal(modem.state.edrx_s, CYCLE_MS / 1000);
  for (const after_s of [0, 7, 23]) {
    // Some packets, and then the network lets go.
    await run(60 + after_s);
    assert.equal(modem.state.activity, "asleep");
    const wait_ms = CYCLE_MS - (clock.now() % CYCLE_MS);
    const took_ms = await call_ms();
    assert.ok(took_ms > wait_ms - 1000 && took_ms < wait_ms + 3000, `${took_ms} ms, ${wait_ms} to wait`);
    assert.ok((await call_ms()) < 3000, "while the radio is up");
  }
  assert.equal(status().state, "online");
});

test("an hour of it: no connection is lost, all fixes arrive", async (t) => {
  const { run, connections, thingsboard, modem, lines } = await online(t, { edrx_s: 2621 });
  assert.equal(modem.state.edrx_s, 2621.44);
  await run(3600);
  assert.equal(connections.made, 1, lines.join("\n"));
  assert.equal(thingsboard.telemetry("tracker", "Latitude").length, 7);
});

test("a network that refuses it: all goes on, and calls do not wait", async (t) => {
  const { run, modem, call_ms, connections } = await online(
    t,
    { edrx_s: 40 },
    { edrx: { granted: "refused" } },
  );
  assert.equal(modem.state.edrx_s, undefined);
  await run(60);
  assert.ok((await call_ms()) < 3000);
  assert.equal(connections.made, 1);
});

test("from afar: the modem is told at once, and again when none is wanted", async (t) => {
  const { run, modem, asked, told, thingsboard, lines } = await online(t, {});
  assert.deepEqual(asked(), ["AT+CPSMS=0;+CEDRXS=0"]);
  thingsboard.share("tracker", { edrx_s: 20 });
  await run(60);
  assert.equal(asked().at(-1), 'AT+CPSMS=0;+CEDRXS=1,4,"0010";+CEDRXS=1,5,"0010"');
  assert.equal(modem.state.edrx_s, 20.48);
  assert.equal(told().settings.edrx_s, 20);
  assert.ok(lines.includes("settings: hold"));
  // What asks for it is heard late.
  thingsboard.share("tracker", { edrx_s: 0 });
  await run(60);
  assert.equal(asked().length, 3);
  assert.equal(modem.state.edrx_s, undefined);
});

test("from afar, and the server is not reached with it: undone, and told", async (t) => {
  const { run, modem, told, thingsboard, connections, asked, status } = await online(t, {});
  thingsboard.share("tracker", { edrx_s: 20 });
  for (let s = 0; s < 20 && asked().length < 2; s++) await run(1);
  assert.equal(asked().length, 2);
  connections.answered = false;
  await run(660);
  connections.answered = true;
  await run(200);
  assert.equal(status().state, "online");
  assert.equal(modem.state.edrx_s, undefined);
  assert.equal(asked().at(-1), "AT+CPSMS=0;+CEDRXS=0");
  assert.deepEqual(told().settings_refused, { edrx_s: "server not reached" });
});

test("what it cannot be is refused, by cable and from afar", async (t) => {
  const { run, told, thingsboard, asked } = await online(t, {});
  for (const edrx_s of [2622, -1, 20.5, "often"]) {
    thingsboard.share("tracker", { edrx_s });
    await run(30);
    assert.deepEqual(told().settings_refused, { edrx_s: "must be whole, 0 to 2621" }, `${edrx_s}`);
  }
  assert.equal(asked().length, 1);
  const { lines } = await online(t, { edrx_s: 2622 });
  assert.ok(lines.includes("tb.json: edrx_s: must be whole, 0 to 2621"), lines.join("\n"));
});

test("with `power` save it is off, as in PSM nothing is heard anyway", async (t) => {
  const { asked, modem } = await online(t, { edrx_s: 20, power: "save", interval_s: 3600 });
  assert.match(asked()[0] ?? "", /^AT\+CPSMS=1,.*;\+CEDRXS=0$/);
  assert.equal(modem.state.edrx_s, undefined);
});
