import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readFixes } from "../../../scripts/simulator/gnss-log.ts";
import { createTape } from "../../../scripts/simulator/gnss-tape.ts";
import { NOW, ready } from "./rig.ts";
import { sentence, shortLog } from "./short-log.ts";

const quick = { log: shortLog, coldStart_ms: 0, busyAfterBoot_ms: 0 };

test("errors: 505 off, 504 on, 501 wrong, 503 right after boot", async () => {
  const made = await ready({ gnss: { log: shortLog } });
  assert.match(await made.at("AT+QGPSLOC=2"), /\+CME ERROR: 505/);
  assert.match(await made.at("AT+QGPSEND"), /\+CME ERROR: 505/);
  assert.match(await made.at("AT+QGPS=1,999"), /\+CME ERROR: 501/);
  await made.run(1000);
  assert.match(await made.at("AT+QGPS=1,30,50,0,1"), /OK/);
  assert.match(await made.at("AT+QGPS=1"), /\+CME ERROR: 504/);
  assert.match(await made.at("AT+QGPS?"), /\+QGPS: 1/);
  assert.match(await made.at("AT+QGPSEND"), /OK/);
  await made.at("AT+CFUN=1,1");
  await made.run(5600);
  assert.match(await made.at("AT+QGPS=1"), /\+CME ERROR: 503/);
  await made.run(1000);
  assert.match(await made.at("AT+QGPS=1"), /OK/);
});

for (const [name, body] of [
  ["RMC alone", "GPRMC,061949.00,A,3150.7228,N,11711.9292,E,0.0,0.0,110513,,,A"],
  ["GLL alone", "GPGLL,3150.7228,N,11711.9292,E,061949.00,A,A"],
  ["00 satellites", "GPGGA,061949.00,3150.7228,N,11711.9292,E,1,00,0.7,62.2,M,0.0,M,,"],
] as const)
  test(`a log with ${name}: the engine has as many satellites as a place takes`, async () => {
    const made = await ready({ gnss: { ...quick, log: sentence(body) } });
    await made.at("AT+QGPS=1", 10);
    assert.match(await made.at("AT+QGPSLOC=2", 10), /QGPSLOC: .*,31\.84538,117\.19882,.*,03\r/);
  });

test("BG95 takes accuracy, count and rate", async () => {
  const made = await ready({ model: "BG95", gnss: quick });
  assert.match(await made.at("AT+QGPS=1,30,50,0,1"), /\+CME ERROR: 501/);
  assert.match(await made.at("AT+QGPS=1,3,0,1"), /OK/);
});

test("a new epoch each second; the tape loops, and its time goes on", async () => {
  const made = await ready({ gnss: quick });
  await made.at("AT+QGPS=1", 10);
  assert.match(await made.at("AT+QGPSLOC=2", 10), /QGPSLOC: 061949\.0,31\.84538,/);
  await made.run(1000);
  assert.match(await made.at("AT+QGPSLOC=2", 10), /QGPSLOC: 061950\.0,/);
  await made.run(2000);
  assert.match(
    await made.at("AT+QGPSLOC=2", 10),
    /QGPSLOC: 061952\.0,-34\.88583,-56\.16666,.*,277\.30,18\.5,10\.0,110513,09/,
  );
  await made.run(1000);
  assert.match(await made.at("AT+QGPSLOC=2", 10), /QGPSLOC: 061953\.0,31\.84538,/);
});

test("the forms of modes 0 and 1, three decimals on EC2x", async () => {
  const made = await ready({ gnss: quick });
  await made.at("AT+QGPS=1", 10);
  await made.run(3000);
  assert.match(await made.at("AT+QGPSLOC=0", 10), /: 061952\.0,3453\.1500S,05609\.9996W,0\.7,/);
  assert.match(await made.at("AT+QGPSLOC?", 10), /,3453\.1500S,05609\.9996W,/);
  assert.match(await made.at("AT+QGPSLOC=1", 10), /,3453\.150000S,05609\.999600W,/);
  const ec = await ready({ model: "EC25", gnss: { ...quick, course: "decimal" } });
  await ec.at("AT+QGPS=1", 10);
  await ec.run(3000);
  assert.match(await ec.at("AT+QGPSLOC=1", 10), /: 061952\.000,3453\.150000,S,05609\.999600,W,.*,277\.50,/);
});

test("sentences: 507 until nmeasrc, then the epoch's own", async () => {
  const made = await ready({ gnss: quick });
  await made.at("AT+QGPS=1", 10);
  assert.match(await made.at('AT+QGPSGNMEA="RMC"'), /\+CME ERROR: 507/);
  await made.at('AT+QGPSCFG="nmeasrc",1');
  const expected = sentence("GPRMC,061949.00,A,3150.7228,N,11711.9292,E,0.0,0.0,110513,,,A");
  assert.equal(await made.at('AT+QGPSGNMEA="RMC"'), `\r\n+QGPSGNMEA: ${expected}\r\nOK\r\n`);
});

test("time now: the drive happens today", async () => {
  const made = await ready({ gnss: { ...quick, time: "now" } });
  await made.at("AT+QGPS=1", 10);
  await made.run(2000);
  assert.equal(made.modem.state.gnss.fix?.time_ms, NOW + 2000);
});

test("no sky: 516 for ever; no receiver: ERROR", async () => {
  const made = await ready({ gnss: { busyAfterBoot_ms: 0 } });
  await made.at("AT+QGPS=1");
  await made.run(600_000);
  assert.match(await made.at("AT+QGPSLOC=2"), /\+CME ERROR: 516/);
  const deaf = await ready({ gnss: { receiver: false } });
  assert.equal(await deaf.at("AT+QGPS=1"), "\r\nERROR\r\n");
});

