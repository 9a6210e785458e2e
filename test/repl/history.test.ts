import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { historyFile } from "../../scripts/repl/history.ts";

const home = mkdtempSync(join(tmpdir(), "home-"));
after(() => rmSync(home, { recursive: true }));

describe("the history's file", () => {
  for (const [env, platform, directory] of [
    [{ XDG_STATE_HOME: join(home, "state") }, "linux", join(home, "state")],
    [{ HOME: home }, "linux", join(home, ".local/state")],
    [{ HOME: home, LOCALAPPDATA: join(home, "local") }, "win32", join(home, "local")],
  ] as const)
    test(`is in ${directory.slice(home.length)} on ${platform}, which is made`, () => {
      const file = historyFile(env, platform);
      assert.equal(file, join(directory, "espruino-thingsboard/repl_history"));
      assert.ok(existsSync(dirname(file as string)));
    });

  test("is none where there can be no directory", () => {
    const file = join(home, "file");
    writeFileSync(file, "");
    assert.equal(historyFile({ XDG_STATE_HOME: file }, "linux"), undefined);
  });
});
