/** The production line with what goes wrong on it. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { BOARDS, entryOf } from "../../scripts/boards.ts";
import { Fault } from "../../scripts/fault.ts";
import { nameOf } from "../../scripts/flash/certificates.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { makePems, settingsIn } from "../flash/pems.ts";
import { OLD_BLOB, OLD_VERSION } from "../flash/rig.ts";
import { bench, boardNumber } from "./rig.ts";

test("what is told of boards' accelerometers is as the simulated ones have it", () => {
  for (const name of BOARDS) {
    const { accelerometer: wired } = boardSpecs[name] as { accelerometer?: { scl: string; sda: string } };
    const { accelerometer } = entryOf(name);
    assert.deepEqual(accelerometer, wired && { scl: wired.scl, sda: wired.sda }, name);
  }
});

for (const name of BOARDS)
  test(`a ${name} gets through, with certificates, and says who it is`, async (t) => {
    const at = bench(t);
    const pems = await makePems();
    const board = await boardNumber(t, 1, {}, name);
    at.plugged.add(board);
    const { code, said } = await at.run(["--config", settingsIn(t, name, 1, pems)], 1);
    assert.equal(code, 0, said.join("\n"));
    assert.ok(board.modem?.files.has(nameOf(pems.ca)));
    const [row, ...more] = at.results();
    assert.deepEqual(more, []);
    const { imei, iccid, chip, firmware, outcome, reason } = row ?? {};
    assert.deepEqual(
      { imei, iccid, chip, firmware, outcome, reason },
      {
        ...{ imei: "860000000000001", iccid: "89490000000000000001", chip: name === "linux" ? "" : "chip-1" },
        ...{ firmware: "9.9.9", outcome: "passed", reason: "" },
      },
    );

    // Known again, by the modem's number where chips have none.
    at.plugged.clear();
    at.plugged.add(board);
    const before = Buffer.from(board.flash.bytes);
    const again = await at.run(["--config", settingsIn(t, name, 1, pems)], 1);
    assert.match(again.said.join("\n"), /^THERE .*: passed already, \S+; nothing was changed$/m);
    assert.equal(again.code, 0);
    assert.deepEqual(Buffer.from(board.flash.bytes), before);
    assert.equal(at.results().length, 1);
  });

describe("a board fails, with the reason and what to do,", () => {
  for (const [what, modem, args, wanted] of [
    ["whose SIM is missing", { sim: "absent" }, [], /^no SIM \(.*\): power off, put the SIM in, power on$/],
    ["whose SIM is blocked", { sim: "puk" }, [], /^the SIM is blocked and wants its PUK \(/],
    ["whose SIM wants a PIN", { sim: { pin: "1234" }, startsOn: false }, [], /^the SIM wants a PIN \(/],
    [
      "which the network refuses",
      { coverage: { stat: 3 } },
      [],
      /^not registered: the network refuses the SIM \(.*ICCID 8949/,
    ],
    [
      "which finds no network",
      { coverage: { stat: 2, csq: 99 } },
      [],
      /^not registered: the modem hears no network \(.*check the antenna/,
    ],
    [
      "whose modem has no GNSS",
      { gnss: { receiver: false } },
      [],
      /^the GNSS engine does not run \(.*\): .* or --skip gnss$/,
    ],
    [
      "whose battery is empty",
      { supply_v: () => 3.1 },
      [],
      /^the battery is at 3\.10 V \(3\.4 to 4\.5 is right\): .* or --skip battery$/,
    ],
  ] as const)
    test(what, async (t) => {
      const at = bench(t);
      const board = await boardNumber(t, 1, { ...modem });
      at.plugged.add(board);
      const { code } = await at.run(["--wait", "9", ...args], 1);
      assert.equal(code, 1);
      const [row] = at.results();
      assert.match(row?.reason ?? "", wanted);
      assert.equal(board.file(".bootcde"), undefined, "nothing was written to it");
    });

  test("whose modem is silent", async (t) => {
    const at = bench(t);
    const board = await boardNumber(t, 1);
    board.modem?.power(false);
    at.plugged.add(board);
    await at.run([], 1);
    assert.match(at.results()[0]?.reason ?? "", /^the modem does not answer \(/);
  });

  test("which cannot be talked to", async (t) => {
    const at = bench(t);
    at.plugged.add({ tcp: "127.0.0.1:1" });
    const { code } = await at.run([], 1);
    assert.equal(code, 1);
    assert.match(at.results()[0]?.reason ?? "", /^127\.0\.0\.1:1: connection refused/);
  });

  test("and all that is wrong is told at once, what is skipped as not tested", async (t) => {
    const at = bench(t);
    const bad = await boardNumber(t, 1, { sim: "absent", supply_v: () => 0 });
    at.plugged.add(bad);
    await at.run([], 1);
    assert.match(at.results()[0]?.reason ?? "", /^no SIM .*; the battery is at 0\.00 V/);
    at.plugged.clear();
    const bare = await boardNumber(t, 2, { sim: "absent", supply_v: () => 0, gnss: { receiver: false } });
    at.plugged.add(bare);
    const { code } = await at.run(["--skip", "sim", "gnss", "battery"], 1);
    assert.equal(code, 0);
    assert.equal(at.results()[1]?.reason, "not tested: sim, gnss, battery");
  });

  test("with its old program going on", async (t) => {
    const at = bench(t);
    const board = await boardNumber(t, 1, { sim: "absent" }, "rak5010", OLD_BLOB);
    at.plugged.add(board);
    await at.run([], 1);
    assert.equal(await board.line(/^old$/), "old");
    assert.ok(board.lines.filter((line) => line === OLD_VERSION).length > 1, "it was started again");
  });
});

test("a PIN that the settings have is entered, once, and never said", async (t) => {
  const at = bench(t, { pin: "1234" });
  const right = await boardNumber(t, 1, { sim: { pin: "1234" }, startsOn: false });
  const wrong = await boardNumber(t, 2, { sim: { pin: "9999", tries: 3 }, startsOn: false });
  at.plugged.add(right);
  at.plugged.add(wrong);
  const { said, complained } = await at.run(["--verbose"], 2);
  const rows = new Map(at.results().map((row) => [row.chip, row]));
  assert.equal(rows.get("chip-1")?.outcome, "passed", said.join("\n"));
  assert.equal(rows.get("chip-1")?.iccid, "89490000000000000001");
  assert.match(
    rows.get("chip-2")?.reason ?? "",
    /^wrong PIN \(the SIM refused the PIN in the settings; 2 tries are left\)/,
  );
  assert.equal(wrong.modem?.transcript.bytes("host").match(/CPIN="1234"/g)?.length, 1);
  assert.doesNotMatch([...said, ...complained, JSON.stringify([...rows])].join("\n"), /1234|9999/);
});

test("boards that are plugged in later are done, too, and a port again once it was empty", async (t) => {
  const at = bench(t);
  const [first, second] = [await boardNumber(t, 1), await boardNumber(t, 2, { sim: "absent" })];
  at.plugged.add(first);
  let rows = 0;
  const { code } = await at.run(["--boards", "2"], 9, {
    say(line) {
      if (!/^(PASS|FAIL)/.test(line)) return;
      rows++;
      if (rows === 1) at.plugged.add(second);
      if (rows !== 2) return;
      // The SIM is put in.
      at.plugged.delete(second);
      setTimeout(async () => {
        await second.close();
        at.plugged.add(await boardNumber(t, 2));
      }, 100);
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(
    at.results().map(({ chip, outcome }) => `${chip} ${outcome}`),
    ["chip-1 passed", "chip-2 failed", "chip-2 passed"],
  );
});

describe("Ctrl-C", () => {
  test("lets the board under way be finished, and begins no other", async (t) => {
    const at = bench(t);
    const [board, next] = [await boardNumber(t, 1), await boardNumber(t, 2)];
    at.plugged.add(board);
    const signals = new EventEmitter();
    const { code, complained } = await at.run(["--verbose"], 9, {
      signals,
      say(line) {
        if (!/: flashing$/.test(line)) return;
        at.plugged.add(next);
        signals.emit("SIGINT");
      },
    });
    assert.equal(code, 0);
    assert.match(complained.join("\n"), /^Finishing 127\.0\.0\.1:\d+; Ctrl-C again leaves it as it is$/);
    assert.deepEqual(
      at.results().map(({ chip, outcome }) => [chip, outcome]),
      [["chip-1", "passed"]],
    );
    assert.equal(signals.listenerCount("SIGINT"), 0);
  });

  test("that npm passes on once more is one", async (t) => {
    const at = bench(t);
    at.plugged.add(await boardNumber(t, 1));
    const signals = new EventEmitter();
    const { code } = await at.run(["--verbose"], 9, {
      signals,
      press_ms: 60_000,
      say: (line) => /: flashing$/.test(line) && signals.emit("SIGINT") && signals.emit("SIGINT"),
    });
    assert.equal(code, 0);
    assert.equal(at.results()[0]?.outcome, "passed");
  });

  test("twice leaves it, says in which state it is, and the next run does it with the same token", async (t) => {
    const at = bench(t);
    writeFileSync(at.path("boards.csv"), "name,token\nred,TOKEN_RED\ngreen,TOKEN_GREEN\n");
    const args = ["--csv", at.path("boards.csv")];
    const board = await boardNumber(t, 1);
    at.plugged.add(board);
    const signals = new EventEmitter();
    const { code } = await at.run([...args, "--verbose"], 9, {
      signals,
      say(line) {
        if (!/: Pretokenised/.test(line)) return;
        signals.emit("SIGINT");
        signals.emit("SIGINT");
      },
    });
    assert.equal(code, 130);
    const [row] = at.results();
    assert.equal(row?.outcome, "failed");
    assert.match(row?.reason ?? "", /^interrupted: /);
    assert.equal((await at.run(args, 1)).code, 0);
    assert.deepEqual(
      at.results().map(({ name, outcome }) => [name, outcome]),
      [
        ["red", "failed"],
        ["red", "passed"],
      ],
    );
    assert.equal(JSON.parse(board.file("tb.json") ?? "{}").server.username, "TOKEN_RED");
  });
});

test("ports that cannot be listed any more end the line, once the board under way is finished", async (t) => {
  const at = bench(t);
  const board = await boardNumber(t, 1);
  let is_listed = true;
  const { code, said, complained } = await at.run(["--verbose"], 9, {
    places: () => async () => {
      if (!is_listed) throw new Fault("the ports cannot be listed");
      return [{ tcp: board.tcp }];
    },
    say(line) {
      if (/: flashing$/.test(line)) is_listed = false;
    },
  });
  assert.deepEqual([code, complained], [1, ["the ports cannot be listed"]], said.join("\n"));
  assert.deepEqual(
    at.results().map(({ chip, outcome }) => `${chip} ${outcome}`),
    ["chip-1 passed"],
  );
  assert.ok(!existsSync(at.path("result.csv.lock")));
});

test("a line that was killed once a board had its token gives that to it alone", async (t) => {
  const at = bench(t);
  writeFileSync(at.path("boards.csv"), "name,token\nred,TOKEN_RED\ngreen,TOKEN_GREEN\n");
  // What is there then: the name is given, and no row tells what came of it.
  writeFileSync(
    at.path("result.names.csv"),
    "time,name,chip,imei\n2026-11-30T00:00:00.000Z,red,chip-2,860000000000002\n",
  );
  const args = ["--csv", at.path("boards.csv")];
  const [first, second] = [await boardNumber(t, 1), await boardNumber(t, 2)];
  at.plugged.add(first);
  assert.equal((await at.run(args, 1)).code, 0);
  at.plugged.add(second);
  at.plugged.delete(first);
  assert.equal((await at.run(args, 1)).code, 0);
  assert.deepEqual(
    at.results().map(({ chip, name }) => [chip, name]),
    [
      ["chip-1", "green"],
      ["chip-2", "red"],
    ],
  );
  const third = await boardNumber(t, 3);
  at.plugged.clear();
  at.plugged.add(third);
  await at.run(args, 1);
  assert.match(at.results().at(-1)?.reason ?? "", /boards\.csv: no row is left for this rak5010: add one$/);
  assert.equal(third.file("tb.json"), undefined);
});

test("refused before any board: settings, table or result file that are wrong", async (t) => {
  const at = bench(t, { server: { username: "TOKEN" } });
  const refused = async (args: string[]): Promise<string> => {
    const { code, said, complained } = await at.run(args, 1);
    assert.deepEqual([code, said], [1, []]);
    assert.equal(complained.length, 1);
    return (complained[0] ?? "").replaceAll(at.directory, "");
  };
  assert.match(await refused([]), /^\/fleet\.tracker\.json: server\.host "": must be /);
  writeFileSync(at.path("boards.csv"), "name,token\nred,\n");
  assert.equal(await refused(["--csv", at.path("boards.csv")]), "/boards.csv: row 2, column token: empty");
  assert.match(await refused(["--csv", at.path("none.csv")]), /^\/none\.csv: no such file$/);
  writeFileSync(at.path("pins.csv"), "name,token,pin,imei\nred,A,1234,860000000000001\ngreen,B,5678,\n");
  const whole = bench(t);
  const pins = await whole.run(["--csv", at.path("pins.csv")], 1);
  assert.equal(pins.code, 1);
  assert.match(pins.complained.join("\n"), /^\S+pins\.csv: row 3: a pin, and neither chip nor imei [^\n]+$/);
  assert.doesNotMatch(pins.complained.join("\n"), /1234|5678/);
  writeFileSync(
    at.path("no-ca.json"),
    '{"board":"linux","server":{"host":"h","username":"T","tls":1,"ca":"ca.pem"}}',
  );
  assert.equal(
    await refused(["--config", at.path("no-ca.json")]),
    "/no-ca.json: server.ca ca.pem: no such file",
  );
  const wrong = await at.run(["--config", at.path("no-ca.json"), "--features", "gnss=gps"], 1);
  assert.deepEqual([wrong.code, wrong.complained], [2, ["--features gnss=gps: use gnss=modem|nmea|none"]]);
  const right = bench(t);
  writeFileSync(right.path("result.csv"), "mine\n");
  const { code, complained } = await right.run([], 1);
  assert.equal(code, 1);
  assert.match(complained.join(), /result\.csv: is another table/);
  assert.equal(readFileSync(right.path("result.csv"), "utf8"), "mine\n");
});

test("a board that is at two ports is done at one of them", async (t) => {
  const at = bench(t);
  // The same number of the chip, and of the modem.
  for (const port of [await boardNumber(t, 1), await boardNumber(t, 1)]) at.plugged.add(port);
  await at.run([], 2);
  const rows = at.results().sort((a, b) => (a.outcome ?? "").localeCompare(b.outcome ?? ""));
  assert.deepEqual(
    rows.map(({ outcome }) => outcome),
    ["failed", "passed"],
  );
  assert.match(
    rows[0]?.reason ?? "",
    /^this board is under way at 127\.0\.0\.1:\d+ already: use one port of it$/,
  );
});

test("one line at a time has a result file; what one that was killed left keeps nobody out", async (t) => {
  const at = bench(t);
  const board = await boardNumber(t, 1);
  at.plugged.add(board);
  writeFileSync(at.path("result.csv.lock"), `${process.ppid}`);
  const { code, complained } = await at.run([], 1);
  assert.equal(code, 1);
  assert.match(complained.join(), /result\.csv: another npm run line writes to it \(process \d+\)/);
  // No process has so high a number.
  writeFileSync(at.path("result.csv.lock"), "2000000000");
  assert.equal((await at.run([], 1)).code, 0);
  assert.ok(!existsSync(at.path("result.csv.lock")));
});
