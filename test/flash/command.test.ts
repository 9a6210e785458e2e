import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { firmwareOf } from "../../scripts/flash/firmware.ts";
import { createFlash, cutPowerAfter, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { builtBlob } from "../device/rig.ts";
import { board, file, flashWithBox, OLD_BLOB, OLD_VERSION, run, smallBlob } from "./rig.ts";

const SETTINGS = JSON.stringify({
  board: "linux",
  server: { host: "server.example", username: "SECRET_TOKEN" },
  apn: "internet",
  pin: "1234",
  interval_s: 60,
});
/** Without what is the host's own, and what is the firmware's default. */
const TB_JSON =
  '{"server":{"host":"server.example","username":"SECRET_TOKEN"},"apn":"internet","pin":"1234"}';
type Rig = Awaited<ReturnType<typeof board>>;
/** What the tracker takes in the Storage of a board. */
const ROOM = 32 + Math.ceil(pretokenise(builtBlob(), "2v29").length / 4) * 4;
const VERSION = /^espruino-thingsboard \d\S* for LINUX$/;

/** Counts the words and pages that are written. */
function watched(flash: Flash): { flash: Flash; operations(): number } {
  let count = 0;
  flash.beforeOperation = () => {
    count++;
  };
  return { flash, operations: () => count };
}

const linuxFlash = () => createFlash(flashOf(boardSpecs.linux));

describe("features", () => {
  const given = (settings: object) => JSON.stringify({ ...JSON.parse(SETTINGS), ...settings });

  test("are what the firmware is built with, and its settings may be those", async (t) => {
    const rig = await board(t);
    const config = file(t, "tracker.json", given({ gnss_port: "/dev/ttyS1", gnss_baud: 38400 }));
    let built: readonly string[] = [];
    const args = ["--tcp", rig.tcp, "--config", config, "--features", "gnss=nmea"];
    const { code, complained } = await run(args, {
      firmware: async (_board, features) => {
        built = features;
        return firmwareOf(smallBlob("LINUX"));
      },
    });
    assert.deepEqual({ code, complained, built }, { code: 0, complained: [], built: ["gnss=nmea"] });
    assert.match(
      rig.file("tb.json") ?? "",
      /"gnss_port":"\/dev\/ttyS1","gnss_baud":38400|"gnss_baud":38400,.*"gnss_port"/,
    );
  });

  for (const [wanted, settings, features, told] of [
    [1, { gnss_baud: 38400 }, [], /tracker\.json: gnss_baud: only with --features gnss=nmea\n/],
    [1, { gnss_port: "/dev/a" }, ["gnss=none"], /tracker\.json: gnss_port: only with --features gnss=nmea\n/],
    [2, {}, ["gnss=gps"], /^--features gnss=gps: use gnss=modem\|nmea\|none$/],
  ] as const)
    test(`are refused before anything is written: ${JSON.stringify(settings)}, ${features}`, async (t) => {
      const rig = await board(t);
      const config = file(t, "tracker.json", given(settings));
      const args = ["--tcp", rig.tcp, "--config", config, ...features.flatMap((one) => ["--features", one])];
      const { code, complained } = await run(args, { blob: smallBlob("LINUX") });
      assert.equal(code, wanted);
      assert.match(complained.join("\n"), told);
      assert.equal(rig.file(".bootcde"), undefined);
    });

  test("are refused where the board lacks them", async (t) => {
    const rig = await board(t, { spec: "wio-lte" });
    const { code, complained } = await run(["--tcp", rig.tcp, "--features", "gnss=nmea"]);
    assert.equal(code, 2);
    assert.deepEqual(complained, ["wio-lte has no gnss=nmea: it can have modem or none"]);
  });
});

describe("a board that is flashed", () => {
  test("has blob and settings in flash, says its version, and runs", async (t) => {
    const rig = await board(t, { modem: {} });
    const config = file(t, "tracker.json", SETTINGS);
    const { code, said, complained } = await run(["--tcp", rig.tcp, "--config", config, "--board", "linux"], {
      // The command's own: it returns when the tracker was started.
      times: { boot_ms: undefined },
    });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));

    assert.equal(rig.file("tb.json"), TB_JSON);
    assert.equal(rig.file(".bootcde"), pretokenise(builtBlob(), "2v29"));
    assert.match(
      said.find((line) => line.startsWith("tb.json")) ?? "",
      /^tb\.json: 92 bytes in .* checksum right$/,
    );
    assert.match(said.find((line) => line.startsWith(".bootcde")) ?? "", /bytes\/s, checksum right$/);
    assert.ok(
      said.some((line) => VERSION.test(line)),
      said.join("\n"),
    );
    assert.ok(rig.lines.some((line) => VERSION.test(line)));
    assert.match(
      said.join("\n"),
      /^[\d,]+ of 4,096 variables in use: the functions run from flash \(the code took \d/m,
    );
    assert.match(said.at(-1) ?? "", /^Watch it: npm run repl -- --tcp 127\.0\.0\.1:\d+$/);
    assert.equal(typeof (rig.board.global.tracker as { status: unknown }).status, "function");
    assert.doesNotMatch(said.join("\n"), /SECRET_TOKEN|1234/);
  });

  test("is flashed again in no time: nothing is written, and it starts anew", async (t) => {
    const { flash, operations } = watched(linuxFlash());
    const rig = await board(t, { flash, modem: {}, config: {} });
    assert.equal((await run(["--tcp", rig.tcp])).code, 0);
    const before = operations();
    assert.ok(before > 1000);
    rig.lines.length = 0;
    const { code, said } = await run(["--tcp", rig.tcp]);
    assert.equal(code, 0);
    assert.equal(operations(), before);
    assert.ok(said.includes("All of it is on the board already"), said.join("\n"));
    assert.ok(
      rig.lines.some((line) => VERSION.test(line)),
      "it was started",
    );
  });

  test("gets another firmware while the old one prints all the time", async (t) => {
    const rig = await board(t, { blob: OLD_BLOB, config: {}, modem: {} });
    assert.ok(rig.lines.includes(OLD_VERSION));
    const { code, complained } = await run(["--tcp", rig.tcp]);
    assert.deepEqual({ code, complained }, { code: 0, complained: [] });
    assert.equal(rig.file(".bootcde"), pretokenise(builtBlob(), "2v29"));
    assert.ok(!rig.lines.slice(rig.lines.findLastIndex((line) => VERSION.test(line))).includes("old"));
  });

  test("keeps its settings without --config, and is told when there are none", async (t) => {
    const rig = await board(t, { settings: '{"apn":"mine"}', modem: {} });
    const { code, said } = await run(["--tcp", rig.tcp]);
    assert.equal(code, 0);
    assert.equal(rig.file("tb.json"), '{"apn":"mine"}');
    assert.match(
      said.at(-1) ?? "",
      /^the settings on the board are wrong: server\.host.*: npm run config writes/,
    );

    const bare = await board(t, {});
    const { said: last } = await run(["--tcp", bare.tcp]);
    assert.match(
      last.at(-1) ?? "",
      /^there are no settings on the board: npm run config .* --config tracker\.json/,
    );
  });

  test("with an old interpreter gets the text as it is, line by line", async (t) => {
    const blob = smallBlob("WIO_LTE");
    const rig = await board(t, { spec: "wio-lte" });
    const { code, said, complained } = await run(["--tcp", rig.tcp], { blob });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
    assert.equal(rig.file(".bootcde"), blob);
    assert.doesNotMatch(said.join("\n"), /Pretokenised/);
  });

  test("takes it in packets on a board that can", async (t) => {
    const blob = smallBlob("RAK5010", `print("${"x".repeat(3000)}".length)`);
    const rig = await board(t, { spec: "rak5010" });
    const { code, said, complained } = await run(["--tcp", rig.tcp], { blob });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
    assert.equal(rig.file(".bootcde"), pretokenise(blob, "2v29"));
    assert.ok(rig.lines.includes("3000"));
  });
});

