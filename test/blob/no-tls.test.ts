/** The firmware built without TLS: with settings that want it nothing is opened, and so nothing sent in clear. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOARDS } from "../../scripts/boards.ts";
import { buildBoards } from "../../scripts/build/boards.ts";
import { bytesByFile } from "../../scripts/build/shares.ts";
import { TOKEN } from "./peers.ts";
import { sealedTls } from "./tls.ts";
import { createWorld } from "./world.ts";

const blobs = await buildBoards(BOARDS, undefined, { tls: "none" });
const blob = blobs.get("linux")?.code as string;

for (const tls of [1, 2] as const)
  test(`settings with tls ${tls}: refused in a line, for as long as they are so`, async () => {
    let opened = 0;
    const world = createWorld({
      blob,
      tls: sealedTls({ tls }),
      connect: () => {
        opened++;
        throw new Error("nothing is to be opened");
      },
    });
    const { modem, lines, run, runUntil, status, stop } = world;
    try {
      await runUntil(/^tracker: built without TLS; again in/, 60);
      await run(3600);
      const others = lines.filter(
        (line) => !/^tracker: built without TLS; |^espruino-thingsboard/.test(line),
      );
      assert.deepEqual(others, []);
      assert.equal(opened, 0);
      const traffic = modem.transcript.toString();
      assert.doesNotMatch(traffic, /AT\+Q(I|SSL)(OPEN|SEND)/);
      assert.ok(!traffic.includes(TOKEN));
      assert.ok(Number(status().waiting) >= 350, "fixes are kept");
      assert.equal(status().modem_resets, undefined, "it never climbs");
    } finally {
      await stop();
    }
  });

test("settings without tls: as ever", async () => {
  const world = createWorld({ blob });
  try {
    await world.runUntil(/^tracker: connected/, 60);
    await world.run(30);
    assert.ok(world.thingsboard.telemetry("tracker", "Latitude").length >= 3);
    assert.equal(world.status().encryption, "plain text");
  } finally {
    await world.stop();
  }
});

test("nothing of a modem's TLS is in it", async () => {
  const whole = await buildBoards(BOARDS);
  for (const [name, { code, size }] of blobs) {
    assert.doesNotMatch(code, /QSSLCFG|QFLST|QNTP|AT\+CCLK=|checkhost|ntp\.org/, name);
    const files = new Map(bytesByFile(blobs.get(name) as never));
    for (const file of ["firmware/modem/tls.ts", "firmware/modem/trials.ts"])
      assert.equal(files.get(file) ?? 0, 0, `${name}, ${file}`);
    // The refusal, after an AT.
    assert.ok((files.get("firmware/modem/no-tls.ts") ?? 0) <= 96, name);
    const { bytes = 0, variables = 0 } = whole.get(name)?.size ?? {};
    assert.ok(bytes - size.bytes > 2000 && variables - size.variables > 20, `${name}: ${bytes - size.bytes}`);
  }
});
