/** The README's pictures of the page; UPDATE_PICTURES=1 writes them. */
import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { StatusTold } from "../../../scripts/start/page/events.ts";
import { skip } from "./browser.ts";
import { hello, partsWith, status } from "./hello.ts";
import { openScripted } from "./scripted-world.ts";

const FOLDER = new URL("../../../scripts/start/pictures/", import.meta.url);
const MOST_BYTES = 300_000;

const REASON = "no network: check antenna";
/** Readings of some minutes, so that the meter has a curve. */
const READINGS = 45;

const PICTURES: readonly { colorScheme: "light" | "dark"; status: StatusTold; fault?: string }[] = [
  { colorScheme: "light", status: status({ taken: 121, sending: 1, acknowledged: 120 }) },
  {
    colorScheme: "dark",
    status: status(
      { taken: 129, waiting: 9, sending: 0, acknowledged: 120 },
      {
        state: "waiting",
        reason: REASON,
        parts: partsWith({ state: "waiting", reason: REASON, modem: { state: "down", reason: REASON } }),
      },
    ),
    fault: "coverage",
  },
];

for (const { colorScheme, status: its_status, fault } of PICTURES)
  test(`the picture in ${colorScheme} colours is there, and loads fast`, { skip }, async (t) => {
    const options = { colorScheme, viewport: { width: 1280, height: 900 }, timezoneId: "UTC" };
    const { world, page } = await openScripted(t, {}, { ...options, reducedMotion: "reduce" });
    const { energy } = hello();
    for (let i = 1; i <= READINGS; i++) {
      const seconds = energy.seconds + 5 * i;
      const mAh = energy.mAh + 0.045 * i + 0.03 * Math.sin(i / 3);
      world.tell("energy", { ...energy, seconds, mAh });
    }
    world.tell("status", its_status);
    if (fault) world.tell("fault", { name: fault, on: ["tracker"] });
    await page.getByText(`${its_status.outbox.taken} taken`).waitFor();
    await page.locator(".dot").waitFor();
    const last = await page.locator(".energy-panel").boundingBox();
    assert.ok(last);
    const clip = { x: 0, y: 0, width: 1280, height: last.y + last.height + 12 };
    const picture = await page.screenshot({ fullPage: true, clip });
    const path = fileURLToPath(new URL(`page-${colorScheme}.png`, FOLDER));
    if (process.env.UPDATE_PICTURES) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(path, picture);
    }
    assert.ok(picture.length <= MOST_BYTES, `${picture.length} bytes`);
    assert.ok(statSync(path).size <= MOST_BYTES);
  });
