/** The user's side of the console: node:repl for editing, history and completion; the board does the evaluating. */
import { clearScreenDown, cursorTo, moveCursor } from "node:readline";
import { type REPLServer, Recoverable, type ReplOptions, start } from "node:repl";
import { Writable } from "node:stream";
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

const PROMPT = "> ";

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
    server.displayPrompt(true);
  }

  async function converse(own: Conversation): Promise<void> {
    let running: Promise<void> = Promise.resolve();
    const options: ReplOptions & { historySize: number } = {
      prompt: terminal ? PROMPT : "",
      input,
      output: terminal ? output : withoutPrompts(output),
      terminal,
      preview: false,
      ignoreUndefined: true,
      historySize: HISTORY_LINES,
      eval(typed, _context, _file, done) {
        try {
          const source = completeSource(typed);
          if (source) running = own.run(source);
          // At once: node:repl would lose a line that is typed or pasted while it waits.
          done(null, undefined);
        } catch (error) {
          done(error as Error, undefined);
        }
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
    interruptible(opened, own, output);
    await new Promise<void>((resolve) => opened.on("exit", () => resolve()));
    // What was piped in is still answered.
    if (!terminal) await own.after(() => running);
    server = undefined;
  }

  return { show, converse };
}

/** node:repl prompts for the rest of a command even where nobody looks. */
function withoutPrompts(output: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      const text = String(chunk).replace(/^(\.\.\. )+/, "");
      if (text) output.write(text);
      done();
    },
  });
}

/**
 * Ctrl-C takes back what was typed and breaks what runs on the board. With nothing typed the second one leaves, as in
 * node:repl.
 */
function interruptible(server: REPLServer, conversation: Conversation, output: NodeJS.WritableStream) {
  let leaving = false;
  // node:repl's own knows nothing of what runs on the board.
  server.removeAllListeners("SIGINT");
  server.on("line", () => {
    leaving = false;
  });
  server.on("SIGINT", () => {
    // node:repl has another prompt where lines before belong to what is typed.
    const typed = server.line !== "" || server.getPrompt() !== PROMPT;
    if (leaving && !typed) return server.close();
    leaving = !typed;
    conversation.interrupt();
    server.clearBufferedCommand();
    // Takes what was typed off the line, wherever the cursor is in it.
    server.write(null, { ctrl: true, name: "e" });
    server.write(null, { ctrl: true, name: "u" });
    output.write(typed ? "\n" : "\nCtrl-C again, Ctrl-D or .exit leaves\n");
    server.displayPrompt();
  });
}
