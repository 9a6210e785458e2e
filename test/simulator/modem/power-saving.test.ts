/** PSM, eDRX and QSCLK: BG96 PSM Application Note V1.0 (PSM), BG96 AT Commands Manual V2.2 (AT). */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeterEvent, ModemEvent } from "../../../scripts/simulator/modem/events.ts";
import { opened, press, type Rig, ready, rig } from "./rig.ts";
import { shortLog } from "./short-log.ts";

/** T3412 40 min, T3324 30 s: the example of PSM 3.1. */
const ASKED = '"00000100","00001111"';
const SLEPT = "\r\nPSM POWER DOWN\r\n";

/** It sleeps, a while after it was asked to. */
async function asleep(made: Rig): Promise<void> {
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(33_000);
  assert.equal(made.modem.state.power, "psm");
  made.heard();
}

test("PSM: the active time counts from the release of the radio connection, and commands do not prolong it", async () => {
  const made = await ready();
  await made.at('AT+QCFG="psm/urc",1');
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(900);
  assert.equal(made.heard(), "");
  await made.run(200);
  assert.equal(made.heard(), "\r\n+QPSMTIMER: 2400,30\r\n");
  await made.run(20_000);
  assert.match(await made.at("AT"), /OK/);
  await made.run(8000);
  assert.equal(made.heard(), "");
  await made.run(3000);
  assert.equal(made.heard(), SLEPT);
  assert.equal(await made.at("AT"), "");
  assert.equal(made.modem.state.status, 0);
});

test("PSM: data begin the active time anew, from the end of the radio connection they needed", async () => {
  const made = await ready();
  const peer = await opened(made);
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(25_000);
  peer.write("wake");
  await made.run(39_000);
  assert.equal(made.modem.state.power, "running");
  await made.run(3000);
  assert.equal(made.modem.state.power, "psm");
  assert.deepEqual(made.modem.state.sockets, []);
});

test("PSM: PWRKEY wakes it, as a fresh boot that finds its network at once", async () => {
  const made = await ready();
  await asleep(made);
  await press(made, 600);
  await made.run(4400);
  assert.equal(made.heard(), "\r\nRDY\r\n");
  assert.match(await made.at("AT"), /AT\r\r\nOK/, "the echo is back");
  await made.run(1000);
  assert.equal(made.modem.state.registered, false);
  await made.run(1000);
  assert.equal(made.modem.state.registered, true, "no search");
  assert.deepEqual(made.modem.state.contexts, []);
  assert.match(await made.at(`AT+CPSMS?`), /\+CPSMS: 1,,,"00000100","00001111"/);
});

test("PSM: T3412 wakes it, three seconds early, counted from the release; then it sleeps again", async () => {
  const events: ModemEvent[] = [];
  const made = await ready();
  made.modem.onEvent = (event) => events.push(event);
  await asleep(made);
  const slept = events.find(({ what }) => what === "psm");
  assert.ok(slept?.what === "psm" && slept.sleep_s && slept.sleep_s > 2365 && slept.sleep_s <= 2367);
  await made.run(2_360_000);
  assert.equal(made.modem.state.power, "psm");
  await made.run(10_000);
  assert.match(made.heard(), /RDY/);
  assert.deepEqual(
    events.filter(({ what }) => what === "woken"),
    [{ what: "woken", by: "timer" }],
  );
  await made.run(40_000);
  assert.equal(made.modem.state.power, "psm");
});

test("PSM switched off in the active time leaves it awake", async () => {
  const made = await ready();
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(20_000);
  await made.at("AT+CPSMS=0");
  await made.run(60_000);
  assert.equal(made.modem.state.power, "running");
  assert.match(await made.at("AT+QPSMS?"), /\+QPSMS: 0,,,,/);
});

test("PSM: granted as the network likes, told in seconds, and anew at each update", async () => {
  const made = await ready({ psm: { granted: { tau_s: 86_400, active_s: 2 } } });
  await made.at(`AT+QPSMS=1,,,${ASKED}`);
  assert.match(await made.at("AT+QPSMS?"), /\+QPSMS: 1,,,"86400","2"/);
  await made.run(5000);
  assert.equal(made.modem.state.power, "psm");
  made.modem.faults.psmGrant = "refused";
  await press(made, 600);
  await made.run(60_000);
  assert.equal(made.modem.state.power, "running");
  assert.match(await made.at("AT+QPSMS?"), /\+QPSMS: 1,,,,/);
});

test("an EC21 is granted no PSM, however it asks", async () => {
  const made = await ready({ model: "EC21" });
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(60_000);
  assert.match(await made.at("AT+QPSMS?"), /\+QPSMS: 1,,,,/);
  assert.equal(made.modem.state.power, "running");
});

test("PSM: an update of an idle module may end it, too", async () => {
  const made = await ready({ psm: { granted: { tau_s: 100, active_s: 90 } } });
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(80_000);
  assert.match(await made.at("AT+QPSMS?"), /"100","90"/);
  made.modem.faults.psmGrant = "refused";
  await made.run(30_000);
  assert.match(await made.at("AT+QPSMS?"), /\+QPSMS: 1,,,,/);
});

