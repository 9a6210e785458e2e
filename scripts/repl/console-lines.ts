/** What a board's console sends, as lines: without the prompt, and without what the console draws around it. */

/** The board takes its prompt and what is typed off the screen before it prints. */
const ERASE_LINE = "\r\x1b[J";
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are the terminal's
const CONTROLS = /\x1b\[[0-9;?]*[A-Za-z]|[\r\x08\x10]/g;

/**
 * A prompt, or several, stand before the line that code run without echo prints. A traced line may begin with ">" by
 * itself; it goes on with a quoted string.
 */
const PROMPTS = /^>*(?=> ")|^>+/;

/** Gives a function that takes bytes as they come and calls `onLine` for each whole line of them. */
export function createConsoleLines(onLine: (line: string) => void): (bytes: string) => void {
  let partial = "";
  return (bytes) => {
    const lines = (partial + bytes).split("\n");
    partial = lines.pop() as string;
    // Or a silent board's prompts would pile up.
    const erased = partial.lastIndexOf(ERASE_LINE);
    if (erased >= 0) partial = partial.slice(erased + ERASE_LINE.length);
    for (const raw of lines) {
      const from = raw.lastIndexOf(ERASE_LINE);
      const drawn = (from < 0 ? raw : raw.slice(from + ERASE_LINE.length)).replace(CONTROLS, "");
      const line = drawn.replace(PROMPTS, "");
      // The prompt alone is no line; an empty line is.
      if (line || !drawn) onLine(toText(line));
    }
  };
}

/** Bytes as text: UTF-8, or where they are not, a character a byte. */
export function toText(bytes: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(bytes, "latin1"));
  } catch {
    return bytes;
  }
}
