/** The live page in a browser, against a world that says what a test wants. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { Hello } from "../../../scripts/start/page/events.ts";
import { openPage, skip, until } from "./browser.ts";
import { driveSamples, hello, START_MS, status } from "./hello.ts";
import { openScripted, scriptedWorld } from "./scripted-world.ts";

/** Where the newest dot is on the screen. */
async function dotPlace(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.locator(".dot").boundingBox();
  assert.ok(box);
  return box;
}

describe("the map", { skip }, () => {
  test("the first fix sets the dot, the next one moves it, and the line says where it is", async (t) => {
    const { world, page } = await openScripted(t, { samples: [] });
    await page.getByText("Waiting for the first fix").waitFor();
    const [first, second] = driveSamples(2, 60);
    assert.ok(first && second);
    world.tell("sample", first);
    await page.locator(".dot").waitFor();
    const before = await dotPlace(page);
    world.tell("sample", second);
    await page.locator("#latest", { hasText: "09:13:00" }).waitFor();
    const after = await dotPlace(page);
    assert.ok(Math.hypot(after.x - before.x, after.y - before.y) > 5, "the dot moved");
  });

  test("a sample with the cell alone is none of the track", async (t) => {
    const { world, page } = await openScripted(t, { samples: driveSamples(3) });
    world.tell("sample", {
      tracker: "tracker",
      ts: START_MS + 60_000,
      stored_ms: 0,
      values: { cell: "262,1" },
    });
    for (const sample of driveSamples(1, 5, "tracker", 90)) world.tell("sample", sample);
    await page.locator("#latest", { hasText: "09:13:30" }).waitFor();
    await page.getByText("The last fixes as a table").click();
    assert.equal(await page.locator("#fixes tr").count(), 4);
  });

  test("without tiles there is a grid with coordinates, a scale, a word, and no attribution", async (t) => {
    const { page } = await openScripted(t);
    await page.getByText("No map tiles to be had").waitFor();
    assert.equal(await page.locator(".leaflet-control-scale-line").isVisible(), true);
    assert.equal(await page.getByText("OpenStreetMap").count(), 0);
    const painted = `[...document.querySelector("#map-grid").getContext("2d")
      .getImageData(0, 0, 300, 300).data].some((byte) => byte > 0)`;
    assert.equal(await page.evaluate(painted), true);
  });

  test("with tiles the attribution is there, and no word of a grid", async (t) => {
    const world = await scriptedWorld(t, () => hello());
    const page = await openPage(t, world.origin);
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    );
    await page
      .context()
      .route("https://tile.openstreetmap.org/**", (route) =>
        route.fulfill({ contentType: "image/png", body: png }),
      );
    await page.reload();
    await page.getByText("OpenStreetMap").waitFor();
    assert.equal(await page.locator("#map-note").isVisible(), false);
  });

  test("it follows until the viewer drags it; the button goes back", async (t) => {
    const { page } = await openScripted(t);
    const follow = page.getByRole("button", { name: "Follow" });
    assert.equal(await follow.getAttribute("aria-pressed"), "true");
    const box = await page.locator("#map").boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 320, box.y + 260, { steps: 5 });
    await page.mouse.up();
    assert.equal(await follow.getAttribute("aria-pressed"), "false");
    await follow.click();
    assert.equal(await follow.getAttribute("aria-pressed"), "true");
  });

  test("a fleet's trackers have a dot and a name each, and the one looked at can be chosen", async (t) => {
    const trackers = ["tracker", "tracker 2", "tracker 3"];
    const samples = trackers.flatMap((name, i) => driveSamples(4, 5, name, i * 200));
    const { page } = await openScripted(t, { trackers, samples });
    assert.deepEqual(await page.locator(".dot-name").allTextContents(), trackers);
    await page.getByRole("radio", { name: "tracker 3" }).check();
    await page.locator("#latest", { hasText: "09:18:55" }).waitFor();
    for (const dot of await page.locator(".dot").all()) assert.equal(await dot.isVisible(), true);
    // Of it no status was told.
    assert.equal(await page.locator("#doing").textContent(), "");
  });
});