describe("interrupted", () => {
  /** What is on a board that boots after the interruption: the firmware it says it has, or "plain". */
  function booted(rig: Rig): string {
    rig.lines.length = 0;
    rig.boot();
    assert.equal(rig.board.evaluate("1+1"), "2");
    return rig.lines.find((line) => line.startsWith("espruino-thingsboard")) ?? "plain";
  }

  async function secondRun(rig: Rig, config: string): Promise<void> {
    const { code, complained } = await run(["--tcp", rig.tcp, "--config", config], { blob: BLOB });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] });
    assert.equal(rig.file(".bootcde"), CODE);
    assert.equal(rig.file("tb.json"), TB_JSON);
    const names = JSON.parse(
      rig.board.evaluate('JSON.stringify(require("Storage").list())').slice(1, -1).replaceAll("\\", ""),
    );
    assert.deepEqual([...names].sort(), [".bootcde", "tb.box", "tb.json"], "no rubbish is left");
  }

  const BLOB = smallBlob("LINUX", `print("${"x".repeat(500)}".length)`);
  // Of the outbox's file the header, and one word that stays as it is.
  const BOX_WORDS = 8 + 1;
  const CODE = pretokenise(BLOB, "2v29");
  // A word deletes the old file, eight are the new header, then come the words of its content, the first of them once more.
  const SETTINGS_WORDS = 1 + 8 + 23 + 1;
  const CODE_WORDS = 1 + 8 + Math.ceil(CODE.length / 4) + 1;
  const POINTS = [
    ...[0, 1, 2, 3, 8],
    ...[0, 1, 2, 8, 9, SETTINGS_WORDS - 1].map((word) => BOX_WORDS + word),
    ...[0, 1, 2, 4, 8, 9, 10, CODE_WORDS >> 1, CODE_WORDS - 2, CODE_WORDS - 1].map(
      (word) => BOX_WORDS + SETTINGS_WORDS + word,
    ),
  ];

  /** Of the first word at most the first byte is there: the interpreter reads no further, whatever follows. */
  const OPEN = /^.\xff{3}/s;

  const interruptions: Record<string, (rig: Rig, flash: Flash, point: number) => void> = {
    "the power is cut": (_rig, flash, point) => cutPowerAfter(flash, point),
    "the cable is pulled"(rig, flash, point) {
      let left = point;
      flash.beforeOperation = () => {
        if (left-- === 0) rig.unplug();
      };
    },
  };
  for (const [kind, interrupt] of Object.entries(interruptions))
    test(`when ${kind}, at any word, the board boots the old firmware or none, and a second run succeeds`, async (t) => {
      const config = file(t, "tracker.json", SETTINGS);
      const after = new Set<string>();
      for (const point of POINTS) {
        const flash = linuxFlash();
        const rig = await board(t, { flash, blob: OLD_BLOB, config: {} });
        interrupt(rig, flash, point);
        const { code, complained } = await run(["--tcp", rig.tcp, "--config", config], { blob: BLOB });
        flash.beforeOperation = undefined;
        assert.equal(code, 1, `at ${point}`);
        assert.equal(complained.length, 1);
        assert.match(
          complained[0] ?? "",
          point < BOX_WORDS
            ? /connection lost; was the board unplugged or switched off\?$/
            : /connection lost; was the board unplugged or switched off\? .*: run the same again$/,
        );
        const left = rig.file(".bootcde");
        if (left !== undefined && left !== OLD_BLOB && left !== CODE) assert.match(left, OPEN, `at ${point}`);
        after.add(booted(rig));
        await secondRun(rig, config);
        await rig.close();
      }
      // What the board had received when the cable was pulled it still writes.
      after.delete(firmwareOf(BLOB).version);
      assert.deepEqual([...after].sort(), [OLD_VERSION, "plain"]);
    });

  test("what was not stored as sent is erased, and told", async (t) => {
    const flash = linuxFlash();
    const rig = await board(t, { flash, config: {} });
    const write = flash.write.bind(flash);
    let words = 0;
    flash.write = (address, bytes) => {
      words += bytes.length / 4;
      write(address, words > 1000 && words < 1100 ? bytes.map((byte) => byte & 0xfe) : bytes);
    };
    const { code, complained } = await run(["--tcp", rig.tcp]);
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /\.bootcde is not in Storage as it was sent.*run the same again$/);
    assert.equal(rig.file(".bootcde"), undefined);
    flash.write = write;
    assert.equal((await run(["--tcp", rig.tcp])).code, 0);
  });
});

