import assert from "node:assert/strict";
import { chmodSync, chownSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import { groupName } from "../../scripts/device/link.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { realClock } from "../../scripts/simulator/clock.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { offerConsole } from "../../scripts/start/console.ts";

/** A simulated board on a pseudo-terminal. */
async function pseudoTerminal(t: TestContext) {
  const terminal = await offerConsole();
  t.after(() => terminal.close());
  const board = createSimulatedBoard({ clock: realClock, console: terminal.peer });
  t.after(() => board.dispose());
  board.boot();
  return { port: /^--port (\S+)$/.exec(terminal.address)?.[1] ?? "", unplug: () => void terminal.close() };
}

const windows = process.platform === "win32" && "Windows has no pseudo-terminals";

describe("a serial port", { skip: windows }, () => {
  test("unplugged in mid-write", async (t) => {
    const { port, unplug } = await pseudoTerminal(t);
    const device = await openDevice({ port });
    await assert.rejects(
      device.upload("f", "x".repeat(20_000), (done) => {
        if (done > 2000) unplug();
      }),
      new RegExp(`^Error: ${port}: connection lost; was the board unplugged`),
    );
    await device.closed;
  });

  const root = process.getuid?.() === 0;
  test("that belongs to others: the group to join is named", {
    skip: !root && "only root can give it away",
  }, async (t) => {
    const { port } = await pseudoTerminal(t);
    chownSync(port, 0, 5);
    chmodSync(port, 0o660);
    process.seteuid?.(65534);
    t.after(() => process.seteuid?.(0));
    const fault = await openDevice({ port }).catch((error: Error) => error.message);
    process.seteuid?.(0);
    assert.match(
      String(fault),
      /no permission to open it; join the group tty \(sudo usermod -aG tty \$USER\)/,
    );
  });
});

test("the group to join is read from /etc/group", () => {
  const groups = "root:x:0:\ndialout:x:20:ann,bob\nuucp:x:10:\n";
  assert.equal(groupName(groups, 20), "dialout");
  assert.equal(groupName(groups, 10), "uucp");
  assert.equal(groupName(groups, 2), undefined);
});
