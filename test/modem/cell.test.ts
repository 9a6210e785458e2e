/** The serving cell: BG96 QuecCell AT Commands Manual V1.0, 2.1; EC2x AT Commands Manual, 6.17. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { DeviceConfig } from "../../firmware/device-config.ts";
import type * as channels from "../../firmware/modem/at.ts";
import type * as cells from "../../firmware/modem/cell.ts";
import { cme, ERROR, FakeSerial, fakeClock, ok } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

const boot = bootable<typeof channels & typeof cells>("modem/at.ts", "modem/cell.ts");

const LTE = '+QENG: "servingcell","NOCONN","CAT-M","FDD",460,11,6935932,30,1825,3,4,4,6934,-98,-16,-65,7,29';
const GSM =
  '+QENG: "servingcell","NOCONN","GSM",460,01,5504,2B55,52,123,0,-67,5,14,64,30,28,0,-,-,-,-,-,-,-,-,-,"-"';

/** What comes of this answer; undefined: nothing. */
function found(t: TestContext, answer: string | undefined, config: Partial<DeviceConfig> = { cell: 1 }) {
  const clock = fakeClock(t);
  const serial = new FakeSerial();
  serial.answers = { 'AT+QENG="servingcell"': answer };
  const { listen, findCell } = boot();
  listen({ port_: serial, urc_: () => false, silent_() {} });
  let cell: cells.Cell | undefined;
  findCell(config as DeviceConfig, (its) => {
    cell = its;
  });
  clock.tick(60_000);
  clock.uninstall();
  return { cell, commands: serial.commands };
}

Object.assign(globalThis, { print() {} });

test("LTE-M, NB-IoT, LTE of EC2x: hexadecimal area and cell, RSRP", (t) => {
  const { cell } = found(t, ok(LTE));
  assert.deepEqual(cell, {
    mcc: 460,
    mnc: 11,
    tac: 0x6934,
    cell: 0x6935932,
    rat: "CAT-M",
    signal_dbm: -98,
  });
  for (const rat of ["CAT-NB", "LTE", "eMTC", "NBIoT"])
    assert.equal(found(t, ok(LTE.replace("CAT-M", rat))).cell?.rat, rat);
  assert.equal(found(t, ok(LTE.replace("FDD", "TDD"))).cell?.tac, 0x6934);
});

test("GSM and WCDMA: location area, received level, be it in dBm or as it is counted", (t) => {
  assert.deepEqual(found(t, ok(GSM)).cell, {
    mcc: 460,
    mnc: 1,
    tac: 0x5504,
    cell: 0x2b55,
    rat: "GSM",
    signal_dbm: -67,
  });
  assert.equal(found(t, ok(GSM.replace("-67", "44"))).cell?.signal_dbm, -67);
  assert.equal(found(t, ok(GSM.replace('"GSM"', '"WCDMA"'))).cell?.rat, "WCDMA");
});

test("as other firmware writes it: no space, another spelling, lower case, serving though not registered", (t) => {
  for (const line of [
    LTE.replace(": ", ":"),
    LTE.replace("servingcell", "servingscell"),
    LTE.replace("NOCONN", "LIMSRV"),
    LTE.replace("NOCONN", "CONNECT"),
  ])
    assert.equal(found(t, ok(line)).cell?.cell, 0x6935932, line);
  assert.equal(found(t, ok(GSM.replace("2B55", "2b55"))).cell?.cell, 0x2b55);
});

test("a signal that cannot be one is left out", (t) => {
  for (const level of ["-", "", "0", "5", "-200", "x"]) {
    const { cell } = found(t, ok(LTE.replace(",-98,", `,${level},`)));
    assert.equal(cell?.tac, 0x6934);
    assert.equal(cell?.signal_dbm, undefined, level);
  }
});

test("no cell, or none that can be one: nothing", (t) => {
  const wrong = [
    '+QENG: "servingcell","SEARCH"',
    '+QENG: "servingcell"',
    "+QENG: ",
    "+QENG",
    LTE.replace("CAT-M", "-"),
    LTE.replace("CAT-M", "CAT-M,GSM"),
    LTE.replace("CAT-M", "<b>"),
    ...["-", "", "0", "46", "4600", "46.5", "x", "-460"].map((mcc) => LTE.replace(",460,", `,${mcc},`)),
    ...["-", "", "1000", "1.5", "x", "-1"].map((mnc) => LTE.replace(",11,", `,${mnc},`)),
    ...["-", "", "0", "FFFF", "69 34", "0x6934", "G934", "123456789"].map((tac) =>
      LTE.replace(",6934,", `,${tac},`),
    ),
    ...["-", "", "0", "10000000", "zz", "999999999999999999"].map((cell) => LTE.replace("6935932", cell)),
    LTE.slice(0, 60),
    "x".repeat(1500),
    ",".repeat(1500),
  ];
  for (const line of wrong) assert.equal(found(t, ok(line)).cell, undefined, line);
  for (const answer of [ok(), ERROR, cme(3), undefined]) assert.equal(found(t, answer).cell, undefined);
});

test("unless the settings want it, it is not asked", (t) => {
  assert.deepEqual(found(t, ok(LTE), {}).commands, []);
});
