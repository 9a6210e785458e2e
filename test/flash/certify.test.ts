/** Certificates onto the modem, by `npm run flash`, on simulated boards of all kinds, and what may go wrong there. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { BOARDS, type BoardName, entryOf } from "../../scripts/boards.ts";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { nameOf } from "../../scripts/flash/certificates.ts";
import type { Modem } from "../../scripts/simulator/modem/modem.ts";
import { nodeTlsStream } from "../../scripts/simulator/tls/node.ts";
import { builtBlob, type ConsoleOptions, type SimulatedConsole, TOKEN } from "../device/rig.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { makePems, type Pems, settingsIn } from "./pems.ts";
import { board, type Flashed, OLD_BLOB, run, smallBlob } from "./rig.ts";

let pems: Pems;
before(async () => {
  pems = await makePems();
});

/** Five AT without an answer, as a machine that has much to do may leave them, and the power key would switch the modem off. */
const TIMES = { probe_ms: 100, quiet_ms: 100, settle_ms: 20, answer_ms: 1000, lead_ms: 20, pause_ms: 10 };

type Rig = SimulatedConsole & { modem: Modem };

const rigOf = (t: TestContext, options: ConsoleOptions = {}): Promise<Rig> =>
  board(t, { modem: {}, ...options }) as Promise<Rig>;

/** Flashes a board of the rig's, linux unless told. */
function flashed(rig: Rig, args: string[], name: BoardName = "linux", times = TIMES): Promise<Flashed> {
  return run(["--tcp", rig.tcp, ...args], { blob: smallBlob(entryOf(name).env_names[0]), times });
}

const fine = ({ code, said, complained }: Flashed): string => {
  assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
  return said.join("\n");
};

/** What `tb.json` has of the files. */
const named = (files: Partial<Pems>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([part, pem]) => [part, `${nameOf(pem)},${pem.length}`]));

function namedOn(rig: Rig): Record<string, string> {
  const server = JSON.parse(rig.file("tb.json") ?? "{}").server ?? {};
  return Object.fromEntries(Object.entries<string>(server).filter(([part]) => part in pems));
}

function assertOnModem({ modem }: Rig, files: Partial<Pems>): void {
  const wanted = Object.values(files).map((pem) => [nameOf(pem), pem]);
  assert.deepEqual([...modem.files].sort(), wanted.sort());
}

/** The commands that the modem got. */
const uploads = ({ modem }: Rig): number => modem.transcript.toString().match(/AT\+QFUPL/g)?.length ?? 0;

/** Changes what passes between board and modem. */
function tamper(
  { modem }: Rig,
  change: { toModem?(bytes: string): string; toBoard?(bytes: string): string },
) {
  const { receive, onTransmit } = modem;
  modem.receive = (bytes) => receive(change.toModem?.(bytes) ?? bytes);
  modem.onTransmit = (bytes) => onTransmit(change.toBoard?.(bytes) ?? bytes);
}

/** Does something with the first that matches, `times` times. */
function change(pattern: RegExp, replacement: string, times = Number.POSITIVE_INFINITY) {
  let left = times;
  return (bytes: string): string =>
    pattern.test(bytes) && left-- > 0 ? bytes.replace(pattern, replacement) : bytes;
}

describe("certificates", () => {
  for (const name of BOARDS)
    test(`get onto the modem of a ${name}, byte for byte, and its settings name them`, async (t) => {
      const rig = await rigOf(t, { spec: name });
      const said = fine(await flashed(rig, ["--config", settingsIn(t, name, 2, pems)], name));
      assertOnModem(rig, pems);
      assert.deepEqual(namedOn(rig), named(pems));
      assert.match(
        said,
        /^server\.ca to the modem: [\d,]+ bytes in .*, checksum right \([0-9a-f]{8}\.pem\)$/m,
      );
    });

  test("are not sent again, nor is anything secret of them or of the settings said", async (t) => {
    const rig = await rigOf(t);
    const config = settingsIn(t, "linux", 2, pems);
    const said = fine(await flashed(rig, ["--config", config]));
    const before = uploads(rig);
    assert.equal(before, 3);
    const again = fine(await flashed(rig, ["--config", config]));
    assert.equal(uploads(rig), before);
    assert.match(again, /^All of it is on the board already$/m);
    assert.match(again, /^server\.key: on the modem already \([0-9a-f]{8}\.pem\)$/m);
    const secret = pems.key.split("\n")[2] as string;
    for (const text of [said, again, rig.lines.join("\n")])
      for (const part of [secret, btoa(secret).slice(4, 40), TOKEN]) assert.ok(!text.includes(part));
  });

  test("of the server alone go where only it is verified, and none where nothing is", async (t) => {
    const rig = await rigOf(t);
    fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, pems)]));
    assertOnModem(rig, { ca: pems.ca });
    assert.deepEqual(namedOn(rig), named({ ca: pems.ca }));
    const said = fine(await flashed(rig, ["--config", settingsIn(t, "linux", 0, pems)]));
    assert.deepEqual(namedOn(rig), {});
    assertOnModem(rig, {});
    assert.match(said, /^Deleted from the modem, as no settings name them any more: [0-9a-f]{8}\.pem$/m);
    const before = rig.modem.transcript.toString();
    fine(await flashed(rig, ["--config", settingsIn(t, "linux", 0, pems)]));
    assert.equal(rig.modem.transcript.toString(), before, "the modem is left alone");
  });

  test("that are renewed get there first, then go the settings, then the old ones, and no file of others", async (t) => {
    const rig = await rigOf(t, { modem: { files: { "cacert.pem": "mine", "xtra.bin": "its" } } });
    fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, pems)]));
    const order: string[] = [];
    tamper(rig, {
      toModem(bytes) {
        if (/QFUPL|QFDEL/.test(bytes)) order.push(`${bytes.slice(3, 8)} ${rig.file("tb.json") === old}`);
        return bytes;
      },
    });
    const old = rig.file("tb.json");
    const { certificate: ca } = await makeCertificate({ name: "another", authority: true });
    fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, { ca })]));
    assert.deepEqual(order, ["QFUPL true", "QFDEL false"]);
    assert.deepEqual([...rig.modem.files.keys()].sort(), ["cacert.pem", "xtra.bin", nameOf(ca)].sort());
  });

  test("of a chain as long as may be go through the smallest board's memory", async (t) => {
    const rig = await rigOf(t, { spec: "rak8212" });
    const ca = pems.cert.padEnd(8192, "\n");
    fine(await flashed(rig, ["--config", settingsIn(t, "rak8212", 1, { ca })], "rak8212"));
    assertOnModem(rig, { ca });
  });
});