describe("charts", { skip }, () => {
  const without = (settings: Hello["settings"]) =>
    settings.map((setting) => (setting.name === "extras" ? { ...setting, value: "why" } : setting));
  const bare = () =>
    driveSamples(5).map(({ values: { battery, signal_dbm, ...values }, ...sample }) => ({
      ...sample,
      values,
    }));

  test("show what the samples have, and offer to ask for the rest", async (t) => {
    const more = { samples: bare(), settings: without(hello().settings) };
    const { world, page } = await openScripted(t, more);
    await page.getByText("Battery: not in its samples. Signal: not in its samples.").waitFor();
    assert.deepEqual(await page.locator(".chart:visible figcaption span").allTextContents(), [
      "Speed",
      "Altitude",
    ]);
    await page.getByRole("button", { name: "Ask the tracker for battery and signal" }).click();
    await page.getByText("Asked for").waitFor();
    assert.deepEqual(world.asked[0]?.body.settings, { extras: "why,battery,signal_dbm" });
    for (const sample of driveSamples(1, 5, "tracker", 300)) world.tell("sample", sample);
    await page.getByRole("img", { name: "Battery over time" }).waitFor();
    assert.equal(await page.locator(".chart:visible").count(), 4);
  });

  test("a board that cannot measure it is not asked again", async (t) => {
    const { page } = await openScripted(t, { samples: bare() });
    await page.getByText("Battery: not in its samples.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Ask the tracker" }).count(), 0);
  });
});

describe("outbox, faults and status", { skip }, () => {
  test("a power cut waits in flash, and all of it arrives", async (t) => {
    const { world, page } = await openScripted(t);
    const button = page.getByRole("button", { name: "Power off" });
    await button.click();
    await page.getByText("Power off: on").waitFor();
    world.tell("fault", { name: "power", on: ["tracker"] });
    await page.getByRole("button", { name: "Power off", pressed: true }).waitFor();
    assert.deepEqual(world.asked, [
      { path: "/simulator/fault", body: { name: "power", tracker: "tracker", is_on: true } },
    ]);
    world.tell("status", status({ taken: 126, waiting: 7, sending: 0 }, { is_powered: false, parts: {} }));
    await page.locator("#doing", { hasText: "Its power is cut" }).waitFor();
    await page
      .getByText("126 taken = 119 acknowledged + 7 waiting + 0 on their way. Nothing is lost.")
      .waitFor();
    assert.equal(await page.locator(".squares .full").count(), 7);
    world.tell("fault", { name: "power", on: [] });
    world.tell("status", status({ taken: 126, waiting: 0, sending: 0, acknowledged: 126 }));
    await page.getByText("126 taken = 126 acknowledged + 0 waiting").waitFor();
    assert.equal(await button.getAttribute("aria-pressed"), "false");
  });

  test("a fault that is refused says why, and its button stays as it was", async (t) => {
    const { world, page } = await openScripted(t);
    world.answer("/simulator/fault", { error: "the world is being made anew: try again" }, 503);
    await page.getByRole("button", { name: "No coverage" }).click();
    await page.getByText("No coverage: the world is being made anew: try again").waitFor();
    const button = page.getByRole("button", { name: "No coverage" });
    assert.equal(await button.getAttribute("aria-pressed"), "false");
  });

  test("a fault is of the tracker looked at", async (t) => {
    const { world, page } = await openScripted(t, { trackers: ["tracker", "tracker-2"] });
    world.tell("fault", { name: "power", on: ["tracker"] });
    await page.getByRole("button", { name: "Power off", pressed: true }).waitFor();
    await page.getByRole("radio", { name: "tracker-2" }).check();
    await page.getByRole("button", { name: "Power off", pressed: false }).click();
    await page.getByText("Power off: on").waitFor();
    assert.deepEqual(world.asked[0]?.body, { name: "power", tracker: "tracker-2", is_on: true });
    world.tell("fault", { name: "power", on: ["tracker", "tracker-2"] });
    await page.getByRole("button", { name: "Power off", pressed: true }).waitFor();
  });

  test("a fault without a state is a plain button", async (t) => {
    const { world, page } = await openScripted(t);
    const button = page.getByRole("button", { name: "Modem reset" });
    assert.equal(await button.getAttribute("aria-pressed"), null);
    await button.click();
    await page.getByText("Modem reset: done").waitFor();
    assert.deepEqual(world.asked[0]?.body, { name: "modem_reset", tracker: "tracker" });
  });

  test("the way to the server is drawn as it is: there, at rest, cut off", async (t) => {
    const { world, page } = await openScripted(t);
    await page.locator(".way.link.up").first().waitFor({ state: "attached" });
    world.tell("status", status({}, { is_asleep: true, state: "resting" }));
    await page.locator(".way.link.idle").first().waitFor({ state: "attached" });
    world.tell("status", status({}, { state: "waiting", reason: "no network: check antenna" }));
    await page.locator(".way.link.down").first().waitFor({ state: "attached" });
  });

  test("each part says what it does, and the line above is told to screen readers only when it changes", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByText("a fix, 9 satellites, HDOP 0.9").waitFor();
    await page.evaluate(`changes = 0; new MutationObserver(() => changes++)
      .observe(document.querySelector("#doing"), { childList: true, characterData: true, subtree: true })`);
    world.tell("status", status({ taken: 130, acknowledged: 130, sending: 0 }));
    await page.getByText("130 taken").waitFor();
    assert.equal(await page.evaluate("changes"), 0);
    world.tell("status", status({}, { state: "waiting", reason: "no network: check antenna" }));
    await page
      .locator("#doing", { hasText: "Waits before it tries the network again: no network: check antenna" })
      .waitFor();
  });
});