test("BG95: one receiver. GNSS first stops the data; LTE first stops the fix, and the satellites are found anew", async () => {
  const made = await ready({ model: "BG95", gnss: quick });
  await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300);
  await made.at("AT+QGPS=1");
  made.peers[0]?.write("held");
  await made.run(2000);
  assert.equal(made.heard(), "");
  assert.match(await made.at("AT+QGPSLOC=2"), /\+QGPSLOC: /);
  await made.at('AT+QGPSCFG="priority",1,0');
  assert.match(await made.at('AT+QGPSCFG="priority"'), /"priority",1,4/);
  await made.run(1000);
  assert.match(made.heard(), /"recv",0,4/);
  await made.run(60_000);
  assert.match(await made.at("AT+QGPSLOC=2"), /\+CME ERROR: 516/, "idle, but without eDRX");
  await made.at('AT+QGPSCFG="priority",0,0');
  assert.match(await made.at("AT+QGPSLOC=2"), /\+CME ERROR: 516/);
  await made.run(1000);
  assert.match(await made.at("AT+QGPSLOC=2"), /\+QGPSLOC: /);
});

test("BG95: LTE first with eDRX, a fix once the radio connection is released", async () => {
  const made = await ready({ model: "BG95", gnss: quick });
  await made.at('AT+CEDRXS=1,4,"0010"');
  await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300);
  await made.at("AT+QGPS=1");
  await made.at('AT+QGPSCFG="priority",1,0');
  await made.at("AT+QISEND=0,2");
  made.modem.receive("hi");
  await made.run(9000);
  assert.match(await made.at("AT+QGPSLOC=2"), /\+CME ERROR: 516/);
  await made.run(2000);
  await made.at("AT+QGPSLOC=2", 1100);
  assert.match(await made.at("AT+QGPSLOC=2"), /\+QGPSLOC: /);
});

test("BG95: while GNSS has the receiver no network is found, no context activated, nothing opened", async () => {
  const made = await ready({ model: "BG95", gnss: quick });
  await made.at("AT+QIDEACT=1", 500);
  await made.at("AT+QGPS=1");
  assert.equal(await made.at("AT+QIACT=1", 140_000), "");
  assert.equal(await made.at("AT", 1000), "", "it blocks the port");
  await made.run(10_000);
  assert.match(made.heard(), /ERROR/);
  await made.at('AT+QGPSCFG="priority",1,0');
  assert.match(await made.at("AT+QIACT=1", 1000), /OK/);
  await made.at('AT+QGPSCFG="priority",0,0');
  assert.equal(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 5000), "\r\nOK\r\n");
  await made.at('AT+QGPSCFG="priority",1,0');
  await made.run(500);
  assert.match(made.heard(), /\+QIOPEN: 0,0/);
  await made.at('AT+QGPSCFG="priority",0,0');
  made.modem.receive("AT+COPS=0\r");
  await made.run(20_000);
  assert.equal(made.modem.state.registered, false);
  await made.at("AT+QGPSEND");
  await made.run(4000);
  assert.equal(made.modem.state.registered, true);
});

test("BG95: the priority is kept if that is asked for; a BG96 has none", async () => {
  const made = await ready({ model: "BG95" });
  const priority = async (): Promise<string | undefined> =>
    /priority",(.)/.exec(await made.at('AT+QGPSCFG="priority"'))?.[1];
  for (const [told, kept] of [
    ["1,0", "0"],
    ["1", "1"],
    ["0,1", "0"],
    ["1,1", "1"],
  ] as const) {
    await made.at(`AT+QGPSCFG="priority",${told}`);
    await made.at("AT+CFUN=1,1");
    await made.run(12_000);
    assert.equal(await priority(), kept, told);
  }
  assert.match(await made.at('AT+QGPSCFG="priority",2'), /ERROR/);
  const other = await ready();
  assert.match(await other.at('AT+QGPSCFG="priority",1,0'), /ERROR/);
});

for (const name of ["berlin-alexanderplatz-to-charlottenburg", "montevideo-rambla-to-pocitos"]) {
  test(`track ${name}: 10 to 15 minutes at 1 Hz, every sentence valid, no jump`, () => {
    const url = new URL(`../../../scripts/simulator/tracks/${name}.nmea`, import.meta.url);
    const log = readFileSync(url, "latin1");
    for (const line of log.trimEnd().split("\r\n"))
      assert.equal(`${line}\r\n`, sentence(line.slice(1, line.indexOf("*"))));
    const fixes = readFixes(log);
    const tape = createTape(log);
    assert.equal(tape.length_ms, fixes.length * 1000);
    assert.ok(fixes.length >= 600 && fixes.length <= 900, `${fixes.length} s`);
    fixes.forEach((fix, i) => {
      const before = fixes[i - 1];
      if (!before) return;
      const north_m = (fix.latitude - before.latitude) * 111_195;
      const east_m = (fix.longitude - before.longitude) * 111_195 * Math.cos((fix.latitude * Math.PI) / 180);
      const moved_m = Math.hypot(north_m, east_m);
      const said_m = ((fix.speed_kmh ?? Number.NaN) + (before.speed_kmh ?? Number.NaN)) / 2 / 3.6;
      assert.ok(Math.abs(moved_m - said_m) < 2, `second ${i}: moved ${moved_m} m, speed says ${said_m} m`);
      assert.ok((fix.satellites ?? 0) >= 4 && (fix.hdop ?? 99) < 5);
    });
  });
}
