/** What `npm run package` makes, and what it refuses; that a board takes it is in blob/ota.test.ts. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { SOURCES } from "../scripts/build/boards.ts";
import { packageOf } from "../scripts/package/package.ts";
import { makePackages } from "../scripts/package.ts";
import { createBoardWorld } from "./blob/board-world.ts";
import { TOKEN } from "./blob/peers.ts";
import { builtBlob } from "./device/rig.ts";
import { documents, fencesOf, sectionOf } from "./readme/documents.ts";

test("a package is the code behind a line of what it is for, with what ThingsBoard is told", () => {
  const {
    title,
    version,
    tag,
    bytes,
    crc32: sum,
    sha256,
  } = packageOf("rak5010", "a=1;", {
    name: "espruino-thingsboard",
    version: "0.2.0",
  });
  assert.deepEqual([title, version], ["espruino-thingsboard RAK5010", "0.2.0"]);
  assert.equal(tag, "espruino-thingsboard RAK5010 0.2.0 2v20.48");
  assert.equal(bytes.toString(), `//${tag}\na=1;`);
  // The lowest byte first.
  assert.equal(Buffer.from(sum, "hex").readUInt32LE(), crc32(bytes));
  assert.match(sha256, /^[0-9a-f]{64}$/);
});

test("without a board, and for one that is updated by cable, there is none", async (t) => {
  const complained = t.mock.method(console, "error", () => {});
  for (const [args, line] of [
    [[], "--board is missing: use rak5010, linux"],
    [["--board", "rak8212"], "rak8212 takes no firmware over the air: npm run flash"],
    [["--board", "linux", "--features", "ota=none"], "linux takes no firmware over the air: npm run flash"],
  ] as const) {
    assert.equal(await makePackages([...args]), 2);
    assert.equal(complained.mock.calls.at(-1)?.arguments[0], line);
  }
});

test("it is written beside the firmware, and named as from here", async (t) => {
  const out = resolve("dist/package-test");
  t.after(() => rmSync(out, { recursive: true }));
  const said = t.mock.method(console, "log", () => {});
  assert.equal(await makePackages(["--board", "linux"], { ...SOURCES, out, version: "9.9.9" }), 0);
  const lines = said.mock.calls.map((call) => String(call.arguments[0]));
  assert.match(lines[0] ?? "", /^wrote dist.package-test.linux-9\.9\.9\.js, [\d,]+ bytes$/);
});

test("put onto a board as the Web IDE does, as .bootcde beside the settings that the document shows, it reports", async () => {
  const section = sectionOf(documents.get("scripts/README.md") ?? "", "npm run package");
  const [shown] = fencesOf(section).filter(({ language }) => language === "json");
  const settings = JSON.parse(shown?.code.replace("ACCESS_TOKEN", TOKEN) ?? "");
  const { bytes } = packageOf("rak5010", builtBlob("rak5010"), {
    name: "espruino-thingsboard",
    version: "0.2.0",
  });
  const { board, thingsboard, lines, run, stop } = createBoardWorld(
    "rak5010",
    settings,
    undefined,
    bytes.toString("latin1"),
  );
  try {
    board.boot();
    await run(180);
    assert.match(lines[0] ?? "", /^espruino-thingsboard .* for RAK5010$/);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 2);
    assert.deepEqual(board.errorFlags, []);
  } finally {
    await stop();
  }
});