describe("refused, before anything is written:", () => {
  /** Runs the command on a board whose flash must stay as it is. */
  async function refused(
    t: Parameters<typeof board>[0],
    options: Parameters<typeof board>[1],
    args: string[] = [],
    blob?: string,
  ): Promise<string> {
    const spec = typeof options?.spec === "object" ? options.spec : boardSpecs[options?.spec ?? "linux"];
    const flash = createFlash(flashOf(spec));
    const rig = await board(t, { blob: OLD_BLOB, ...options, flash });
    const before = Buffer.from(flash.bytes);
    const { code, complained } = await run(["--tcp", rig.tcp, ...args], blob === undefined ? {} : { blob });
    assert.equal(code, 1);
    assert.deepEqual(Buffer.from(flash.bytes), before);
    // The app was not stopped and started again.
    await rig.line(/^old$/);
    assert.ok(!rig.lines.slice(1).includes(OLD_VERSION));
    return complained.join("\n");
  }

  test("a board other than --board says", async (t) => {
    assert.match(
      await refused(t, {}, ["--board", "rak8212"]),
      /^--board rak8212: the board on 127.0.0.1:\d+ is a LINUX; leave --board out, or choose another port$/,
    );
  });

  test("a board there is no firmware for", async (t) => {
    const spec = { ...boardSpecs.rak5010, name: "PUCKJS" };
    assert.match(
      await refused(t, { spec }),
      /^this board is a PUCKJS, and there is no firmware for it: it is for RAK8212/,
    );
  });

  test("a blob for another board", async (t) => {
    assert.match(
      await refused(t, {}, [], smallBlob("RAK5010")),
      /^the firmware is for RAK5010, the board is a LINUX$/,
    );
  });

  test("a blob that is none", async (t) => {
    assert.match(await refused(t, {}, [], "print(1)"), /^the firmware is broken/);
  });

  test("an interpreter that is too old", async (t) => {
    const spec = { ...boardSpecs.linux, version: "2v05" };
    assert.match(await refused(t, { spec }), /Espruino is 2v05, and the tracker needs 2v06 or newer/);
  });

  test("a Storage that is too small", async (t) => {
    const spec = { ...boardSpecs.linux, storageBytes: 8192 };
    assert.match(
      await refused(t, { spec }),
      /too full: [\d,]+ bytes are needed \(69,632 of them for the outbox, see outbox_bytes\) and 8,192 can be had of 8,192/,
    );
  });

  test("a Storage full of something else", async (t) => {
    const spec = { ...boardSpecs.linux, storageBytes: 20_480 };
    assert.match(
      await refused(t, { spec, files: { "music.bin": "x".repeat(12_000) } }),
      /too full: .* the largest: music\.bin \(12,000\)$/,
    );
  });

  test("a saved program that would run in the tracker's place", async (t) => {
    assert.match(
      await refused(t, { files: { ".bootrst": OLD_BLOB } }),
      /\.bootrst, that would run in the tracker's place/,
    );
  });

  test("settings that are wrong, without the secrets in them", async (t) => {
    const wrong = SETTINGS.replace("internet", "x".repeat(65)).replace(
      '"interval_s":60',
      '"interval_s":0,"apm":1',
    );
    const said = await refused(t, {}, ["--config", file(t, "tracker.json", wrong)]);
    const lines = said.split("\n");
    assert.equal(lines.length, 4);
    for (const [i, field] of ["apn", "interval_s", "apm"].entries())
      assert.match(lines[i] ?? "", new RegExp(`^\\S+/tracker\\.json: ${field}`));
    assert.equal(lines[3], "nothing was written to the board");
    assert.doesNotMatch(said, /SECRET_TOKEN|1234/);

    assert.match(await refused(t, {}, ["--config", file(t, "t.json", "{")]), /t\.json: not JSON/);
    assert.match(
      await refused(t, {}, ["--config", "/no/such.json"]),
      /^\/no\/such\.json: no such file; npm run config/,
    );
    assert.match(
      await refused(t, {}, ["--config", file(t, "t.json", SETTINGS.replace("linux", "rak8212"))]),
      /board "rak8212": these settings go to linux/,
    );
  });
});

