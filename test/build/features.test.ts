import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BOARDS } from "../../scripts/boards.ts";
import { buildBoards, choicesOf } from "../../scripts/build/boards.ts";
import { FEATURES, readChoices } from "../../scripts/build/features.ts";
import { excesses } from "../../scripts/build/report.ts";
import { bytesByFile } from "../../scripts/build/shares.ts";
import { build } from "../../scripts/build.ts";
import { BOARD, type Files, project } from "./fixture.ts";

/** A firmware with a feature that linux has in two ways, rak5010 in one and the others not at all. */
const HORN: Files = {
  "main.ts": `
import { board } from "#board";
import { hoot, startHorn } from "#horn";
startHorn(board.name);
global.hoot = function (): void {
  hoot(1);
  print("hooted");
};`,
  "horn/loud.ts": `
export function startHorn(name: string): void { print("loud horn of " + name); }
export function hoot(times: number): void { while (times--) print("HOOT"); }`,
  "horn/soft.ts": `
export function startHorn(name: string): void { print("soft horn of " + name); }
export function hoot(times: number): void { while (times--) print("hoot"); }`,
  "horn/none.ts": `
export function startHorn(_name: string): void {}
export function hoot(_times: number): void {}`,
  ...Object.fromEntries(BOARDS.map((name) => [`board/${name}.ts`, BOARD])),
  "board/rak5010.ts": `${BOARD}export const FEATURES = { horn: ["soft"] };`,
  "board/linux.ts": `${BOARD}export const FEATURES = { horn: ["loud", "soft"] };`,
};
const WAYS = { horn: { loud: "horn/loud.ts", soft: "horn/soft.ts", none: "horn/none.ts" } };

/** Runs the command; the code it returns, what it says, and what became of each blob. */
async function command(t: TestContext, ...args: string[]) {
  const sources = project(t, HORN, WAYS);
  mkdirSync(sources.out);
  const blob = (name: string) => join(sources.out, `${name}.js`);
  for (const name of BOARDS) writeFileSync(blob(name), "old");
  const said = t.mock.method(console, "log", () => {});
  const complained = t.mock.method(console, "error", () => {});
  const code = await build(args, sources);
  const lines = (mock: typeof said) => mock.mock.calls.map(({ arguments: [line] }) => String(line));
  t.after(() => t.mock.restoreAll());
  return {
    code,
    said: lines(said),
    complained: lines(complained),
    blob: (name: string) => (existsSync(blob(name)) ? readFileSync(blob(name), "latin1") : ""),
  };
}

test("a board gets the first of its ways, and nothing of what it lacks", async (t) => {
  const { code, blob } = await command(t);
  assert.equal(code, 0);
  assert.match(blob("linux"), /loud horn of .*"HOOT"/);
  assert.match(blob("rak5010"), /soft horn of .*"hoot"/);
  assert.doesNotMatch(blob("linux"), /soft|"hoot"/);
  for (const name of ["rak8212", "wio-lte"]) assert.doesNotMatch(blob(name), /horn|HOOT|"hoot"/);
});

test("what is left out takes no byte: the blob is that of a firmware which never knew it", async (t) => {
  const { blob } = await command(t, "--board", "linux", "--features", "horn=none");
  const without = project(t, {
    ...HORN,
    "main.ts": `
global.hoot = function (): void {
  print("hooted");
};`,
  });
  const blobs = await buildBoards(["linux"], without);
  assert.equal(blob("linux"), blobs.get("linux")?.code);
});

for (const [args, wrong] of [
  [["horn=loud"], "rak8212 has no horn=loud: it can have none"],
  [["horn=soft", "--board", "linux", "--board", "wio-lte"], "wio-lte has no horn=soft: it can have none"],
  [["horn=loud", "--board", "rak5010"], "rak5010 has no horn=loud: it can have soft or none"],
  [["gps=none"], "--features gps=none: no such feature, use horn=loud|soft|none"],
  [["horn"], "--features horn: use horn=loud|soft|none"],
  [["horn="], "--features horn=: use horn=loud|soft|none"],
  [["horn=loud=soft"], "--features horn=loud=soft: use horn=loud|soft|none"],
  [["constructor=loud"], "--features constructor=loud: no such feature, use horn=loud|soft|none"],
  [["horn=toString"], "--features horn=toString: use horn=loud|soft|none"],
  [["horn=soft,horn=none", "--board", "linux"], "--features horn: is both soft and none"],
] as const)
  test(`--features ${args.join(" ")}: ${wrong}`, async (t) => {
    const { code, complained, blob } = await command(t, "--features", ...args);
    assert.deepEqual({ code, complained }, { code: 2, complained: [wrong] });
    // Nothing was built, and nothing is wrong with what was there.
    for (const name of BOARDS) assert.equal(blob(name), "old");
  });

