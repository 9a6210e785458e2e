/** One command of a command line. `AT+CSQ` run, `AT+CSQ?` read, `AT+CSQ=?` test, `AT+CSQ=1` set, `ATE0` set. */
export interface Command {
  /** Upper case: "+CSQ", "E", "&F"; "" for a bare AT. */
  name: string;
  kind: "run" | "read" | "test" | "set";
  args: Argument[];
}

export interface Argument {
  text: string;
  quoted: boolean;
}

/** Splits what follows AT into its commands; undefined: a syntax error. */
export function parseCommandLine(body: string): Command[] | undefined {
  const commands: Command[] = [];
  let rest = body.trim();
  if (rest === "") return [{ name: "", kind: "run", args: [] }];
  while (rest !== "") {
    const basic = /^(&?[A-Z])(\d*)/i.exec(rest);
    if (basic?.[1] !== undefined) {
      const value = basic[2] ?? "";
      const args = value === "" ? [] : [{ text: value, quoted: false }];
      commands.push({ name: basic[1].toUpperCase(), kind: value === "" ? "run" : "set", args });
      rest = rest.slice(basic[0].length);
    } else {
      const end = endOfCommand(rest);
      const command = parseExtended(rest.slice(0, end));
      if (!command) return undefined;
      commands.push(command);
      rest = rest.slice(end);
    }
    rest = rest.replace(/^[\s;]+/, "");
  }
  return commands;
}

/** The index of the `;` outside quotes, or the end. */
function endOfCommand(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    if (text[i] === ";" && !quoted) return i;
  }
  return text.length;
}

function parseExtended(text: string): Command | undefined {
  const match = /^(\+[A-Z0-9]+)\s*(.*)$/is.exec(text);
  if (!match) return undefined;
  const name = (match[1] ?? "").toUpperCase();
  const tail = (match[2] ?? "").trim();
  if (tail === "") return { name, kind: "run", args: [] };
  if (tail === "?") return { name, kind: "read", args: [] };
  if (tail === "=?") return { name, kind: "test", args: [] };
  if (!tail.startsWith("=")) return undefined;
  const args = parseArguments(tail.slice(1));
  return args && { name, kind: "set", args };
}

function parseArguments(text: string): Argument[] | undefined {
  const pieces: string[] = [];
  let quoted = false;
  let piece = "";
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === "," && !quoted) {
      pieces.push(piece);
      piece = "";
    } else piece += char;
  }
  if (quoted) return undefined;
  pieces.push(piece);
  const args: Argument[] = [];
  for (const raw of pieces) {
    const trimmed = raw.trim();
    if (trimmed.startsWith('"')) {
      if (trimmed.length < 2 || trimmed.indexOf('"', 1) !== trimmed.length - 1) return undefined;
      args.push({ text: trimmed.slice(1, -1), quoted: true });
    } else if (trimmed.includes('"')) return undefined;
    else args.push({ text: trimmed, quoted: false });
  }
  return args;
}

/**
 * The unquoted integer at `index`, within `min` and `max`; `fallback` when it is absent or empty.
 * undefined: something else stands there, or it is absent and there is no fallback.
 */
export function integer(
  command: Command,
  index: number,
  min: number,
  max: number,
  fallback?: number,
): number | undefined {
  const argument = command.args[index];
  if (!argument || (argument.text === "" && !argument.quoted)) return fallback;
  if (argument.quoted || !/^\d+$/.test(argument.text)) return undefined;
  const value = Number(argument.text);
  return value >= min && value <= max ? value : undefined;
}

/** The quoted string at `index`; undefined when it is absent or not quoted. */
export function quoted(command: Command, index: number): string | undefined {
  const argument = command.args[index];
  return argument?.quoted ? argument.text : undefined;
}
