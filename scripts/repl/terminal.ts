/** The user's side of the console: node:repl for editing, history and completion; the board does the evaluating. */
import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import { type REPLServer, Recoverable, type ReplOptions, start } from "node:repl";
import { parse } from "acorn";
import { addCommands } from "./commands.ts";
import { createCompletion } from "./completion.ts";
import type { Conversation } from "./conversation.ts";
import { HISTORY_LINES } from "./history.ts";

export interface TerminalOptions {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { isTTY?: boolean };
  /** Where lines typed are kept; undefined: nowhere. */
  history?: string | undefined;
  /** Restarts the board, and connects again. */
  reboot(): Promise<void>;
}

export interface Terminal {
  /** Shows a line above the prompt. */
  show(line: string): void;
  /** Begins to read. Resolves when the user leaves. */
  converse(conversation: Conversation): Promise<void>;
}

/** What is typed as the board should run it; throws `Recoverable` while more lines belong to it. */
export function completeSource(typed: string): string {
  const source = typed.trim();
  // A literal, as in the browser's console, rather than a block.
  if (/^\{[\s\S]*\}$/.test(source) && parses(`(${source})`) === true) return `(${source})`;
  const fault = parses(source);
  // Espruino's dialect is not quite acorn's: only what ends too early is held back, the board judges the rest.
  if (
    fault !== true &&
    (fault.pos >= source.length || /^Unterminated (template|comment)/.test(fault.message))
  )
    throw new Recoverable(fault);
  return source;
}

/** True, or what is wrong. */
function parses(source: string): true | (SyntaxError & { pos: number }) {
  try {
    parse(source, { ecmaVersion: 2020, allowReturnOutsideFunction: true });
    return true;
  } catch (error) {
    return error as SyntaxError & { pos: number };
  }
}

export function createTerminal({ input, output, history, reboot }: TerminalOptions): Terminal {
  const terminal = Boolean(output.isTTY);
  let server: REPLServer | undefined;
  let conversation: Conversation | undefined;

  function show(line: string): void {
    if (!server || !terminal) {
      output.write(`${line}\n`);
      return;
    }
    // Where the prompt is: what is being typed may take several rows.
    moveCursor(output, 0, -server.getCursorPos().rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    output.write(`${line}\n`);
    if (!conversation?.busy) server.displayPrompt(true);
  }

  async function converse(own: Conversation): Promise<void> {
    conversation = own;
    let running: Promise<void> = Promise.resolve();
    const options: ReplOptions & { historySize: number } = {
      prompt: terminal ? "> " : "",
      input,
      output,
      terminal,
      preview: false,
      ignoreUndefined: true,
      historySize: HISTORY_LINES,
      eval(typed, _context, _file, done) {
        let source: string;
        try {
          source = completeSource(typed);
        } catch (error) {
          return done(error as Error, undefined);
        }
        if (!source) return done(null, undefined);
        running = own.run(source).then(() => done(null, undefined));
      },
      completer(line: string, done: (error: null, result: [string[], string]) => void) {
        void complete(line).then((result) => done(null, result));
      },
    };
    const opened = start(options);
    server = opened;
    const complete = createCompletion(
      () => own.device,
      () => Object.keys(opened.commands),
    );
    addCommands(opened, own, { show, reboot });
    if (terminal && history)
      await new Promise<void>((resolve) => opened.setupHistory(history, () => resolve()));
    // node:repl's own clears the line, too, but knows nothing of what runs on the board.
    opened.removeAllListeners("SIGINT");
    let leaving = false;
    opened.on("line", () => {
      leaving = false;
    });
    opened.on("SIGINT", () => {
      if (leaving) return opened.close();
      leaving = true;
      if (own.busy) own.interrupt();
      opened.clearBufferedCommand();
      const empty = !opened.line && !own.busy;
      output.write("\n");
      Object.assign(opened, { line: "", cursor: 0 });
      if (empty) output.write("Ctrl-C again, Ctrl-D or .exit leaves\n");
      if (!own.busy) opened.displayPrompt();
    });
    await new Promise<void>((resolve) => opened.on("exit", () => resolve()));
    // What was piped in is still answered.
    if (!terminal) await running;
    server = undefined;
  }

  return { show, converse };
}
