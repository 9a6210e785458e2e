import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { listPorts, type Port, pickPort } from "../../scripts/device/ports.ts";

/** A /sys/class/tty with these terminals: each with its USB identifiers, or none. */
function sysfs(t: TestContext, terminals: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "sysfs-"));
  t.after(() => rmSync(root, { recursive: true }));
  const list = join(root, "class/tty");
  mkdirSync(list, { recursive: true });
  for (const [name, ids] of Object.entries(terminals)) {
    const usb = join(root, "devices", `usb-${name}`);
    const port = join(usb, "1-1:1.0", name, "tty", name);
    mkdirSync(port, { recursive: true });
    const [vendor, product] = ids.split(":");
    if (vendor) writeFileSync(join(usb, "idVendor"), `${vendor}\n`);
    if (product) writeFileSync(join(usb, "idProduct"), `${product}\n`);
    symlinkSync(join(usb, "1-1:1.0", name), join(port, "device"));
    symlinkSync(port, join(list, name));
  }
  return list;
}

const linux = { skip: process.platform !== "linux" && "sysfs is Linux's" };

test("ports are told by what is behind them, candidates first", linux, async (t) => {
  const list = sysfs(t, {
    ttyACM0: "1915:520f",
    ttyACM1: "0483:5740",
    ttyUSB0: "2c7c:0125",
    ttyUSB1: "0403:6001",
    ttyUSB2: "dead:beef",
    ttyAMA0: "",
    ttyS0: "",
    tty0: "",
  });
  const ports = await listPorts(list);
  assert.deepEqual(
    ports.map(({ path, candidate }) => `${path} ${candidate}`),
    [
      "/dev/ttyACM0 true",
      "/dev/ttyACM1 true",
      "/dev/ttyUSB1 true",
      "/dev/ttyUSB2 true",
      "/dev/ttyAMA0 false",
      "/dev/ttyUSB0 false",
    ],
  );
  assert.match(ports[0]?.looks ?? "", /RAK5010.*1915:520f/);
  assert.match(ports[5]?.looks ?? "", /modem, not the board/);
});

test("without sysfs there are no ports", linux, async () => {
  assert.deepEqual(await listPorts("/nonexistent"), []);
});

test("on macOS and Windows they are named as there", async () => {
  const listing = (path: string, vendorId?: string, productId?: string) => async () => [
    {
      path,
      vendorId,
      productId,
      manufacturer: undefined,
      serialNumber: undefined,
      pnpId: undefined,
      locationId: undefined,
    },
  ];
  for (const [platform, path, wanted] of [
    ["darwin", "/dev/tty.usbmodem1101", "/dev/cu.usbmodem1101"],
    ["win32", "COM3", "COM3"],
  ] as const) {
    const [board] = await listPorts("", platform, listing(path, "1915", "520F"));
    assert.equal(board?.path, wanted);
    assert.equal(board?.candidate, true);
    assert.match(board?.looks ?? "", /RAK5010.*1915:520f/);
  }
  const [other] = await listPorts("", "darwin", listing("/dev/tty.Bluetooth-Incoming-Port"));
  assert.equal(other?.candidate, false);
});

const port = (path: string, candidate: boolean): Port => ({ path, looks: `looks like ${path}`, candidate });

test("the only candidate is picked", async () => {
  assert.equal(await pickPort(async () => [port("/dev/a", true), port("/dev/b", false)]), "/dev/a");
});

test("several are listed", async () => {
  await assert.rejects(
    pickPort(async () => [port("/dev/a", true), port("/dev/b", true)]),
    /^Error: several .*--port:\n {2}\/dev\/a {2}looks like \/dev\/a\n {2}\/dev\/b /,
  );
});

test("none: what there is is shown", async () => {
  await assert.rejects(
    pickPort(async () => [port("/dev/b", false)]),
    /no port looks like a board's.*\n {2}\/dev\/b {2}looks/,
  );
  await assert.rejects(
    pickPort(async () => []),
    /no port.*HOST:PORT\)$/,
  );
});
