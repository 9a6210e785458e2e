/** Faults seen on real modems and networks that the look-alike was too kind to have. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Faults, ODD_LOCATIONS, WEEKS_1024_MS } from "../../../scripts/simulator/modem/faults.ts";
import { opened, ready } from "./rig.ts";
import { shortLog } from "./short-log.ts";

const faulty = (faults: Partial<Faults>) => ready({ faults });
const OPEN = 'AT+QIOPEN=1,0,"TCP","h",1';

async function newContext(made: Awaited<ReturnType<typeof ready>>): Promise<void> {
  assert.match(await made.at("AT+QIDEACT=1", 500), /OK/);
  await made.at('AT+QICSGP=1,1,"iot"');
  assert.match(await made.at("AT+QIACT=1", 1000), /OK/);
}

for (const error of [565, 566])
  test(`contextOpenError ${error}: until a new PDP context`, async () => {
    const made = await faulty({ contextOpenError: error });
    for (let i = 0; i < 3; i++) {
      assert.equal(await made.at(OPEN, 300), `\r\nOK\r\n\r\n+QIOPEN: 0,${error}\r\n`);
      await made.at("AT+QICLOSE=0", 300);
    }
    assert.match(await made.at("AT+QIGETERROR"), new RegExp(`: ${error}, `));
    assert.deepEqual(made.targets, [], "nothing got to a server");
    await newContext(made);
    assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,0/);
  });

test("contextOpenError 569 takes the time of an open that nobody answers", async () => {
  const made = await faulty({ contextOpenError: 569 });
  assert.equal(await made.at(OPEN, 74_000), "\r\nOK\r\n");
  await made.run(2000);
  assert.equal(made.heard(), "\r\n+QIOPEN: 0,569\r\n");
});

test("openError: whatever is done, as long as it is set", async () => {
  const made = await faulty({ openError: 566 });
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,566/);
  await newContext(made);
  await made.at("AT+QICLOSE=0", 300);
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,566/);
  made.modem.faults.openError = 0;
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,563/, "a failed open keeps its id until it is closed");
  await made.at("AT+QICLOSE=0", 300);
  assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,0/);
});

test("contextLife_s: each context is lost so long after its activation", async () => {
  const made = await faulty({ contextLife_s: 25 });
  for (let i = 0; i < 2; i++) {
    await newContext(made);
    made.heard();
    await made.run(23_000);
    assert.equal(made.heard(), "");
    await made.run(2000);
    assert.equal(made.heard(), '\r\n+QIURC: "pdpdeact",1\r\n');
  }
});

test("blocking: neither the command nor what follows is answered, until it is over", async () => {
  const made = await faulty({ blocking: new Set(["+QIDEACT"]) });
  assert.equal(await made.at("AT+QIDEACT=1", 60_000), "");
  assert.equal(await made.at("AT+CSQ", 60_000), "");
  made.modem.faults.blocking = new Set();
  await made.run(1000);
  assert.equal(made.heard(), "\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
});

test("blocking ends with a reset", async () => {
  const made = await faulty({ blocking: new Set(["+QIDEACT"]) });
  await made.at("AT+QIDEACT=1", 1000);
  made.modem.inject.reset();
  await made.run(12_000);
  assert.match(await made.at("AT"), /OK/);
});

test("downlink_ms: bytes come late and in order, and the close after them", async () => {
  const made = await faulty({ downlink_ms: 400 });
  const peer = await opened(made);
  made.heard();
  peer.write("first");
  await made.run(200);
  peer.write(" second");
  await made.run(190);
  assert.equal(made.heard(), "");
  await made.run(20);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n');
  assert.match(await made.at("AT+QIRD=0,1500"), /\+QIRD: 5\r\nfirst\r\n/);
  made.modem.faults.downlink_ms = 0;
  peer.end("!");
  await made.run(50);
  assert.equal(made.heard(), "", "what is on its way is not overtaken");
  await made.run(300);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n\r\n+QIURC: "closed",0\r\n');
  assert.match(await made.at("AT+QIRD=0,1500"), /\+QIRD: 8\r\n second!\r\n/);
});

test("lateUrc_ms: the data can be read before they are told of", async () => {
  const made = await faulty({ lateUrc_ms: 400 });
  const peer = await opened(made);
  made.heard();
  peer.write("data");
  await made.run(100);
  assert.match(await made.at("AT+QIRD=0,1500", 50), /^\r\n\+QIRD: 4\r\ndata/);
  await made.run(300);
  assert.equal(made.heard(), '\r\n+QIURC: "recv",0\r\n');
  peer.end();
  await made.run(100);
  assert.equal(made.heard(), "");
  await made.run(400);
  assert.equal(made.heard(), '\r\n+QIURC: "closed",0\r\n');
});

for (const late_ms of [1500, 20_000])
  test(`lateReady_ms: registered at once, and APP RDY ${late_ms} ms after RDY`, async () => {
    const made = await faulty({ lateReady_ms: late_ms });
    made.heard();
    made.modem.inject.reset();
    await made.run(5500);
    await made.run(300);
    assert.equal(made.heard(), "\r\nRDY\r\n\r\n+CFUN: 1\r\n");
    assert.match(await made.at("ATE0"), /OK/);
    assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
    assert.match(await made.at("AT+CPIN?"), /\+CPIN: READY/);
    await newContext(made);
    assert.match(await made.at(OPEN, 300), /\+QIOPEN: 0,0/);
    if (late_ms < 5000) return;
    await made.run(late_ms);
    assert.equal(made.heard(), "\r\nAPP RDY\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n");
    assert.match(await made.at("AT+QISTATE=1,0"), /QISTATE: 0,"TCP"/, "nothing restarted");
  });

test("pinErrors: the card was busy, and did not count", async () => {
  const made = await ready({ startsOn: false, sim: { pin: "1234" }, faults: { pinErrors: [14, 13, 3] } });
  made.modem.pwrkey(0);
  await made.run(700);
  made.modem.pwrkey(1);
  await made.run(9000);
  await made.at("ATE0");
  for (const error of [14, 13, 3]) {
    assert.equal(await made.at('AT+CPIN="1234"'), `\r\n+CME ERROR: ${error}\r\n`);
    assert.match(await made.at('AT+QPINC="SC"'), /"SC",3,10/);
    assert.match(await made.at("AT+CPIN?"), /SIM PIN/);
  }
  assert.match(await made.at('AT+CPIN="1234"', 200), /OK\r\n\r\n\+CPIN: READY/);
});

test("clockError: the rest of its line is not run, +QLTS alone is", async () => {
  const made = await faulty({ clockError: true });
  assert.equal(await made.at("AT+CCLK?;+QLTS=1"), "\r\n+CME ERROR: 3\r\n");
  assert.match(await made.at("AT+QLTS=1"), /\+QLTS: "2026\/05\/17,09:30:0.\+08,0"/);
});

test("localClock and noNetworkTime: local time with its zone, and no other", async () => {
  const made = await ready({ model: "EC25", faults: { localClock: true, noNetworkTime: true } });
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "26\/05\/17,11:30:0.\+08"/);
  assert.match(await made.at("AT+QLTS=1"), /\+QLTS: ""/);
});

test("networkTimeOff_ms: QLTS and the clock that it set", async () => {
  const years_ms = 20 * 365.25 * 86_400_000;
  const made = await faulty({ networkTimeOff_ms: -years_ms });
  assert.match(await made.at("AT+QLTS=1"), /\+QLTS: "2006\/05\/17,/);
  await made.at("AT+CTZU=1");
  await made.at("AT+CFUN=4;+CFUN=1", 5000);
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "06\/05\/17,/);
});

const located = async (faults: Partial<Faults>) => {
  const made = await ready({ faults, gnss: { log: shortLog, coldStart_ms: 0, busyAfterBoot_ms: 0 } });
  await made.at("AT+QGPS=1", 10);
  return made;
};

test("location: fields as odd as real ones, the others as they are", async () => {
  const expected: Record<keyof typeof ODD_LOCATIONS, string> = {
    letters: "31.84538,117.19882,a.b,nan,3,x,inf,inf,110513,zz",
    empty: "31.84538,117.19882,,,3,,,,110513,",
    poor: "31.84538,117.19882,500.0,62.2,3,0.00,0.0,0.0,110513,02",
    nowhere: "0.00000,0.00000,0.7,62.2,3,0.00,0.0,0.0,110513,00",
  };
  const made = await located({});
  for (const [name, fields] of Object.entries(expected)) {
    made.modem.faults.location = ODD_LOCATIONS[name as keyof typeof ODD_LOCATIONS];
    const answer = await made.at("AT+QGPSLOC=2", 10);
    assert.ok(answer.includes(`0,${fields}\r\n`), `${name}: ${answer}`);
  }
});

test("gnssTimeOff_ms: the date that the receiver says; gnssTimeOffFixes: for so many fixes", async () => {
  const made = await located({ gnssTimeOff_ms: -WEEKS_1024_MS, gnssTimeOffFixes: 2 });
  for (const date of ["250993", "250993", "110513"])
    assert.match(await made.at("AT+QGPSLOC=2", 10), new RegExp(`,${date},09\r\n`));
});
