/** Chromium for the tests of the page: found where it usually is, or the tests are skipped. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

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
  return CHROMIUM ? CHROMIUM : candidates.find((path) => existsSync(path));
}

export const CHROMIUM = findChromium();

/** For `test`'s options: why it is skipped, or false. */
export const skip = CHROMIUM ? false : "no Chromium: install it, or set CHROMIUM=<path>";

/** Whatever takes longer hangs: a loaded machine is slow, not that slow. */
const TIMEOUT_MS = 20_000;

/** The page at an address, with the tiles blocked, and no mistake of its own by the end of the test. */
export async function openPage(
  t: TestContext,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const mistakes: string[] = [];
  page.on("pageerror", (error) => mistakes.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      mistakes.push(message.text());
  });
  await context.route("https://**", (route) => route.abort());
  await page.goto(origin);
  t.after(() => {
    if (mistakes.length) throw new Error(`the page: ${mistakes.join("; ")}`);
  });
  return page;
}