test("a board must name a way of what no board can be without", (t) => {
  const sources = project(t, HORN, { horn: { loud: "horn/loud.ts", soft: "horn/soft.ts" } });
  assert.equal(choicesOf("linux", {}, sources).horn, "loud");
  assert.throws(() => choicesOf("rak8212", {}, sources), {
    message: "rak8212: FEATURES of its file must name a horn: loud or soft",
  });
});

test("features may be said several times, with commas or spaces; the line of the blob names them", async (t) => {
  assert.deepEqual(readChoices(["gnss=nmea,gnss=nmea", "gnss=nmea"]), { gnss: "nmea" });
  const { said } = await command(t, "--board", "linux", "--features", "horn=soft", "horn=soft");
  assert.match(said.join("\n"), /^linux .* variables, horn=soft$/);
});

test("--files tells what a feature takes, where there is one", async (t) => {
  const { said, blob } = await command(t, "--board", "linux", "--board", "wio-lte", "--files");
  const shares = said.filter((line) => line.includes("horn="));
  assert.equal(shares.length, 1);
  const [, bytes, functions, variables] =
    /^ *(\d+) {2}horn=loud: (\d+) functions, about (\d+) variables$/.exec(shares[0] ?? "") ?? [];
  const without = await command(t, "--board", "linux", "--features", "horn=none");
  assert.equal(Number(bytes), blob("linux").length - without.blob("linux").length);
  assert.ok(Number(functions) >= 1 && Number(variables) >= 4, shares[0]);
});

/** What only one source of fixes has: text of its own, and what it is made of. */
const OF_SOURCE: Record<string, { text: RegExp; files: RegExp }> = {
  modem: { text: /QGPS/, files: /gnss\/modem/ },
  nmea: {
    text: /"GGA"|GNSS receiver|gnss_(baud|port)/,
    files: /gnss\/(nmea|receiver|uart)/,
  },
  none: { text: /built without GNSS/, files: /gnss\/none/ },
};

for (const source of Object.keys(OF_SOURCE)) {
  const names = BOARDS.filter((name) => {
    try {
      return choicesOf(name, { gnss: source });
    } catch {
      return false;
    }
  });
  test(`gnss=${source} is built for ${names.join(", ")}, with nothing of another source`, async () => {
    for (const [name, blob] of await buildBoards(names, undefined, { gnss: source })) {
      const files = bytesByFile(blob).map(([file]) => file);
      for (const [other, { text, files: its }] of Object.entries(OF_SOURCE)) {
        assert.equal(text.test(blob.code), other === source, `${name}, ${other}: ${text}`);
        assert.equal(
          files.some((file) => its.test(file)),
          other === source,
          `${name}, ${other}: ${its}`,
        );
      }
    }
  });
}

test("each source is built for a board, and each board has one", () => {
  assert.deepEqual(Object.keys(FEATURES.gnss ?? {}).sort(), Object.keys(OF_SOURCE).sort());
  assert.deepEqual(
    BOARDS.map((name) => choicesOf(name, {}).gnss),
    BOARDS.map(() => "modem"),
  );
});

test("what is asked for brings along what it needs, and what that needs", () => {
  const { zones, policy, extras } = choicesOf("rak8212", { zones: "yes", tls: "none" });
  assert.deepEqual([zones, policy, extras], ["yes", "trips", "yes"]);
  assert.throws(
    () => choicesOf("rak8212", { zones: "yes", extras: "none" }),
    /rak8212: policy=trips needs extras=yes/,
  );
});

test("a RAK8212 that sleeps, in the place of TLS, keeps its board's budgets", async () => {
  const blob = (await buildBoards(["rak8212"], undefined, { sleep: "save", tls: "none" })).get("rak8212");
  assert.ok(blob);
  assert.deepEqual(excesses("rak8212", blob.size), []);
});
