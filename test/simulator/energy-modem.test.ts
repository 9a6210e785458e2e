/** What the meter hears of a modem while it is switched and used. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { HEADER_BYTES, measureModem } from "../../scripts/simulator/energy/modem.ts";
import { TRACK } from "../blob/peers.ts";
import { type Rig, ready, rig } from "./modem/rig.ts";

/** `take`: what it told since, each change once. */
function heard({ modem }: Rig) {
  const states = { module: "", engine: "" };
  let told: string[] = [];
  let air = { up: 0, down: 0 };
  const note = (part: "module" | "engine", state: string): void => {
    if (states[part] !== state) told.push(state);
    states[part] = state;
  };
  measureModem(modem, {
    module: (state) => note("module", state),
    engine: (state) => note("engine", state),
    air(up, down) {
      air = { up: air.up + up, down: air.down + down };
    },
  });
  return {
    take() {
      const taken = told;
      told = [];
      return taken;
    },
    takeAir() {
      const taken = air;
      air = { up: 0, down: 0 };
      return taken;
    },
  };
}

test("from no supply to a network and off again", async () => {
  const made = rig({ powered: false });
  const { modem, run } = made;
  const { take } = heard(made);
  assert.deepEqual(take(), ["unpowered", "off"]);
  modem.power(true);
  await run(100);
  assert.deepEqual(take(), ["off"]);
  modem.pwrkey(0);
  await run(600);
  modem.pwrkey(1);
  assert.deepEqual(take(), ["booting"]);
  await run(10_000);
  // It has to make itself known to the network.
  assert.deepEqual(take(), ["idle", "searching", "connected", "idle"]);
  modem.receive("AT+QPOWD\r");
  await run(5000);
  assert.deepEqual(take(), ["off"], "the 2 s until then are not looked at");
  modem.power(false);
  assert.deepEqual(take(), ["unpowered"]);
  modem.dispose();
});

test("asleep only with AT+QSCLK and DTR, and not while GNSS is on; without radio, with eDRX", async () => {
  const made = await ready({ gnss: { log: readFileSync(TRACK, "latin1") } });
  const { modem, at, run } = made;
  const { take } = heard(made);
  take();
  await at("AT+QSCLK=1");
  assert.deepEqual(take(), []);
  modem.dtr(1);
  assert.deepEqual(take(), ["asleep"]);
  modem.dtr(0);
  assert.deepEqual(take(), ["idle"]);
  await run(100);
  await at("AT+QGPS=1");
  assert.deepEqual(take(), ["searching"]);
  modem.dtr(1);
  await run(8000);
  assert.deepEqual(take(), ["tracking"]);
  modem.dtr(0);
  await run(100);
  await at("AT+QGPSEND");
  await at('AT+CEDRXS=1,4,"0010"', 3000);
  take();
  modem.dtr(1);
  assert.deepEqual(take(), ["asleep, eDRX"]);
  modem.dtr(0);
  await run(100);
  await at("AT+CFUN=0", 1000);
  modem.dtr(1);
  assert.deepEqual(take(), ["idle", "asleep without radio"]);
  modem.dispose();
});

test("data keeps the radio connection for 10 s after the last of it", async () => {
  const made = await ready();
  const { modem, peers, at, run } = made;
  const { take, takeAir } = heard(made);
  take();
  await at('AT+QIOPEN=1,0,"TCP","h",1,0,0', 1000);
  assert.deepEqual(take(), ["connected"]);
  assert.deepEqual(takeAir(), { up: HEADER_BYTES, down: HEADER_BYTES });
  await run(8000);
  await at("AT+QISEND=0,5");
  modem.receive("hello");
  await run(8000);
  assert.deepEqual(take(), [], "still");
  assert.deepEqual(takeAir(), { up: 5 + HEADER_BYTES, down: HEADER_BYTES });
  await run(2500);
  assert.deepEqual(take(), ["idle"]);
  peers[0]?.write("welcome");
  await run(100);
  assert.deepEqual(take(), ["connected"]);
  assert.deepEqual(takeAir(), { up: HEADER_BYTES, down: 7 + HEADER_BYTES });
  modem.inject.psm();
  assert.deepEqual(take(), ["psm"]);
  modem.dispose();
});

test("without coverage it searches, and says so again when it is back", async () => {
  const made = await ready();
  const { modem, run } = made;
  const { take } = heard(made);
  take();
  modem.inject.hole(20_000);
  await run(5000);
  assert.deepEqual(take(), ["searching"]);
  await run(20_000);
  assert.deepEqual(take(), ["connected", "idle"], "a tracking area update");
  modem.dispose();
});