describe("forms", { skip }, () => {
  test("a call goes with the example as params, and its answer is shown; a refusal too", async (t) => {
    const { world, page } = await openScripted(t);
    world.answer("/simulator/call", { interval_s: 10 });
    await page.getByLabel("Method").selectOption("setInterval");
    assert.equal(await page.getByLabel("Params").inputValue(), '{"interval_s":10}');
    await page.getByRole("button", { name: "Call" }).click();
    await page.locator(".answer", { hasText: '"interval_s": 10' }).waitFor();
    assert.deepEqual(world.asked[0]?.body, {
      tracker: "tracker",
      method: "setInterval",
      params: { interval_s: 10 },
    });
    world.answer("/simulator/call", { error: "no answer from the tracker in 10 s" }, 504);
    await page.getByRole("button", { name: "Call" }).click();
    await page.locator(".answer.bad", { hasText: "no answer from the tracker in 10 s" }).waitFor();
  });

  test("params that are no JSON are refused at once, beside the field", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByLabel("Params").fill("{interval_s: 10}");
    await page.getByRole("button", { name: "Call" }).click();
    await page.locator("#call-fault", { hasText: "Not JSON" }).waitFor();
    assert.equal(await page.getByLabel("Params").getAttribute("aria-invalid"), "true");
    assert.deepEqual(world.asked, []);
  });

  test("only what was changed is sent, and what was refused says why at its field", async (t) => {
    const { world, page } = await openScripted(t);
    world.answer("/simulator/settings", {
      taken: { interval_s: 10, power: "save" },
      refused: { zones: "must be an object" },
    });
    await page.getByLabel("interval_s").fill("10");
    await page.getByLabel("power", { exact: true }).selectOption("save");
    await page.getByLabel("zones", { exact: true }).fill("[1]");
    await page.getByRole("button", { name: "Send changes" }).click();
    await page.getByText("taken: interval_s, power; refused: zones").waitFor();
    await page.locator("#zones-fault", { hasText: "must be an object" }).waitFor();
    assert.deepEqual(world.asked[0]?.body, {
      settings: { interval_s: 10, power: "save", zones: [1] },
    });
  });

  test("a number out of its bounds is refused at its field, and nothing is sent", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByLabel("turn_deg").fill("181");
    await page.getByRole("button", { name: "Send changes" }).click();
    await page.getByText("Must be a number, 0 to 180 degrees").waitFor();
    assert.deepEqual(world.asked, []);
    await page.getByRole("button", { name: "Undo" }).click();
    assert.equal(await page.getByLabel("turn_deg").inputValue(), "0");
  });

  test("settings that come into force are shown, but not over what is being typed", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByLabel("apn", { exact: true }).fill("iot.exam");
    const changed = hello().settings.map((setting) =>
      setting.name === "interval_s"
        ? { ...setting, value: 42 }
        : setting.name === "apn"
          ? { ...setting, value: "x" }
          : setting,
    );
    world.tell("settings", changed);
    await until(page, `document.querySelector("#setting-interval_s").value === "42"`);
    assert.equal(await page.getByLabel("apn", { exact: true }).inputValue(), "iot.exam");
  });

  test("board, policy and speed are asked for; a refused one stays as it was", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByLabel("Board", { exact: true }).selectOption("wio-lte");
    await page.getByText("Board wio-lte: the world is made anew", { exact: true }).waitFor();
    world.answer("/simulator/world", { error: "policy hourly: linux does not sleep" }, 400);
    await page.getByLabel("Policy").selectOption("hourly");
    await page.getByText("Policy hourly: policy hourly: linux does not sleep").waitFor();
    assert.equal(await page.getByLabel("Policy").inputValue(), "live");
    await page.getByRole("radio", { name: "10×" }).check({ force: true });
    await page.getByText("Time runs 10 times as fast").waitFor();
    assert.deepEqual(
      world.asked.map(({ body }) => body),
      [{ board: "wio-lte" }, { policy: "hourly" }, { times: 10 }],
    );
  });

  test("sensors are there that the board has, and no others", async (t) => {
    const { world, page } = await openScripted(t, { toys: ["battery"] });
    assert.deepEqual(await page.locator(".toy legend").allTextContents(), ["Battery"]);
    await page.getByLabel("Volts").fill("3.4");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("Battery: 3.4 Volts").waitFor();
    assert.deepEqual(world.asked, [{ path: "/simulator/battery", body: { volts: 3.4 } }]);
  });
});

