import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { spawn } from "@lydell/node-pty";
import { BOARDS, type BoardName } from "../../scripts/boards.ts";
import {
  CTRL_C,
  CTRL_D,
  CTRL_U,
  DOWN,
  ENTER,
  runConfig,
  type Step,
  TEXT,
  temporaryDirectory,
  WHOLE,
} from "./person.ts";

const { file, read } = temporaryDirectory();
const NEEDED = ["--board", "rak5010", "--host", "tb.example", "--token", "T0KEN"];
const SETTINGS = { board: "rak5010", server: { host: "tb.example", username: "T0KEN" } };
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("with flags", () => {
  test("writes what is given, and asks nothing", async () => {
    const out = file();
    const { code, said, complaints, screen } = await runConfig([...NEEDED, "--out", out], []);
    assert.equal(code, 0);
    assert.deepEqual(read(out), SETTINGS);
    assert.match(said, /^wrote .*; next: npm run flash -- --config /);
    assert.equal(complaints + screen, "");
  });

  test("every field has a flag", async () => {
    const out = file();
    const pem = (name: string) => join(dirname(out), name);
    const flags =
      "--board linux --host h --port 8883 --tls 2 --token t --client-id c --password w --qos 0 --keep-alive 60 --topics 2 " +
      "--apn a --apn-user u --apn-password q --pin 0000 --interval 30 --fix-timeout 90 --keys x,y " +
      "--no-time drop --debug 1 --outbox-bytes 8192 --modem-port /dev/m";
    const files = ["--ca", pem("a.pem"), "--cert", pem("c.pem"), "--key", pem("k.pem")];
    const { code } = await runConfig([...flags.split(" "), ...files, "--out", out]);
    assert.equal(code, 0);
    assert.deepEqual(read(out), {
      board: "linux",
      server: {
        host: "h",
        port: 8883,
        tls: 2,
        ca: "a.pem",
        cert: "c.pem",
        key: "k.pem",
        username: "t",
        client_id: "c",
        password: "w",
        qos: 0,
        keep_alive: 60,
        topics: 2,
      },
      apn: "a",
      apn_user: "u",
      apn_password: "q",
      pin: "0000",
      interval_s: 30,
      fix_timeout_s: 90,
      keys: "x,y",
      no_time: "drop",
      debug: 1,
      outbox_bytes: 8192,
      modem_port: "/dev/m",
    });
  });

  test("the file is its owner's alone, and no other is left beside it", async () => {
    const out = file(JSON.stringify(SETTINGS));
    chmodSync(out, 0o644);
    await runConfig(["--interval", "30", "--force", "--out", out]);
    assert.equal(modeOf(out), 0o600);
    assert.deepEqual(
      readdirSync(dirname(out)).filter((name) => name.includes(basename(out)) && name !== basename(out)),
      [],
    );
  });

  test("without a person says which flags are missing", async () => {
    for (const args of [["--apn", "internet"], ["--yes"]]) {
      const out = file();
      const { code, complaints } = await runConfig(
        [...args, "--out", out],
        args[0] === "--yes" ? [] : undefined,
      );
      assert.equal(code, 2);
      assert.equal(
        complaints,
        "--board is missing: the board the settings are for\n" +
          "--host is missing: ThingsBoard's host name or address\n" +
          "--token is missing: the device's access token; not needed with `tls` 2 or `provision_key`\n",
      );
      assert.ok(!existsSync(out));
    }
  });

  test("a person is asked for what is required and missing, and for nothing else", async () => {
    const out = file();
    const args = ["--board", "rak5010", "--host", "tb.example", "--out", out];
    const { code } = await runConfig(args, [["access token", `T0KEN${ENTER}`]]);
    assert.equal(code, 0);
    assert.deepEqual(read(out), SETTINGS);
  });

  for (const [args, line] of [
    [["--port", "/dev/ttyACM0"], `--port: server.port "/dev/ttyACM0": ${WHOLE} 0 to 65535`],
    [["--port", "1.5"], `--port: server.port 1.5: ${WHOLE} 0 to 65535`],
    [["--interval", "-5"], `--interval: interval_s -5: ${WHOLE} 1 to 86400`],
    [["--interval=-5"], `--interval: interval_s -5: ${WHOLE} 1 to 86400`],
    [["--interval", "1e3"], `--interval: interval_s "1e3": ${WHOLE} 1 to 86400`],
    [["--interval", ""], `--interval: interval_s "": ${WHOLE} 1 to 86400`],
    [["--pin", "S3CRET"], `--pin: pin: ${TEXT} 0 to 8, only digits`],
    [["--token", 'S3CRET"'], `--token: server.username: ${TEXT} 1 to 255, only ASCII without quotes`],
    [["--no-time", "never"], '--no-time: no_time "never": must be hold, server or drop'],
    [["--outbox-bytes", "524288"], `--outbox-bytes: outbox_bytes 524288: ${WHOLE} 8192 to 262144`],
    [["--topics", "3"], `--topics: server.topics 3: ${WHOLE} 1 to 2`],
    [
      ["--board", "uno"],
      /^option '--board <NAME>' argument 'uno' is invalid. Allowed .* rak8212, .*, linux\.$/,
    ],
    [
      ["--password", "S3CRET", "S3CRET"],
      "a value belongs to no option: put quotes around values with spaces",
    ],
    [["--tokne=S3CRET"], "unknown option '--tokne'"],
    [["--tokne", "S3CRET"], "unknown option '--tokne' (Did you mean --token?)"],
    [["--password", "--yes"], "a value is missing before --yes"],
    [["--password"], "option '--password <TEXT>' argument missing"],
    [["--debug", "2", "--qos", "2"], /^--qos: server.qos 2: .*, 0 to 1\n--debug: debug 2: .*, 0 to 1$/],
    [["--modem-port", "/dev/x"], "--modem-port: modem_port: only on linux"],
  ] as [string[], string | RegExp][])
    test(`refuses ${args.join(" ")}`, async () => {
      const out = file();
      const { code, complaints } = await runConfig([...NEEDED, "--out", out, ...args]);
      assert.equal(code, 2);
      if (typeof line === "string") assert.equal(complaints, `${line}\n`);
      else assert.match(complaints.trimEnd(), line);
      assert.doesNotMatch(complaints, /S3CRET/);
      assert.ok(!existsSync(out));
    });
});

