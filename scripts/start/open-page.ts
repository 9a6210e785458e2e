/** `--open`: the page in the user's own browser. Without one there is a word of it, and the address stands above. */
export async function openPage(address: string, say: (line: string) => void): Promise<void> {
  const failed = (why: string): void => say(`--open: no browser could be started: ${why}`);
  try {
    // Only who wants it waits for it.
    const { default: open } = await import("open");
    const browser = await open(address);
    browser.on("error", (error) => failed(error.message));
    browser.on("exit", (code) => {
      if (code) failed(`it ended with code ${code}`);
    });
  } catch (error) {
    failed((error as Error).message);
  }
}