test("an outbox of no whole pages is refused", async (t) => {
  const rig = await board(t);
  const config = file(t, "tracker.json", SETTINGS.replace("{", '{"outbox_bytes":10000,'));
  const { code, complained } = await run(["--tcp", rig.tcp, "--config", config], {
    blob: smallBlob("LINUX"),
  });
  assert.equal(code, 1);
  assert.match(complained.join("\n"), /outbox_bytes 10000: must be whole pages, a multiple of 4096/);
});

describe("room", () => {
  const spec = { ...boardSpecs.linux, storageBytes: 72 * 1024 };
  const BOX = 12 * 1024;
  const config = { outbox_bytes: 8192 };
  /** Beside it and the outbox there is not quite enough. */
  const LARGE = "x".repeat(spec.storageBytes - BOX - ROOM - 100);

  test("is made by compaction while the old firmware still is there, and that is said", async (t) => {
    const rig = await board(t, { spec, flash: flashWithBox(spec), config, files: { gone: LARGE } });
    rig.board.evaluate('require("Storage").erase("gone")');
    assert.ok(Number(rig.board.evaluate('require("Storage").getFree()')) < ROOM);
    const { code, said, complained } = await run(["--tcp", rig.tcp, "--compact"]);
    assert.deepEqual({ code, complained }, { code: 0, complained: [] });
    assert.ok(said.some((line) => /Storage\.compact.*keep the power on/.test(line)));
    assert.ok(!said.some((line) => /erasing it/.test(line)));
    assert.equal(rig.file(".bootcde"), pretokenise(builtBlob(), "2v29"));
  });

  test("is not made by compaction unless the user says so: asked, or by --compact", async (t) => {
    const flash = flashWithBox(spec);
    const rig = await board(t, { spec, flash, blob: OLD_BLOB, config, files: { gone: LARGE } });
    rig.board.evaluate('require("Storage").erase("gone")');
    const before = Buffer.from(flash.bytes);
    const asked: string[] = [];
    const no = async (question: string) => {
      asked.push(question);
      return false;
    };
    for (const ask of [undefined, no]) {
      const { code, complained } = await run(["--tcp", rig.tcp], { ask });
      assert.equal(code, 1);
      assert.match(
        complained.join("\n"),
        /^the Storage has room only once .*: --compact says that this may be$/,
      );
      assert.deepEqual(Buffer.from(flash.bytes), before);
      await rig.line(/^old$/);
    }
    assert.match(asked.join("\n"), /^The Storage has room only once .* Go on\?$/);
    const { code, said } = await run(["--tcp", rig.tcp], { ask: async () => true });
    assert.equal(code, 0);
    assert.ok(said.some((line) => /Storage\.compact.*keep the power on/.test(line)));
  });

  test("that is lost to a power cut while it is made leaves a plain board, and a second run succeeds", async (t) => {
    const flash = flashWithBox(spec);
    const rig = await board(t, {
      spec,
      flash,
      blob: OLD_BLOB,
      config,
      files: { gone: LARGE },
    });
    rig.board.evaluate('require("Storage").erase("gone")');
    const settings = file(t, "tracker.json", SETTINGS.replace("{", '{"outbox_bytes":8192,'));
    cutPowerAfter(flash, 500);
    const { code, complained } = await run(["--tcp", rig.tcp, "--config", settings, "--compact"]);
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /connection lost/);
    flash.beforeOperation = undefined;
    rig.lines.length = 0;
    rig.boot();
    assert.ok(!rig.lines.some((line) => line.startsWith("espruino-thingsboard")));
    assert.equal((await run(["--tcp", rig.tcp, "--config", settings, "--compact"])).code, 0);
    assert.match(rig.file("tb.json") ?? "", /"outbox_bytes":8192/);
  });

  test("that cannot be made is told, and the old firmware goes on", async (t) => {
    // No memory to compact with.
    const tight = { ...spec, variables: 10 };
    const rig = await board(t, {
      spec: tight,
      flash: flashWithBox(tight),
      blob: OLD_BLOB,
      config,
      files: { gone: LARGE },
    });
    rig.board.evaluate('require("Storage").erase("gone")');
    const { code, complained } = await run(["--tcp", rig.tcp, "--compact"]);
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /^the Storage could not be compacted .*eraseAll\(\)/);
    assert.equal(rig.file(".bootcde"), OLD_BLOB);
    await rig.line(/^old$/);
  });

  test("is made of the old firmware when nothing else helps, and that is said", async (t) => {
    const old = `${OLD_BLOB}//${LARGE.slice(OLD_BLOB.length + 40)}`;
    const rig = await board(t, { spec, flash: flashWithBox(spec), blob: old, config });
    const { code, said, complained } = await run(["--tcp", rig.tcp, "--compact"]);
    assert.deepEqual({ code, complained }, { code: 0, complained: [] });
    assert.ok(said.includes("There is no room beside the old firmware: erasing it first"));
    assert.equal(rig.file(".bootcde"), pretokenise(builtBlob(), "2v29"));
  });
});

