/** How long the GNSS engine takes by what it knows, and what it gets to know by XTRA: BG96 GNSS AT Commands Manual V1.1. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeterEvent } from "../../../scripts/simulator/modem/events.ts";
import { REAL_STARTS } from "../../../scripts/simulator/modem/gnss.ts";
import type { ModemOptions } from "../../../scripts/simulator/modem/options.ts";
import { xtraFile, xtraServers } from "../../../scripts/simulator/modem/xtra.ts";
import { NOW, press, type Rig, ready } from "./rig.ts";
import { shortLog } from "./short-log.ts";

const REAL = { log: shortLog, starts: REAL_STARTS };
const URL = "http://xtrapath1.izatcloud.net/xtra2.bin";

const at = (options: ModemOptions = {}): Promise<Rig> => ready({ gnss: REAL, ...options });

/** Seconds from AT+QGPS=1 to the first fix. */
async function toFix_s(made: Rig): Promise<number> {
  assert.match(await made.at("AT+QGPS=1"), /OK/);
  for (let s = 0; s < 60; s++) {
    if (made.modem.state.gnss.fix) return s;
    await made.run(1000);
  }
  return Number.POSITIVE_INFINITY;
}

async function restart(made: Rig): Promise<void> {
  await made.at("AT+QPOWD=1", 3000);
  await press(made, 600);
  await made.run(12_000);
  await made.at("ATE0");
}

async function enabled(options: ModemOptions = {}): Promise<Rig> {
  const made = await at(options);
  await made.at("AT+QGPSXTRA=1");
  await restart(made);
  return made;
}

const between = (value: number, least: number, most: number): void =>
  assert.ok(value >= least && value <= most, `${value}`);

test("cold, then hot, and warm after two hours", async () => {
  const made = await at();
  between(await toFix_s(made), 28, 35);
  await made.at("AT+QGPSEND");
  await made.run(3_600_000);
  between(await toFix_s(made), 2, 6);
  await made.at("AT+QGPSEND");
  await made.run(2.1 * 3_600_000);
  between(await toFix_s(made), 27, 33);
});

test("what it knows outlives a power-off and PSM, not VBAT; and AT+QGPSDEL=0 and 2 take it away", async () => {
  const made = await at();
  await toFix_s(made);
  await made.run(5000);
  await restart(made);
  between(await toFix_s(made), 2, 6);
  await made.at("AT+QGPSEND");
  await made.at("AT+QGPSDEL=2");
  between(await toFix_s(made), 27, 33);
  await made.run(1000);
  made.modem.power(false);
  await made.run(1000);
  made.modem.power(true);
  await made.run(1000);
  await press(made, 600);
  await made.run(7000);
  between(await toFix_s(made), 28, 35);
});

test("one that was switched off before it had a fix knows no more than before", async () => {
  const made = await at();
  await made.at("AT+QGPS=1");
  await made.run(20_000);
  await made.at("AT+QGPSEND");
  between(await toFix_s(made), 28, 35);
});

test("the meter is told when it searches, when it tracks and when it is off", async () => {
  const made = await at();
  const told: MeterEvent[] = [];
  made.modem.onMeter = (event) => event.what === "gnss" && told.push(event);
  await toFix_s(made);
  assert.equal(made.modem.state.gnss.state, "tracking");
  await made.at("AT+QGPSEND");
  assert.deepEqual(
    told.map((event) => event.what === "gnss" && event.state),
    ["searching", "tracking", "off"],
  );
});

