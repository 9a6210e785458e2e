import assert from "node:assert/strict";
import { test } from "node:test";
import { opened, type Rig, ready, rig } from "./rig.ts";

async function booted(options: Parameters<typeof rig>[0]) {
  const made = rig(options);
  made.modem.pwrkey(0);
  await made.run(600);
  made.modem.pwrkey(1);
  await made.run(6000);
  await made.at("ATE0");
  return made;
}

test("registration: searching, then home, told by the commands the network serves", async () => {
  const made = await booted({ coverage: { others: 4 } });
  await made.at("AT+CEREG=2");
  assert.equal(await made.at("AT+CEREG?"), "\r\n+CEREG: 2,2\r\n\r\nOK\r\n");
  assert.equal(await made.at("AT+CSQ"), "\r\n+CSQ: 99,99\r\n\r\nOK\r\n");
  await made.run(3000);
  assert.match(made.heard(), /\r\n\+CEREG: 1,"1A2B","01C3D4E5",8\r\n/);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 2,1,"1A2B","01C3D4E5",8/);
  assert.match(await made.at("AT+CGREG?"), /\+CGREG: 0,4/);
  assert.match(await made.at("AT+COPS?"), /\+COPS: 0,0,"Simnet",8/);
  assert.match(await made.at("AT+QCSQ"), /\+QCSQ: "CAT-M1",-65,-92,195,-10/);
});

test("coverage changes by its schedule and takes the context with it", async () => {
  const made = await ready({
    coverage: { schedule: [{ after_ms: 10_000, stat: 2 }], loseContext_ms: 5000 },
  });
  await made.at("AT+CEREG=1");
  await opened(made);
  await made.run(11_000);
  assert.match(made.heard(), /\+CEREG: 2\r\n/);
  await made.run(5000);
  assert.match(made.heard(), /\+QIURC: "pdpdeact",1/);
  assert.equal(await made.at("AT+QIACT?"), "\r\nOK\r\n");
});

test("denied is 3, and QIACT fails", async () => {
  const made = await ready({ coverage: { stat: 3 }, startsOn: true });
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,3/);
  await made.at('AT+QICSGP=1,1,"iot"');
  assert.match(await made.at("AT+QIACT=1", 1000), /ERROR/);
});

test("QIACT takes its time, blocks the port, and refuses a wrong APN", async () => {
  const made = await ready({ apn: "iot.1nce.net", startsOn: true });
  await made.at('AT+QICSGP=1,1,"internet"');
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nERROR\r\n");
  await made.at('AT+QICSGP=1,1,"iot.1nce.net","","",0');
  assert.equal(await made.at("AT+QICSGP=1"), '\r\n+QICSGP: 1,"iot.1nce.net","","",0\r\n\r\nOK\r\n');
  assert.equal(await made.at("AT+QIACT=1", 300), "");
  assert.equal(await made.at("AT", 300), "", "blocked");
  await made.run(400);
  assert.equal(made.heard(), "\r\nOK\r\n\r\nOK\r\n");
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nERROR\r\n", "BG96: already active");
  assert.equal(await made.at("AT+QIDEACT=1", 1000), "\r\nOK\r\n");
  assert.equal(await made.at("AT+QIACT?"), "\r\nOK\r\n");
});

test("BG96: AT+CGACT hangs the module until it is reset", async () => {
  const made = await ready();
  assert.equal(await made.at("AT+CGACT=1,1", 1000), "");
  assert.equal(await made.at("AT", 60_000), "");
});

test("SIM: PIN with tries counted over power-off, then PUK", async () => {
  const made = await booted({ sim: { pin: "1234" } });
  assert.match(await made.at("AT+CPIN?"), /\+CPIN: SIM PIN/);
  assert.match(await made.at('AT+QPINC="SC"'), /\+QPINC: "SC",3,10/);
  assert.match(await made.at('AT+CPIN="0000"'), /\+CME ERROR: 16/);
  assert.match(await made.at('AT+QPINC="SC"'), /\+QPINC: "SC",2,10/);
  assert.match(await made.at('AT+CPIN="1234"', 200), /OK\r\n\r\n\+CPIN: READY\r\n\r\n\+QUSIM: 1/);
  await made.at("AT+CFUN=1,1");
  await made.run(8000);
  await made.at("ATE0");
  for (const expected of [/16/, /16/, /12/]) assert.match(await made.at('AT+CPIN="0000"'), expected);
  assert.match(await made.at("AT+CPIN?"), /\+CPIN: SIM PUK/);
  assert.match(await made.at("AT+CIMI"), /\+CME ERROR: 12/);
});

test("SIM absent: CME 10, and no registration", async () => {
  const made = await booted({ sim: "absent" });
  assert.match(made.modem.transcript.bytes("modem"), /\+CPIN: NOT INSERTED/);
  assert.match(await made.at("AT+CPIN?"), /\+CME ERROR: 10/);
  await made.run(10_000);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,0/);
});