test("in the project the file says what editors check it by", async () => {
  const directory = mkdtempSync(fileURLToPath(new URL("../../node_modules/.config-", import.meta.url)));
  after(() => rmSync(directory, { recursive: true }));
  const out = join(directory, "tracker.json");
  await runConfig([...NEEDED, "--out", out]);
  assert.match(readFileSync(join(directory, read(out).$schema), "utf8"), /^{\n {2}"\$schema"/);
});

describe("a file that is there already", () => {
  test("is overwritten with --force only, and keeps what was not given anew", async () => {
    const out = file(JSON.stringify({ ...SETTINGS, apn: "internet", interval_s: 60 }));
    const before = readFileSync(out, "utf8");
    const args = ["--interval", "30", "--yes", "--out", out];
    const refused = await runConfig(args, []);
    assert.equal(refused.code, 1);
    assert.equal(refused.complaints, `${out}: is there already; --force overwrites it\n`);
    assert.equal(readFileSync(out, "utf8"), before);
    assert.equal((await runConfig([...args, "--force"])).code, 0);
    assert.deepEqual(read(out), { ...SETTINGS, apn: "internet", interval_s: 30 });
  });

  test("that says the same is left alone", async () => {
    const out = file();
    await runConfig([...NEEDED, "--out", out]);
    const { code, said } = await runConfig([...NEEDED, "--out", out]);
    assert.equal(code, 0);
    assert.equal(said, `${out}: is so already\n`);
  });

  test("that is not JSON is given up with --force only", async () => {
    const out = file('{ "server": { "username": S3CRET } }');
    const refused = await runConfig([...NEEDED, "--out", out]);
    assert.equal(
      refused.complaints,
      `${out}: not JSON: invalid symbol at line 1, column 27; mend it, or start afresh with --force\n`,
    );
    assert.equal((await runConfig([...NEEDED, "--force", "--out", out])).code, 0);
    assert.deepEqual(read(out), SETTINGS);
  });

  test("loses what the new board has not", async () => {
    const out = file(JSON.stringify({ ...SETTINGS, board: "linux", modem_port: "/dev/m" }));
    assert.equal((await runConfig(["--board", "rak5010", "--force", "--out", out])).code, 0);
    assert.deepEqual(read(out), SETTINGS);
  });

  test("keeps what editors check it by", async () => {
    const out = file(JSON.stringify({ $schema: "./mine.json", ...SETTINGS }));
    assert.equal((await runConfig(["--apn", "web", "--force", "--out", out])).code, 0);
    assert.deepEqual(read(out), { $schema: "./mine.json", ...SETTINGS, apn: "web" });
  });

  test("is written through a link", async () => {
    const [target, link] = [file("{}"), file()];
    symlinkSync(target, link);
    assert.equal((await runConfig([...NEEDED, "--force", "--out", link])).code, 0);
    assert.deepEqual(read(target), SETTINGS);
    assert.equal(read(link).board, "rak5010");
  });

  test("in a place that cannot be written is one line", async () => {
    const folder = file();
    mkdirSync(folder);
    assert.equal((await runConfig([...NEEDED, "--out", folder])).complaints, `${folder}: is not a file\n`);
    const nowhere = `${file()}/tracker.json`;
    assert.equal(
      (await runConfig([...NEEDED, "--out", nowhere])).complaints,
      `${nowhere}: no such file or directory\n`,
    );
  });
});

/** The keys from one board to another in the list of them. */
const moved = (from: BoardName, to: BoardName): string =>
  DOWN.repeat((BOARDS.indexOf(to) - BOARDS.indexOf(from) + BOARDS.length) % BOARDS.length);

/** Enter at every question of a rak5010. */
const RAK5010: Step[] = [
  ["Board", moved("rak8212", "rak5010") + ENTER],
  ["APN (", ENTER],
  ["APN user", ENTER],
  ["APN password", ENTER],
  ["PIN", ENTER],
  ["host name", `tb.example${ENTER}`],
  ["MQTT port", ENTER],
  ["protected", ENTER],
  ["access token", `T0KEN${ENTER}`],
  ["Seconds", ENTER],
];
/** The same, with other answers to some questions. */
const answering = (others: Record<string, string>): Step[] =>
  RAK5010.map(([shown, typed]) => [shown, others[shown] ?? typed]);

describe("asked", () => {
  test("all questions, with the defaults offered", async () => {
    const out = file();
    const { code, screen } = await runConfig(["--out", out], RAK5010);
    assert.equal(code, 0);
    assert.deepEqual(read(out), {
      ...SETTINGS,
      server: { ...SETTINGS.server, port: 1883, tls: 0 },
      interval_s: 60,
    });
    assert.doesNotMatch(screen, /modem's AT port/);
  });

  test("a wrong answer is asked for again, with the reason", async () => {
    const out = file();
    const steps = RAK5010.flatMap(([shown, typed]): Step[] => {
      if (shown === "APN (")
        return [
          [shown, `a"b${ENTER}`],
          [`apn "a\\"b": ${TEXT}`, `${CTRL_U}web${ENTER}`],
        ];
      if (shown === "PIN")
        return [
          [shown, `7x${ENTER}`],
          ["only digits", `${CTRL_U}0042${ENTER}`],
        ];
      if (shown === "host name")
        return [
          [shown, `mqtt://tb.example${ENTER}`],
          ["without mqtt://", `${CTRL_U}tb.example${ENTER}`],
        ];
      if (shown === "MQTT port")
        return [
          [shown, `${CTRL_U}99999${ENTER}`],
          ["0 to 65535", `${CTRL_U}8884${ENTER}`],
        ];
      if (shown === "access token")
        return [
          [shown, ENTER],
          ["of 1 to 255", typed],
        ];
      return [[shown, typed]];
    });
    assert.equal((await runConfig(["--out", out], steps)).code, 0);
    assert.deepEqual(read(out), {
      board: "rak5010",
      server: { host: "tb.example", port: 8884, tls: 0, username: "T0KEN" },
      apn: "web",
      pin: "0042",
      interval_s: 60,
    });
  });

  test("secrets are not shown", async () => {
    const secrets = {
      "APN password": `S3CRETa${ENTER}`,
      PIN: `73311337${ENTER}`,
      "access token": `S3CRETt${ENTER}`,
    };
    const { code, said, complaints, screen } = await runConfig(["--out", file()], answering(secrets));
    assert.equal(code, 0);
    assert.doesNotMatch(said + complaints + screen, /S3CRET|7331/);
  });

  const present = {
    ...SETTINGS,
    server: { ...SETTINGS.server, port: 8883, topics: 2, tls: 0 },
    apn: "old",
    apn_password: "S3CRET",
    pin: "1234",
    interval_s: 30,
  };

  test("what the file has is offered, and Enter keeps it, secrets too", async () => {
    const out = file(JSON.stringify(present));
    const steps = answering({ Board: ENTER, "host name": ENTER, "access token": ENTER });
    const { code, screen } = await runConfig(["--out", out], [...steps, ["Overwrite", ENTER]]);
    assert.equal(code, 0);
    assert.deepEqual(read(out), present);
    assert.match(screen, /PIN .*; Enter: as it is, -: none/);
    assert.doesNotMatch(screen, /S3CRET|1234|T0KEN/);
  });

  test("what the file has can be emptied, secrets too", async () => {
    const out = file(JSON.stringify(present));
    const steps = answering({
      Board: ENTER,
      "APN (": CTRL_U + ENTER,
      "APN password": `-${ENTER}`,
      PIN: `-${ENTER}`,
      "host name": ENTER,
      "access token": ENTER,
    });
    assert.equal((await runConfig(["--out", out], [...steps, ["Overwrite", ENTER]])).code, 0);
    const { apn, apn_password, pin, ...rest } = present;
    assert.deepEqual(read(out), rest);
  });

  const PROVISIONING = { provision_key: "KEY", provision_secret: "S3CRET", device_name: "tracker-{chip}" };
  const { username: _, ...withoutToken } = present.server;

  test("for a provisioning key, where there is no token", async () => {
    const out = file(JSON.stringify(present));
    const { code, screen } = await runConfig(
      ["--out", out],
      [
        ...answering({ Board: ENTER, "host name": ENTER, "access token": `-${ENTER}` }).flatMap(
          (step): Step[] =>
            step[0] === "access token"
              ? [
                  step,
                  ["provisioning key", ENTER],
                  ["of 1 to 255", `KEY${ENTER}`],
                  ["secret to it", ENTER],
                  ["of 1 to 255", `S3CRET${ENTER}`],
                  ["name that a board", `${CTRL_U}tracker-{iccid}${ENTER}`],
                  ["no braces", `${CTRL_U}tracker-{chip}${ENTER}`],
                ]
              : [step],
        ),
        ["Overwrite", ENTER],
      ],
    );
    assert.equal(code, 0);
    assert.deepEqual(read(out), { ...present, server: { ...withoutToken, ...PROVISIONING } });
    assert.doesNotMatch(screen, /S3CRET/);
  });

  test("and keeps it, or takes a token in its place", async () => {
    const provisioned = { ...present, server: { ...withoutToken, ...PROVISIONING } };
    const out = file(JSON.stringify(provisioned));
    const asked = answering({ Board: ENTER, "host name": ENTER, "access token": ENTER });
    const at = asked.findIndex(([shown]) => shown === "access token") + 1;
    const its: Step[] = [
      ["provisioning key", ENTER],
      ["secret to it", ENTER],
      ["name that a board", ENTER],
    ];
    const kept = await runConfig(["--out", out], [...asked.toSpliced(at, 0, ...its), ["Overwrite", ENTER]]);
    assert.equal(kept.code, 0);
    assert.deepEqual(read(out), provisioned);
    const steps = answering({ Board: ENTER, "host name": ENTER });
    assert.equal((await runConfig(["--out", out], [...steps, ["Overwrite", ENTER]])).code, 0);
    assert.deepEqual(read(out), present);
  });

  test("loses what the board now chosen has not", async () => {
    const out = file(JSON.stringify({ ...present, board: "linux", modem_port: "/dev/m" }));
    const steps = answering({
      Board: moved("linux", "rak5010") + ENTER,
      "host name": ENTER,
      "access token": ENTER,
    });
    assert.equal((await runConfig(["--out", out], [...steps, ["Overwrite", ENTER]])).code, 0);
    assert.deepEqual(read(out), present);
  });

  test("spaces around an answer do not count, and a hyphen is one where there is no secret to empty", async () => {
    const out = file();
    const answers = { "APN (": ` web ${ENTER}`, "APN password": `-${ENTER}` };
    assert.equal((await runConfig(["--out", out], answering(answers))).code, 0);
    assert.equal(read(out).apn, "web");
    assert.equal(read(out).apn_password, "-");
  });

  test("what is asked for has the name that is said of a wrong answer", async () => {
    const steps = answering({
      Seconds: `${CTRL_U}0${ENTER}`,
    });
    const { code, screen } = await runConfig(
      ["--out", file()],
      [...steps, ["interval_s 0: must be whole, 1 to 86400", `${CTRL_U}30${ENTER}`]],
    );
    assert.equal(code, 0);
    assert.match(screen, /Seconds from fix to fix \[interval_s\]/);
    assert.match(screen, /access token \[server\.username\]/);
  });

  test("no to overwriting leaves the file", async () => {
    const text = JSON.stringify(present);
    const out = file(text);
    const steps = answering({ Board: ENTER, "host name": `${CTRL_U}other${ENTER}` });
    const { code, complaints } = await runConfig(["--out", out], [...steps, ["Overwrite", "n"]]);
    assert.equal(code, 1);
    assert.equal(complaints, "given up, nothing written\n");
    assert.equal(readFileSync(out, "utf8"), text);
  });

  for (const [key, typed] of [
    ["Ctrl-C", CTRL_C],
    ["Ctrl-D", CTRL_D],
    ["the end of the input", null],
  ] as const)
    test(`${key} at any question writes nothing`, async () => {
      for (let answered = 0; answered < RAK5010.length; answered++) {
        const out = file();
        const [last = ""] = RAK5010[answered] ?? [];
        const { code, complaints } = await runConfig(
          ["--out", out],
          [...RAK5010.slice(0, answered), [last, typed]],
        );
        assert.equal(code, 1, last);
        assert.equal(complaints, "given up, nothing written\n");
        assert.ok(!existsSync(out));
      }
    });

  test("a fault that no question would mend is said before the questions", async () => {
    const out = file(JSON.stringify({ ...present, interval_s: 0, keyz: "a", server: { host: 7 } }));
    const { code, complaints } = await runConfig(["--out", out], [["Board", ENTER]]);
    assert.equal(code, 1);
    assert.match(complaints, /^\S+: keyz: unknown, use .*\n$/);
  });

  test("a wrong value in the file is not offered", async () => {
    const out = file(JSON.stringify({ ...present, interval_s: 0, server: { host: 7, username: "é" } }));
    const steps = answering({ Board: ENTER });
    const { code, screen } = await runConfig(["--out", out], [...steps, ["Overwrite", ENTER]]);
    assert.equal(code, 0);
    assert.doesNotMatch(screen, /token; Enter/);
    assert.deepEqual(read(out), {
      ...present,
      interval_s: 60,
      server: { host: "tb.example", port: 1883, tls: 0, username: "T0KEN" },
    });
  });
});

describe("--check", () => {
  test("says ok", async () => {
    const { code, said } = await runConfig(["--check", file(JSON.stringify(SETTINGS))]);
    assert.equal(code, 0);
    assert.match(said, /^\S+: ok, for rak5010\n$/);
  });

  test("says each fault in a line with the file's name", async () => {
    const path = file('{ "board": "rak5010", "server": { "host": "h" }, "debug": 2 }');
    const { code, complaints, said } = await runConfig(["--check", path]);
    assert.equal(code, 1);
    assert.equal(said, "");
    assert.equal(
      complaints,
      `${path}: server.username: ${TEXT} 1 to 255\n` + `${path}: debug 2: ${WHOLE} 0 to 1\n`,
    );
  });

  test("with --board checks for that board", async () => {
    const path = file(JSON.stringify({ server: SETTINGS.server, modem_port: "/dev/m" }));
    assert.equal((await runConfig(["--check", path, "--board", "linux"])).code, 0);
    assert.match(
      (await runConfig(["--check", path, "--board", "rak8212"])).complaints,
      /modem_port: unknown/,
    );
    assert.match((await runConfig(["--check", path])).complaints, /board: missing, use rak8212 /);
  });

  test("of no file is one line", async () => {
    const { code, complaints } = await runConfig(["--check", "no/such.json"]);
    assert.equal(code, 1);
    assert.equal(complaints, "no/such.json: no such file\n");
  });
});

test("--help names every flag", async () => {
  const { code, said } = await runConfig(["--help"]);
  assert.equal(code, 0);
  for (const flag of ["--out", "--check", "--schema", "--force", "--yes", "--board", "--token", "--interval"])
    assert.match(said, new RegExp(`^ +${flag} `, "m"));
});

test("as a program on a terminal", { timeout: 60_000 }, async () => {
  const out = file();
  const command = fileURLToPath(new URL("../../scripts/config.ts", import.meta.url));
  const program = spawn(process.execPath, ["--import", "tsx", command, "--out", out], {
    cols: 100,
    rows: 30,
  });
  const left = [...RAK5010];
  let screen = "";
  let seen = 0;
  program.onData((data) => {
    screen += data;
    const [shown = "", typed = ""] = left[0] ?? [];
    const at = left.length ? screen.indexOf(shown, seen) : -1;
    if (at < 0) return;
    seen = at + shown.length;
    left.shift();
    program.write(typed ?? "");
  });
  const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => program.onExit(resolve));
  assert.equal(exitCode, 0, screen);
  assert.equal(modeOf(out), 0o600);
  assert.equal(read(out).board, "rak5010");
  assert.equal(read(out).server.username, "T0KEN");
  assert.doesNotMatch(screen, /T0KEN/);
});