test("PSM shorter than QPSMCFG's threshold is none", async () => {
  const made = await ready();
  assert.match(await made.at("AT+QPSMCFG?"), /\+QPSMCFG: 60,4/);
  assert.match(await made.at("AT+QPSMCFG=59"), /ERROR/);
  assert.match(await made.at("AT+QPSMCFG=2371"), /OK/);
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(60_000);
  assert.equal(made.modem.state.power, "running");
  assert.match(await made.at("AT+QPSMCFG=2370"), /OK/);
  assert.match(await made.at("AT+QPSMCFG?"), /\+QPSMCFG: 2370,4/);
  await made.run(2000);
  assert.equal(made.modem.state.power, "psm");
});

test("PSM at once with psm/enter; the GNSS engine holds it off", async () => {
  const made = await ready({ gnss: { log: shortLog } });
  await made.at('AT+QCFG="psm/enter",1');
  await made.run(1000);
  await made.at("AT+QGPS=1");
  await made.at(`AT+CPSMS=1,,,${ASKED}`);
  await made.run(60_000);
  assert.equal(made.modem.state.power, "running");
  await made.at("AT+QGPSEND");
  await made.run(1000);
  assert.equal(made.modem.state.power, "psm");
});

test("PSM out of service: by the settings that allow it alone", async () => {
  const made = await ready();
  assert.match(await made.at("AT+QPSMEXTCFG?"), /\+QPSMEXTCFG: 14,2,120,5,120,3/);
  await made.at("AT+QPSMEXTCFG=14,2,300");
  assert.match(await made.at("AT+QPSMEXTCFG?"), /\+QPSMEXTCFG: 14,2,300,5,120,3/);
  await made.at('AT+CPSMS=1,,,"00000100","11100000"');
  made.modem.faults.coverageHole = true;
  await made.run(200_000);
  assert.equal(made.modem.state.activity, "searching");
  await made.at("AT+QPSMCFG=60,5");
  await made.run(2000);
  assert.equal(made.modem.state.power, "psm");
  await made.run(306_000);
  assert.equal(made.modem.state.power, "running");
});

test("a manual's POWER DOWN, and none at all", async () => {
  for (const [lastWords, heard] of [
    ["POWER DOWN", "\r\nPOWER DOWN\r\n"],
    ["", ""],
  ] as const) {
    const made = await ready({ psm: { lastWords } });
    await made.at(`AT+CPSMS=1,,,${ASKED}`);
    await made.run(33_000);
    assert.equal(made.heard(), heard);
    assert.equal(made.modem.state.power, "psm");
  }
});

test("QSCLK=1 with DTR high: deaf, but not mute; and the first bytes after DTR is low are lost", async () => {
  const made = await ready();
  const peer = await opened(made);
  await made.at("AT+QSCLK=1");
  made.modem.dtr(1);
  assert.equal(await made.at("AT"), "");
  peer.write("hello");
  await made.run(50);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n');
  made.modem.dtr(0);
  assert.equal(await made.at("AT", 60), "");
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
  made.modem.dtr(1);
  await made.at("AT+QSCLK=0", 60);
  assert.equal(made.modem.state.power, "running");
  assert.equal(await made.at("AT+QSCLK?"), "");
});

test("without QSCLK, DTR means nothing", async () => {
  const made = await ready();
  made.modem.dtr(1);
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
  assert.equal(made.modem.state.activity, "idle");
});

test("the meter is told each activity, once", async () => {
  const events: MeterEvent[] = [];
  const made = rig();
  made.modem.onMeter = (event) => events.push(event);
  const told = () => events.splice(0).map((event) => (event.what === "activity" ? event.activity : event));
  await press(made, 600);
  await made.run(12_000);
  assert.deepEqual(told(), ["booting", "idle", "searching", "connected", "idle"]);
  await made.at("ATE0");
  await made.at('AT+QICSGP=1,1,"internet"');
  await made.at("AT+QIACT=1", 1000);
  const peer = await opened(made);
  peer.write("hello");
  await made.run(50);
  assert.deepEqual(told(), [
    "connected",
    { what: "traffic", sent: 0, received: 0 },
    { what: "traffic", sent: 0, received: 5 },
  ]);
  await made.at("AT+QSCLK=1");
  made.modem.dtr(1);
  await made.run(11_000);
  assert.deepEqual(told(), ["asleep"]);
  made.modem.dtr(0);
  await made.run(100);
  await made.at("AT+QPOWD=1", 5000);
  assert.deepEqual(told(), ["idle", "off"]);
});