test("what was flashed so, the tracker connects with, and shows its certificate", async (t) => {
  const authority = await makeCertificate({ name: "authority", authority: true });
  const device = await makeCertificate({ name: "tracker", by: authority, client: true });
  const server = await makeCertificate({ name: "server", by: authority, hosts: ["server.example"] });
  const options = {
    ...{ cert: server.certificate, key: server.key, ca: authority.certificate },
    ...{ requestCert: true, rejectUnauthorized: true },
  };
  const rig = await rigOf(t, {
    modem: {
      connect() {
        const [near, far] = duplexPair();
        rig.thingsboard.accept(nodeTlsStream(far, options));
        return near;
      },
    },
  });
  const files = { ca: authority.certificate, cert: device.certificate, key: device.key };
  const config = settingsIn(t, "linux", 2, files, { interval_s: 1 });
  fine(await run(["--tcp", rig.tcp, "--config", config], { blob: builtBlob(), times: TIMES }));
  await rig.line(/^tracker: connected$/, 0);
  assert.match(rig.board.evaluate("tracker.status().encryption"), /TLS, client certificate/);
});

describe("a modem", () => {
  test("that was wiped, or exchanged, is mended by the same command, though the board has everything", async (t) => {
    const rig = await rigOf(t);
    const config = settingsIn(t, "linux", 2, pems);
    fine(await flashed(rig, ["--config", config]));
    rig.modem.files.clear();
    assert.match(fine(await flashed(rig, ["--config", config])), /^All of it is on the board already$/m);
    assertOnModem(rig, pems);

    // Without being told, by the tracker.json here.
    rig.modem.files.clear();
    const elsewhere = process.cwd();
    process.chdir(dirname(config));
    try {
      fine(await flashed(rig, []));
    } finally {
      process.chdir(elsewhere);
    }
    assertOnModem(rig, pems);

    rig.modem.files.clear();
    assert.match(
      fine(await flashed(rig, [])),
      /^server\.ca: the modem lacks [0-9a-f]{8}\.pem, and no tracker\.json here has it: npm run flash -- --config FILE puts it there$/m,
    );
  });

  test("that is off is switched on", async (t) => {
    const rig = await rigOf(t, {
      spec: "rak5010",
      modem: { startsOn: false, times: { boot_ms: 200 } },
    });
    fine(await flashed(rig, ["--config", settingsIn(t, "rak5010", 1, pems)], "rak5010"));
    assertOnModem(rig, { ca: pems.ca });
  });

  /** Flashing fails with one line, and the board is as it was and goes on. */
  async function refused(t: TestContext, rig: Rig, args: string[]): Promise<string> {
    const before = [rig.file("tb.json"), rig.file(".bootcde")];
    const { code, complained } = await flashed(rig, args);
    assert.equal(code, 1);
    assert.deepEqual([rig.file("tb.json"), rig.file(".bootcde")], before);
    await rig.line(/^old$/);
    assert.equal(complained.length, 1);
    t.diagnostic(complained[0] as string);
    return complained[0] as string;
  }
  const old = (t: TestContext, options: ConsoleOptions = {}): Promise<Rig> =>
    rigOf(t, { blob: OLD_BLOB, config: {}, ...options });

  test("that is silent is told in a line, and nothing is written", async (t) => {
    const rig = await old(t);
    rig.modem.power(false);
    const said = await refused(t, rig, ["--config", settingsIn(t, "linux", 1, pems)]);
    assert.match(said, /^the modem does not answer, though its power key was pressed: .*$/);
  });

  test("that is silent keeps no new firmware from a board whose settings stay", async (t) => {
    const rig = await rigOf(t);
    fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, pems)]));
    rig.modem.power(false);
    const blob = smallBlob("LINUX", "print(5)");
    const { code, said } = await run(["--tcp", rig.tcp], { blob, times: TIMES });
    assert.equal(code, 0);
    assert.match(said.join("\n"), /^The certificates on the modem could not be seen to: the modem does not/m);
    assert.ok(rig.lines.includes("5"));
  });

  for (const code of [403, 420])
    test(`whose store is full, error ${code}, is told in a line, and nothing is written`, async (t) => {
      const rig = await old(t);
      tamper(rig, { toBoard: change(/\r\nCONNECT\r\n/, `\r\n+CME ERROR: ${code}\r\n`) });
      const said = await refused(t, rig, ["--config", settingsIn(t, "linux", 1, pems)]);
      assert.match(said, new RegExp(`^the modem's file store is full \\(error ${code}\\): .*QFDEL.*$`));
    });

  test("that refuses for good is told in a line, and nothing is written", async (t) => {
    const rig = await old(t);
    tamper(rig, { toModem: change(/QFUPL/, "QFXXX") });
    assert.match(
      await refused(t, rig, ["--config", settingsIn(t, "linux", 1, pems)]),
      /^the modem: server\.ca is not on it: it answers ERROR to AT\+QFUPL; run the same again$/,
    );
  });

  test("that always has another checksum is told in a line, and nothing is written", async (t) => {
    const rig = await old(t);
    tamper(rig, { toModem: change(/-----BEGIN/, "-----begin") });
    assert.match(
      await refused(t, rig, ["--config", settingsIn(t, "linux", 1, pems)]),
      /^the modem: server\.ca is not on it: its checksum is another; run the same again$/,
    );
  });

  const passing: Record<string, Parameters<typeof tamper>[1]> = {
    "a byte of an upload is another": { toModem: change(/-----BEGIN/, "-----begin", 1) },
    "bytes of an upload are lost": { toModem: change(/-----BEGIN CERT/, "", 1) },
    "an upload is answered by ERROR": { toModem: change(/QFUPL/, "QFXXX", 1) },
    "an answer is garbled": { toBoard: change(/\r\nOK/, "\r\n\xff\xfeOK", 1) },
    "the answer to an upload is garbled": { toBoard: change(/\+QFUPL: /, "\xff\xfe+QFUPL: ", 1) },
    "lines of its own come in between": {
      toBoard: change(
        /\r\n(?=OK|CONNECT|\+QFUPL)/,
        '\r\n+QIURC: "pdpdeact",1\r\n\r\n+CEREG: 2\r\n\r\nRDY\r\n\r\n',
      ),
    },
  };
  for (const [what, faults] of Object.entries(passing))
    test(`has all in the end when ${what}`, async (t) => {
      const rig = await rigOf(t);
      tamper(rig, faults);
      // Longer than the modem waits for bytes that are lost.
      const times = { ...TIMES, answer_ms: what.includes("lost") ? 6000 : TIMES.answer_ms };
      fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, pems)], "linux", times));
      assertOnModem(rig, { ca: pems.ca });
    });

  test("has a right file in place of one that only looks like it", async (t) => {
    const name = nameOf(pems.ca);
    for (const left of [pems.ca.slice(0, 99), pems.ca.replace("BEGIN", "begin"), `${pems.ca}AT\r`]) {
      const rig = await rigOf(t, { modem: { files: { [name]: left } } });
      fine(await flashed(rig, ["--config", settingsIn(t, "linux", 1, pems)]));
      assertOnModem(rig, { ca: pems.ca });
    }
  });
});

