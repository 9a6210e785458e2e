/** Chromium for the tests of the page: found where it usually is, or the tests are skipped. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** The environment's CHROMIUM, one on the PATH, or one where it is installed usually. */
function findChromium(): string | undefined {
  const { CHROMIUM, PATH = "" } = process.env;
  const folders = PATH.split(delimiter);
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES];
  return CHROMIUM || candidates.find((path) => existsSync(path));
}

const executablePath = findChromium();

/** For a test's options: why it is skipped, or false. */
export const skip = executablePath ? false : "no Chromium: install it, or set CHROMIUM=<path>";

/** Whatever takes longer hangs: a loaded machine is slow, but not that slow. */
const TIMEOUT_MS = 30_000;
const LOOK_MS = 50;

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());

/** The page at an address, with the tiles blocked; it makes no mistake until the test's end. */
export async function openPage(
  t: TestContext,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  // Root, as in a container, has no sandbox.
  launched ??= chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const context = await (await launched).newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const mistakes: string[] = [];
  page.on("pageerror", ({ message }) => mistakes.push(message));
  page.on("console", (message) => {
    // Tiles that are blocked, and a refusal, which the page tells.
    const is_told = message.text().includes("Failed to load resource");
    if (message.type() === "error" && !is_told) mistakes.push(message.text());
  });
  await context.route("https://**", (route) => route.abort());
  await page.goto(origin);
  t.after(async () => {
    await context.close();
    if (mistakes.length) throw new Error(`the page: ${mistakes.join("; ")}`);
  });
  return page;
}

/** Waits until an expression is true in the page, whose policy forbids Playwright's own `waitForFunction`. */
export async function until(page: Page, expression: string, timeout_ms = TIMEOUT_MS): Promise<void> {
  const end_ms = Date.now() + timeout_ms;
  while (!(await page.evaluate(expression))) {
    if (Date.now() > end_ms) throw new Error(`not within ${timeout_ms / 1000} s: ${expression}`);
    await setTimeout(LOOK_MS);
  }
}