test("eDRX: kept over power-off, told as granted, and what was granted is read", async () => {
  const made = await ready({ edrx: { granted: "0011" } });
  assert.match(await made.at("AT+CEDRXRDP"), /\+CEDRXRDP: 0/);
  assert.equal(await made.at('AT+CEDRXS=2,4,"0010"'), '\r\nOK\r\n\r\n+CEDRXP: 4,"0010","0011","0011"\r\n');
  assert.match(await made.at("AT+CEDRXRDP"), /\+CEDRXRDP: 4,"0010","0011","0011"/);
  assert.equal(made.modem.state.edrx_s, 40.96);
  await made.at("AT+CFUN=1,1");
  await made.run(12_000);
  assert.match(made.heard(), /\+CEDRXP: 4,"0010","0011","0011"/);
  await made.at("AT+CEDRXS=0");
  assert.match(await made.at("AT+CEDRXRDP"), /\+CEDRXRDP: 0/);
  assert.equal(made.modem.state.edrx_s, undefined);
});

test("eDRX refused", async () => {
  const made = await ready({ edrx: { granted: "refused" } });
  assert.equal(await made.at('AT+CEDRXS=2,4,"0010"'), "\r\nOK\r\n");
  assert.match(await made.at("AT+CEDRXRDP"), /\+CEDRXRDP: 0/);
});

test("eDRX is set for each kind of network by itself; the network asks for its own", async () => {
  const made = await ready();
  await made.at('AT+CEDRXS=1,4,"0011";+CEDRXS=1,5,"0101"');
  assert.match(await made.at("AT+CEDRXS?"), /\+CEDRXS: 4,"0011"\r\n\+CEDRXS: 5,"0101"\r\n/);
  assert.equal(made.modem.state.edrx_s, 40.96);
  await made.at("AT+CEDRXS=0,4");
  assert.equal(made.modem.state.edrx_s, undefined);
  assert.doesNotMatch(await made.at("AT+CEDRXS?"), /\+CEDRXS: 4/);
  assert.match(await made.at("AT+CEDRXS=0"), /OK/);
  assert.equal(await made.at("AT+CEDRXS?"), "\r\nOK\r\n");
  assert.match(await made.at('AT+CEDRXS=1,,"0011"'), /ERROR/);
  const narrow = await ready({ coverage: { technology: "CAT-NB" } });
  await narrow.at('AT+CEDRXS=1,4,"0011";+CEDRXS=1,5,"0101"');
  assert.equal(narrow.modem.state.edrx_s, 81.92);
  assert.match(await narrow.at("AT+CEDRXRDP"), /\+CEDRXRDP: 5,"0101","0101"/);
});

test("eDRX: asked for what it has already, the network is not bothered", async () => {
  const made = await ready();
  await made.at('AT+CEDRXS=1,4,"0010"', 3000);
  const events: MeterEvent[] = [];
  made.modem.onMeter = (event) => events.push(event);
  await made.at('AT+CEDRXS=1,4,"0010"', 3000);
  assert.deepEqual(events, []);
});

test("an EC2x does not know eDRX", async () => {
  const made = await ready({ model: "EC21" });
  assert.equal(await made.at('AT+CEDRXS=1,4,"0010"'), "\r\nERROR\r\n");
  assert.equal(await made.at("AT+CEDRXRDP"), "\r\nERROR\r\n");
});

/** Connected to a peer, with a cycle of 40.96 s, the radio released some seconds ago. `wait_ms`: until it listens. */
async function released() {
  const made = await ready({ coverage: { loseContext_ms: 120_000 } });
  await made.at('AT+CEDRXS=1,4,"0011"');
  const peer = await opened(made);
  await made.run(12_000);
  made.heard();
  return { ...made, peer, wait_ms: 40_960 - (made.now() % 40_960) };
}

test("eDRX: what comes from the server waits until the modem listens, and keeps its order; then all comes at once", async () => {
  const { peer, run, heard, at, wait_ms } = await released();
  peer.write("one");
  peer.write("two");
  await run(wait_ms - 100);
  assert.equal(heard(), "");
  await run(200);
  assert.match(heard(), /"recv"/);
  assert.match(await at("AT+QIRD=0,100"), /onetwo/);
  peer.write("three");
  await run(100);
  assert.match(heard(), /"recv"/, "over the connection that is up");
});

test("eDRX: what the modem sends brings what waits; so does the server's end after what it sent", async () => {
  const { peer, run, heard, at, modem } = await released();
  peer.write("last");
  peer.end();
  await run(1000);
  assert.equal(heard(), "");
  await at("AT+QISEND=0,2");
  modem.receive("hi");
  await run(500);
  assert.match(heard(), /"recv",?.*"closed",0/s);
  assert.match(await at("AT+QIRD=0,100"), /last/);
});

test("eDRX: what waits when the coverage goes comes when it is back", async () => {
  const { peer, run, heard, modem, wait_ms } = await released();
  peer.write("held");
  await run(100);
  modem.inject.hole(60_000);
  await run(wait_ms + 1000);
  assert.doesNotMatch(heard(), /recv/);
  await run(65_000);
  assert.match(heard(), /"recv"/);
});

test("a key that does nothing: it sleeps on, and wakes by the next press", async () => {
  const made = await ready();
  await asleep(made);
  made.modem.faults.deafKey = 1;
  await press(made, 600);
  await made.run(10_000);
  assert.equal(made.modem.state.power, "psm");
  await press(made, 600);
  await made.run(10_000);
  assert.equal(made.modem.state.power, "running");
});