test("XTRA: 509 until it was switched on before a start; no data; then those of the file", async () => {
  const made = await at();
  assert.match(await made.at("AT+QGPSXTRA?"), /\+QGPSXTRA: 0/);
  await made.at("AT+QGPSXTRA=1");
  assert.match(await made.at("AT+QGPSXTRADATA?"), /\+CME ERROR: 509/);
  await restart(made);
  assert.match(await made.at("AT+QGPSXTRADATA?"), /\+QGPSXTRADATA: 0,"1980\/01\/05,19:00:00"/);
  assert.match(await made.at('AT+QGPSXTRADATA="UFS:xtra2.bin"'), /\+CME ERROR: 501/);
  made.modem.files.set("xtra2.bin", "<html>");
  assert.match(await made.at('AT+QGPSXTRADATA="UFS:xtra2.bin"'), /\+CME ERROR: 513/);
  made.modem.files.set("xtra2.bin", xtraFile(NOW));
  assert.match(await made.at('AT+QGPSXTRATIME=0,"2026/05/17,09:31:00",1,1,3500'), /OK/);
  assert.match(await made.at('AT+QGPSXTRADATA="UFS:xtra2.bin"'), /OK/);
  assert.match(await made.at("AT+QGPSXTRADATA?"), /\+QGPSXTRADATA: 10080,"2026\/05\/17,09:30:00"/);
  between(await toFix_s(made), 10, 15);
  await made.at("AT+QGPSEND");
  await made.run(7 * 86_400_000);
  assert.match(await made.at("AT+QGPSXTRADATA?"), /\+QGPSXTRADATA: 0,/);
  between(await toFix_s(made), 27, 33);
});

test("XTRA without the time, or with a wrong one, helps nobody", async () => {
  const made = await enabled({ files: { "xtra2.bin": xtraFile(NOW) } });
  assert.match(await made.at('AT+QGPSXTRATIME=0,"2026/05/17 09:31:00",1,1,3500'), /\+CME ERROR: 508/);
  await made.at('AT+QGPSXTRATIME=0,"2025/05/17,09:31:00",1,1,3500');
  await made.at('AT+QGPSXTRADATA="UFS:xtra2.bin"');
  between(await toFix_s(made), 28, 35);
});

test("the module fetches the file itself, its port free meanwhile (HTTP 2.2, 2.3, 2.7)", async () => {
  const made = await enabled({ http: xtraServers(() => NOW) });
  await made.at('AT+QICSGP=1,1,"internet"');
  assert.match(await made.at("AT+QHTTPGET=60"), /\+CME ERROR: 712/);
  assert.equal(await made.at(`AT+QHTTPURL=${URL.length},30`), "\r\nCONNECT\r\n");
  made.modem.receive(URL);
  await made.run(50);
  assert.equal(made.heard(), "\r\nOK\r\n");
  assert.match(await made.at("AT+QHTTPGET=60"), /\+CME ERROR: 709/);
  await made.at("AT+QIACT=1", 1000);
  assert.equal(await made.at("AT+QHTTPGET=60"), "\r\nOK\r\n");
  assert.match(await made.at("AT"), /OK/);
  assert.match(await made.at('AT+QHTTPREADFILE="UFS:xtra2.bin",60'), /\+CME ERROR: 703/);
  await made.run(1000);
  assert.equal(made.heard(), "\r\n+QHTTPGET: 0,200,38000\r\n");
  assert.equal(await made.at('AT+QHTTPREADFILE="UFS:xtra2.bin",60'), "\r\nOK\r\n");
  await made.run(3000);
  assert.equal(made.heard(), "\r\n+QHTTPREADFILE: 0\r\n");
  assert.equal(made.modem.files.get("xtra2.bin"), xtraFile(Math.floor(NOW / 3_600_000) * 3_600_000));
});

test("no such name, no coverage: reported, within the time", async () => {
  const made = await ready();
  await made.at(`AT+QHTTPURL=${URL.length},30`);
  made.modem.receive(URL);
  await made.run(50);
  assert.equal(await made.at("AT+QHTTPGET=60", 1500), "\r\nOK\r\n\r\n+QHTTPGET: 714\r\n");
  made.modem.faults.coverageHole = true;
  await made.run(1000);
  assert.equal(await made.at("AT+QHTTPGET=20"), "\r\nOK\r\n");
  await made.run(21_000);
  assert.equal(made.heard(), "\r\n+QHTTPGET: 728\r\n");
});