test("CFUN=0 takes the SIM and the context, CFUN=1 brings the SIM back", async () => {
  const made = await ready();
  assert.match(await made.at("AT+CFUN=0", 400), /pdpdeact/);
  assert.match(await made.at("AT+CPIN?"), /\+CME ERROR: 13/);
  assert.match(await made.at("AT+CFUN=1", 400), /OK/);
  assert.match(await made.at("AT+CPIN?"), /\+CME ERROR: 14/);
  await made.run(4000);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
});

test("CFUN=4 and 1 on one line: deregistered, context and sockets gone, the SIM stays, then a new search", async () => {
  const made = await ready();
  await opened(made);
  await made.at("AT+CEREG=1");
  const said = await made.at("AT+CFUN=4;+CFUN=1", 500);
  assert.match(said, /^\r\n\+CEREG: 0\r\n[\s\S]*"pdpdeact",1[\s\S]*\+CEREG: 2\r\n[\s\S]*\r\nOK\r\n$/);
  assert.equal(made.ends[0]?.destroyed, true);
  assert.match(await made.at("AT+CPIN?"), /READY/);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 1,2/);
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nERROR\r\n", "lost contexts need QIDEACT");
  await made.run(3000);
  assert.match(made.heard(), /\+CEREG: 1\r\n/);
  assert.equal(await made.at("AT+QIDEACT=1", 1000), "\r\nOK\r\n");
  assert.equal(await made.at("AT+QIACT=1", 1000), "\r\nOK\r\n");
  assert.match(await made.at("AT+QICLOSE=0"), /OK/, "the id was still taken");
  assert.match(await made.at('AT+QIOPEN=1,0,"TCP","h",1', 300), /\+QIOPEN: 0,0/);
});

test("CFUN=4 keeps the SIM readable; in it there is no network", async () => {
  const made = await ready();
  assert.match(await made.at("AT+CFUN=4", 300), /OK/);
  assert.match(await made.at("AT+CIMI"), /\d{15}/);
  assert.match(await made.at("AT+QCCID"), /\+QCCID/);
  await made.run(60_000);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,0/);
  assert.match(await made.at("AT+CFUN?"), /\+CFUN: 4/);
  made.modem.receive("AT+QIDEACT=1\rAT+QIACT=1\r");
  await made.run(2000);
  assert.match(made.heard(), /ERROR/);
});

test("CFUN=4 in the middle of a search: the next search takes its full time", async () => {
  const made = await booted({});
  await made.run(1500);
  await made.at("AT+CFUN=4", 300);
  await made.at("AT+CFUN=1", 300);
  await made.run(2500);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,2/);
  await made.run(600);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
});

test("CFUN=0, then 1: the PIN must be entered again", async () => {
  const made = await ready({ sim: { pin: "1234" } });
  assert.match(await made.at("AT+CPIN?"), /READY/);
  assert.match(await made.at("AT+CFUN=0", 300), /OK/);
  assert.match(await made.at("AT+CPIN?"), /\+CME ERROR: 13/);
  assert.match(await made.at('AT+CPIN="1234"'), /\+CME ERROR: 13/);
  assert.match(await made.at("AT+CFUN=1", 1000), /\+CPIN: SIM PIN/);
  await made.run(10_000);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,0/);
  assert.match(await made.at('AT+CPIN="1234"'), /OK/);
  await made.run(4000);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
});

test("CFUN=4 keeps the PIN entered", async () => {
  const made = await ready({ sim: { pin: "1234" } });
  await made.at("AT+CFUN=4;+CFUN=1", 4000);
  assert.match(await made.at("AT+CPIN?"), /READY/);
  assert.match(await made.at("AT+CEREG?"), /\+CEREG: 0,1/);
});

test("CFUN leaves GNSS alone, and takes its time", async () => {
  const made = await ready({ times: { functionality_ms: 8000 }, gnss: { busyAfterBoot_ms: 0 } });
  await made.at("AT+QGPS=1");
  assert.equal(await made.at("AT+CFUN=0", 7000), "");
  await made.run(2000);
  assert.match(made.heard(), /OK/);
  assert.match(await made.at("AT+QGPS?"), /\+QGPS: 1/);
});

test("errors in the three forms of CMEE; AT&W does not keep it", async () => {
  const made = await ready({ sim: "absent", startsOn: true });
  assert.equal(await made.at("AT+CPIN?"), "\r\n+CME ERROR: 10\r\n");
  assert.equal(await made.at("AT+CMEE=2;+CPIN?"), "\r\n+CME ERROR: SIM not inserted\r\n");
  assert.equal(await made.at("AT+CMEE=0;+CPIN?"), "\r\nERROR\r\n");
  assert.equal(await made.at("AT&W"), "\r\nOK\r\n");
  await made.at("AT+CFUN=1,1");
  await made.run(9000);
  made.heard();
  assert.equal(await made.at("AT+CMEE?"), "\r\n+CMEE: 1\r\n\r\nOK\r\n", "but the echo stays off");
});

test("an error ends the command line", async () => {
  const made = await ready();
  assert.equal(await made.at("AT+CSQ;+NONSENSE;+CGMM"), "\r\n+CSQ: 20,99\r\n\r\nERROR\r\n");
  assert.equal(await made.at("\xff\xffIIAT"), "\r\nOK\r\n", "noise before AT is ignored");
});