describe("the trace", { skip }, () => {
  test("is chosen by kind and by text, and stands still in a pause", async (t) => {
    const { world, page } = await openScripted(t);
    const lines = page.locator("#trace .line");
    await page.getByLabel("AT", { exact: true }).uncheck();
    assert.deepEqual(new Set(await lines.locator("b").allTextContents()), new Set(["MQTT"]));
    await page.getByLabel("Only lines with this text").fill("puback");
    assert.equal(await lines.count(), 12);
    await page.getByRole("button", { name: "Pause" }).click();
    world.tell("trace", { time_ms: START_MS, kind: "mqtt", way: "down", text: "PUBACK packet 999" });
    await page.getByRole("button", { name: "Go on (1)" }).click();
    await page.getByText("PUBACK packet 999").waitFor();
  });

  test("keeps the last 1,000 lines", async (t) => {
    const { world, page } = await openScripted(t, { traces: [] });
    for (let i = 0; i < 1_100; i++) world.tell("line", { tracker: "tracker", text: `line ${i}` });
    await page.getByText("tracker: line 1099").waitFor();
    assert.equal(await page.locator("#trace .line").count(), 1_000);
  });
});

test("says when npm start is gone, and goes on when it is back", { skip }, async (t) => {
  const { world, page } = await openScripted(t);
  await world.goAway();
  await page.getByText("npm start is gone").waitFor();
  await world.comeBack();
  await page.locator("#connection", { hasText: "Live" }).waitFor();
});

describe("for everybody:", { skip }, () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [360, 1440])
      test(`${colorScheme}, ${width} px wide: axe finds nothing, and nothing is wider than the screen`, async (t) => {
        const options = { colorScheme, viewport: { width, height: 900 } };
        const { world, page } = await openScripted(t, {}, options);
        // With whatever can be seen only after something was done.
        world.answer("/simulator/call", { error: "unknown method" });
        await page.getByRole("button", { name: "Call" }).click();
        await page.locator(".answer.bad").waitFor();
        await page.getByRole("button", { name: "No coverage" }).click();
        await page.getByLabel("turn_deg").fill("x");
        await page.getByRole("button", { name: "Send changes" }).click();
        await page.getByText("The last fixes as a table").click();
        await page.locator(".dot").waitFor();
        await page.evaluate(axe);
        const found = (await page.evaluate("axe.run()")) as {
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
        };
        const told = found.violations.map(({ id, nodes }) => [
          id,
          nodes.map((node) => node.html + node.failureSummary),
        ]);
        assert.deepEqual(told, []);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      });

  test("who wants less motion sees nothing move", async (t) => {
    const { world, page } = await openScripted(t, {}, { reducedMotion: "reduce" });
    world.tell("status", status({ taken: 125, acknowledged: 125, sending: 0 }));
    await page.getByText("125 taken").waitFor();
    assert.equal(await page.evaluate("document.getAnimations().length"), 0);
  });

  test("the keyboard alone cuts the power and calls the tracker", async (t) => {
    const { world, page } = await openScripted(t);
    await page.getByRole("button", { name: "Power off" }).focus();
    await page.keyboard.press("Space");
    await page.getByText("Power off: on").waitFor();
    await page.getByLabel("Method").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".answer").waitFor();
    assert.deepEqual(
      world.asked.map(({ path }) => path),
      ["/simulator/fault", "/simulator/call"],
    );
  });

  test("nothing is asked of others but tiles", async (t) => {
    const world = await scriptedWorld(t, () => hello());
    const page = await openPage(t, "about:blank");
    const others = new Set<string>();
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:") others.add(origin);
    });
    await page.goto(world.origin);
    await page.getByText("No map tiles to be had").waitFor();
    assert.deepEqual(others, new Set([world.origin, "https://tile.openstreetmap.org"]));
  });
});