describe("an upload that is cut short", () => {
  for (const [name, what, cut] of [
    ["linux", "the cable is pulled", (rig: Rig) => rig.unplug()],
    ["rak8212", "the board loses its power", (rig: Rig) => rig.powerCut()],
  ] as const)
    test(`when ${what} leaves the old settings on a ${name}, and a second run succeeds`, async (t) => {
      const rig = await rigOf(t, { spec: name, config: {} });
      const before = rig.file("tb.json");
      let isCut = false;
      tamper(rig, {
        toModem(bytes) {
          if (isCut || !bytes.includes("-----BEGIN")) return bytes;
          isCut = true;
          setImmediate(() => cut(rig));
          return bytes.slice(0, 200);
        },
      });
      const config = settingsIn(t, name, 1, pems);
      const { code, complained } = await flashed(rig, ["--config", config], name);
      assert.equal(code, 1);
      assert.match(complained.join("\n"), /^\S+: connection lost; was the board unplugged/);
      assert.equal(rig.file("tb.json"), before);
      rig.boot();
      // The modem still waits for the rest, for 5 s, and takes each AT for a part of it.
      fine(await flashed(rig, ["--config", config], name, { ...TIMES, quiet_ms: 5500 }));
      assertOnModem(rig, { ca: pems.ca });
    });
});