test("IPR changes the rate after its OK, and survives a boot only with &W", async () => {
  const made = await ready({ baud: 115200 });
  assert.equal(await made.at("AT+IPR=9600"), "\r\nOK\r\n");
  assert.doesNotMatch(await made.at("AT"), /OK/);
  made.modem.hostBaud = 9600;
  assert.equal(await made.at("AT"), "\r\nOK\r\n");
  await made.at("AT+CFUN=1,1", 100);
  await made.run(9000);
  assert.equal(made.modem.state.baud, 115200);
  made.modem.hostBaud = 115200;
  await made.at("AT+IPR=9600;&W");
  made.modem.hostBaud = 9600;
  await made.at("AT+CFUN=1,1", 200);
  await made.run(9000);
  assert.equal(made.modem.state.baud, 9600);
});

test("the clock: unset, network time with the zone attached to UTC, NTP", async () => {
  const made = await ready({ startsOn: true });
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "80\/01\/06,00:00:00\+00"/);
  const silent = await ready({ networkTime: false });
  assert.match(await silent.at("AT+QLTS=1"), /\+QLTS: ""/);
  await made.at("AT+CTZU=1");
  await made.at("AT+COPS=0", 4000);
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "26\/05\/17,09:30:04\+08"/);
  assert.match(await made.at("AT+QLTS=1"), /\+QLTS: "2026\/05\/17,09:30:04\+08,0"/);
  assert.match(await made.at("AT+QLTS=2"), /\+QLTS: "2026\/05\/17,11:30:04\+08,0"/);
  assert.equal(await made.at('AT+QNTP=1,"pool.ntp.org"'), "\r\nERROR\r\n", "no context");
  await made.at('AT+CCLK="24/01/31,10:00:00+00"');
  assert.match(await made.at("AT+CCLK?"), /\+CCLK: "24\/01\/31,10:00:00\+00"/);
  await made.at('AT+QICSGP=1,1,"iot"');
  await made.at("AT+QIACT=1", 1000);
  assert.match(
    await made.at('AT+QNTP=1,"pool.ntp.org"', 400),
    /OK\r\n\r\n\+QNTP: 0,"2026\/05\/17,09:30:0\d\+00"/,
  );
});

test("QCFG: numbers lose leading zeros, band masks are hexadecimal, 0 leaves a mask", async () => {
  const made = await ready();
  await made.at('AT+QCFG="nwscanseq",020301,1');
  assert.match(await made.at('AT+QCFG="nwscanseq"'), /\+QCFG: "nwscanseq",20301\r\n/);
  await made.at('AT+QCFG="band",0,80000,0');
  assert.match(await made.at('AT+QCFG="band"'), /\+QCFG: "band",0xf,0x80000,0xa0e189f\r\n/);
});

test("QENG: the serving cell by technology and state (QuecCell 2.1)", async () => {
  const cell = (made: Rig): Promise<string> => made.at('AT+QENG="servingcell"', 10);
  const made = await ready();
  assert.match(
    await cell(made),
    /^\r\n\+QENG: "servingcell","NOCONN","CAT-M","FDD",262,01,1C3D4E5,30,6300,20,3,3,1A2B,-92,-10,-65,17,29\r\n\r\nOK/,
  );
  await opened(made);
  assert.match(await cell(made), /"CONNECT","CAT-M"/);
  made.modem.faults.coverageHole = true;
  await made.run(1000);
  assert.equal(await cell(made), '\r\n+QENG: "servingcell","SEARCH"\r\n\r\nOK\r\n');
  assert.match(
    await cell(await ready({ coverage: { technology: "CAT-NB" } })),
    /"NOCONN","CAT-NB","FDD",262/,
  );
  assert.match(await cell(await ready({ model: "EC21" })), /"NOCONN","LTE","FDD",262/);
  assert.match(
    await cell(await ready({ coverage: { reportedBy: ["CREG", "CGREG"] } })),
    /"NOCONN","GSM",262,01,1A2B,4E5F,52,123,1,-73,/,
  );
  assert.match(await cell(await ready({ coverage: { stat: 3 } })), /"LIMSRV","CAT-M"/);
});

test("a hole in the coverage: searching, the context is lost, and then it is found again", async () => {
  const made = await ready({ coverage: { holes: [{ from_ms: 10_000, to_ms: 60_000 }] } });
  await opened(made);
  await made.at("AT+CEREG=1");
  await made.run(8000);
  assert.equal(made.modem.state.registered, true);
  await made.run(3000);
  assert.match(made.heard(), /\+CEREG: 2/);
  assert.equal(made.modem.state.activity, "searching");
  await made.run(30_000);
  assert.match(made.heard(), /\+QIURC: "pdpdeact",1/);
  await made.run(20_000);
  assert.match(made.heard(), /\+CEREG: 1/);
  assert.equal(made.modem.state.registered, true);
  assert.deepEqual(made.modem.state.contexts, []);
});
