/** `npm run config -- --csv`: a file of settings for each row of a table. */
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { describe, type TestContext, test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { config } from "../../scripts/config.ts";

const BASE = { board: "rak5010", server: { host: "server.example" }, apn: "internet", pin: "9876" };

interface Place {
  path(...names: string[]): string;
  write(name: string, text: string): void;
  read(name: string): { board: string; apn: string; server: Record<string, unknown>; interval_s?: number };
  run(...args: string[]): Promise<{ code: number; out: string; err: string }>;
}

function place(t: TestContext, base: object = BASE): Place {
  const directory = mkdtempSync(join(tmpdir(), "fleet-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = (...names: string[]): string => join(directory, ...names);
  writeFileSync(path("fleet.tracker.json"), JSON.stringify(base));
  return {
    path,
    write: (name, text) => writeFileSync(path(name), text),
    read: (name) => JSON.parse(readFileSync(path("boards", `${name}.tracker.json`), "utf8")),
    async run(...args) {
      const out: string[] = [];
      const err: string[] = [];
      const code = await config(["--out", path("fleet.tracker.json"), "--csv", path("boards.csv"), ...args], {
        input: new PassThrough(),
        output: new PassThrough(),
        interactive: false,
        say: (line) => out.push(line),
        complain: (line) => err.push(line),
      });
      return { code, out: out.join("\n"), err: err.join("\n").replaceAll(directory, "") };
    },
  };
}

test("each row is a file, readable by its owner, with what is its own in place of the base's", async (t) => {
  const at = place(t);
  at.write(
    "boards.csv",
    "\uFEFFname;token;interval_s;apn\r\nred one;TOKEN_RED;;\r\n;;;\r\ngreen;TOKEN_GREEN;30;iot\r\n",
  );
  const { code, out, err } = await at.run();
  assert.deepEqual([code, err], [0, ""], out);
  assert.match(out, /^wrote 2 files into .*boards, readable by you alone/);
  assert.deepEqual(readdirSync(at.path("boards")).sort(), ["green.tracker.json", "red one.tracker.json"]);
  assert.deepEqual(at.read("red one").server, { host: "server.example", username: "TOKEN_RED" });
  assert.equal(at.read("red one").apn, "internet");
  assert.deepEqual([at.read("green").apn, at.read("green").interval_s], ["iot", 30]);
  assert.doesNotMatch(out, /TOKEN|9876/);
  if (process.platform !== "win32")
    for (const name of readdirSync(at.path("boards")))
      assert.equal(statSync(at.path("boards", name)).mode & 0o777, 0o600);

  const again = await at.run("--into", at.path("boards"));
  assert.match(again.out, /^wrote 0 files into .* \(2 were so already\)/);
});

test("what is there already and other is overwritten by --force alone, and then nothing or all of it", async (t) => {
  const at = place(t);
  at.write("boards.csv", "name,token\nred,TOKEN_RED\ngreen,TOKEN_GREEN\n");
  mkdirSync(at.path("boards"));
  at.write("boards/green.tracker.json", "mine");
  const { code, err } = await at.run();
  assert.deepEqual(
    [code, err],
    [1, "/boards/green.tracker.json: is there already, and other; --force overwrites it"],
  );
  assert.ok(!existsSync(at.path("boards", "red.tracker.json")));
  assert.equal((await at.run("--force")).code, 0);
  assert.equal(at.read("green").server.username, "TOKEN_GREEN");
});

test("files for TLS are named as seen from each file, those of the table as seen from that", async (t) => {
  const { certificate } = await makeCertificate({ name: "authority", authority: true });
  const at = place(t, { ...BASE, server: { host: "server.example", tls: 1, ca: "ca.pem" } });
  at.write("ca.pem", certificate);
  at.write("other.pem", certificate);
  at.write("boards.csv", "name,token,ca\nred,TOKEN_RED,\ngreen,TOKEN_GREEN,other.pem\n");
  const { code, err } = await at.run("--into", at.path("made", "here"));
  assert.deepEqual([code, err], [0, ""]);
  const ca = (name: string) => JSON.parse(readFileSync(at.path("made", "here", name), "utf8")).server.ca;
  assert.deepEqual([ca("red.tracker.json"), ca("green.tracker.json")], ["../../ca.pem", "../../other.pem"]);
});

test("boards that ask the server for a login need no token", async (t) => {
  const server = { host: "server.example", provision_key: "KEY", provision_secret: "SECRET" };
  const at = place(t, { ...BASE, server });
  at.write("boards.csv", "name,board\nred,rak5010\nsmall,rak8212\n");
  assert.equal((await at.run()).code, 0);
  assert.equal(at.read("small").board, "rak8212");
});

describe("refused in one line that names row and column, and nothing is written:", () => {
  for (const [what, table, wanted] of [
    ["an empty token", "name,token\nred,TOKEN_RED\ngreen,\n", "/boards.csv: row 3, column token: empty"],
    ["an empty name", "name,token\n,TOKEN_RED\n", "/boards.csv: row 2, column name: empty"],
    [
      "a token twice",
      "name,token\nred,TOKEN_SAME\n\ngreen,TOKEN_SAME\n",
      "/boards.csv: row 4, column token: the same as in row 2",
    ],
    [
      "a name twice, as Windows and macOS see it",
      "Name,Token\nred,T1\nRED,T2\n",
      "/boards.csv: row 3, column Name: the same as in row 2",
    ],
    [
      "an unknown column",
      "name,token,tokem\nred,T1,T2\n",
      /^\/boards\.csv: row 1, column tokem: unknown; a column is name, chip, imei, board, token or another setting/,
    ],
    [
      "a column twice",
      "name,token,server.username\nred,T1,T2\n",
      "/boards.csv: row 1, column server.username: it is there twice",
    ],
    [
      "a table without a header, whose first row has a token",
      "red,TOKEN_RED\n",
      /^\/boards\.csv: row 1: no column is called name; the first row names the columns: name, token, /,
    ],
    [
      "no token at all",
      "name,apn\nred,iot\n",
      "/boards.csv: row 1: no column is called token, and each board needs one of its own",
    ],
    [
      "a value that is wrong",
      "name,token,interval_s\nred,T1,soon\n",
      /^\/boards\.csv: row 2, column interval_s: "soon": must be/,
    ],
    [
      "a secret that is wrong, which is not repeated",
      'name,token\nred,"TOKEN ""X"\n',
      /^\/boards\.csv: row 2, column token: must be .* without quotes$/,
    ],
    [
      "a name that is a path",
      "name,token\n../red,T1\n",
      '/boards.csv: row 2, column name: "../red": cannot be the name of a file',
    ],
    [
      "a name that Windows keeps for itself",
      "name,token\nnul,T1\n",
      '/boards.csv: row 2, column name: "nul": cannot be the name of a file',
    ],
    [
      "an IMEI that a spreadsheet made a number of",
      "name,token,imei\nred,T1,8.6E+14\n",
      "/boards.csv: row 2, column imei: must be 15 digits",
    ],
    [
      "a cell too many",
      "name,token\nred,T1,T2\n",
      /^\/boards\.csv: row 2, column 3: the header has no such column/,
    ],
    [
      "a quote that does not end",
      'name,token\nred,"T1\n',
      /^\/boards\.csv: row 2: a quote that does not end or fit$/,
    ],
    ["no board", "name,token\n", "/boards.csv: there is no board in it"],
    [
      "a setting of another board",
      "name,token,modem_port\nred,T1,/dev/ttyUSB2\n",
      /^\/boards\.csv: row 2, column modem_port: /,
    ],
  ] as const)
    test(what, async (t) => {
      const at = place(t);
      at.write("boards.csv", table);
      const { code, out, err } = await at.run();
      assert.deepEqual([code, out], [1, ""]);
      if (typeof wanted === "string") assert.equal(err, wanted);
      else assert.match(err, wanted);
      assert.equal(err.split("\n").length, 1);
      assert.doesNotMatch(err, /TOKEN_|T1|T2|9876/);
      assert.ok(!existsSync(at.path("boards")));
    });

  test("a base that is wrong, before any row", async (t) => {
    const at = place(t, { ...BASE, apn: "x".repeat(65) });
    at.write("boards.csv", "name,token\nred,TOKEN_RED\n");
    const { code, err } = await at.run();
    assert.equal(code, 1);
    assert.match(err, /^\/fleet\.tracker\.json: apn .*$/);
  });

  test("a thousand faults, of which ten are told", async (t) => {
    const at = place(t);
    at.write("boards.csv", `name,token\n${"red,T1\n".repeat(1001)}`);
    const lines = (await at.run()).err.split("\n");
    assert.equal(lines.length, 11);
    assert.equal(lines.at(-1), "… and 1,990 more");
  });
});