describe("a port", () => {
  test("that is not there is told in a line", async () => {
    const { code, complained } = await run(["--port", "/dev/ttyNone"]);
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /^\/dev\/ttyNone: there is no such port.*$/);
  });

  test("with something else on it is told in a line", async (t) => {
    const server = createServer((socket) => socket.on("data", () => socket.write("\r\nERROR\r\n")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const tcp = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const { code, complained } = await run(["--tcp", tcp], { times: { answer_ms: 100 } });
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /^\S+: this looks like the modem's AT port.*$/);
  });
});

test("a wrong option is told in a line; --help is the usage", async () => {
  for (const [args, message] of [
    [["--bord", "linux"], /--bord/],
    [
      ["--board", "puck"],
      /^option .--board <NAME>. argument .puck. is invalid\. Allowed choices are rak8212, .*, linux\.$/,
    ],
    [
      ["--tcp", "nowhere"],
      /^option .--tcp <HOST:PORT>. argument .nowhere. is invalid\. It must be HOST:PORT\.$/,
    ],
  ] as const) {
    const { code, complained } = await run([...args]);
    assert.equal(code, 2);
    assert.match(complained.join("\n"), message);
  }
  const { code, said } = await run(["--help"]);
  assert.equal(code, 0);
  assert.match(said.join("\n"), /--port <PATH>.*--config <FILE>/s);
});
