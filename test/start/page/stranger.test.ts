/** A stranger with the page of `npm start`: the dot moves, and what waits at a power cut arrives. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { copyOfTheProject } from "../../walk/project-copy.ts";
import { openPage, skip, until } from "./browser.ts";

/** A build takes long on a busy machine, and a tracker has to come up. */
const PATIENCE_MS = 180_000;
/** From Ctrl-C to the end. */
const END_MS = 20_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  await ended;
  clearTimeout(timer);
}

/** `npm start` in a copy of the project, as its build writes there. Resolves with the page's address. */
async function npmStart(t: TestContext): Promise<string> {
  const cwd = copyOfTheProject();
  const args = ["--import", "tsx", "scripts/start.ts", "--http-port", "0", "--mqtt-port", "0"];
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  t.after(async () => {
    await end(child);
    rmSync(cwd, { recursive: true, force: true });
  });
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => child.kill(), PATIENCE_MS);
  for await (const line of lines) {
    const [, address] = /^page: +(\S+)/.exec(line) ?? [];
    if (!address) continue;
    clearTimeout(timer);
    child.stdout.resume();
    return address;
  }
  throw new Error("npm start told no address of the page");
}

/** Waits for the sum of samples to read so, and gives how many were taken and are acknowledged. */
async function untilCounted(page: Page, sum: RegExp): Promise<{ taken: number; acknowledged: number }> {
  const shown = page.locator("#flow-sum", { hasText: sum });
  const text = await shown.textContent({ timeout: PATIENCE_MS });
  const [taken = 0, acknowledged = 0] = (text?.match(/\d+/g) ?? []).map(Number);
  return { taken, acknowledged };
}

/** At least four. */
const SOME_WAIT = /\+ ([4-9]|\d{2,}) waiting/;
const ALL_ARRIVED = /^(\d+) taken = \1 acknowledged \+ 0 waiting \+ 0 on their way\. Nothing is lost\.$/;

test("sees the dot move, cuts the power while fixes wait, and sees each of them arrive", {
  skip,
}, async (t) => {
  const page = await openPage(t, await npmStart(t));
  const dot = page.locator(".dot");
  await dot.waitFor({ timeout: PATIENCE_MS });
  const begin = await dot.boundingBox();
  // The car starts slowly; time may run faster.
  await page.getByRole("radio", { name: "5×", exact: true }).check({ force: true });
  const { x, y } = begin ?? { x: 0, y: 0 };
  const has_moved = `(() => {
    const box = document.querySelector(".dot").getBoundingClientRect();
    return Math.hypot(box.x - ${x}, box.y - ${y}) > 3;
  })()`;
  await until(page, has_moved, PATIENCE_MS);

  const no_coverage = page.getByRole("button", { name: "No coverage" });
  const power_off = page.getByRole("button", { name: "Power off" });
  await no_coverage.click();
  await untilCounted(page, SOME_WAIT);
  await power_off.click();
  await page.locator("#doing", { hasText: "Its power is cut" }).waitFor();
  const cut = await untilCounted(page, SOME_WAIT);
  assert.ok(cut.acknowledged < cut.taken);

  await power_off.click();
  await no_coverage.click();
  // What was taken after the cut may be on its way at any time, but not for ever.
  const all = await untilCounted(page, ALL_ARRIVED);
  assert.ok(all.acknowledged >= cut.taken, `${all.acknowledged} of ${cut.taken}`);
});
