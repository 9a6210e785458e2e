import type { PrintOptions } from "./json.ts";
import { printJson } from "./json.ts";
import type { Packets } from "./packets.ts";
import type { SerialPeer } from "./serial-peer.ts";

interface ConsoleParts {
  /** The device the REPL starts on. */
  device: string;
  /** Who is at the other end of a device. */
  peer: (device: string) => SerialPeer | undefined;
  version: string;
  /** `process.env.BOARD`. */
  board: string;
  /** Binary packets, where the interpreter knows them; `send` gives their answers. */
  packets?: ((send: (bytes: string) => void) => Packets) | undefined;
  /** Whole lines of what is printed, without what the REPL echoes. */
  print: (line: string) => void;
  /** Runs a line; gives what follows the "=", or undefined when an error was printed. */
  execute: (source: string) => { value: unknown } | undefined;
  classOf: PrintOptions["classOf"];
}

/** The device that has the REPL: what it types is run, and what is printed goes there. */
export interface Console {
  /** The device's name, or null: everything printed is dropped. */
  device: string | null;
  move(device: string | null): void;
  /** `echo(false)`: nothing typed or evaluated is shown. */
  echo: boolean;
  /** Text of the program or the interpreter. */
  write(text: string): void;
  /** Bytes typed. */
  input(bytes: string): void;
  /** The interpreter is idle: the prompt comes back. */
  idle(): void;
  /** Says hello, as after a start; in short when there was code in Storage to start with. */
  greet(hadCode: boolean): void;
  stop(): void;
}

const DLE = "\x10";
const SOH = "\x01";
const ENQUIRY = "\x05";
const CTRL_C = "\x03";
const ESCAPE = "\x1b";
const ERASE_LINE = `\r${ESCAPE}[J`;

/** How the REPL shows a value. */
export const replOptions: PrintOptions = { pretty: true, limit: true, dropQuotes: true };

/** How the interpreter says hello. */
const banner = (version: string): string => `
 ____                 _ 
|  __|___ ___ ___ _ _|_|___ ___ 
|  __|_ -| . |  _| | | |   | . |
|____|___|  _|_| |___|_|_|_|___|
         |_| espruino.com
 ${version} (c) 2026 G.Williams

Espruino is Open Source. Our work is supported
only by sales of official boards and donations:
http://espruino.com/Donate

`;

export function createConsole(parts: ConsoleParts): Console {
  const { device, peer, version, board, print, execute, classOf } = parts;
  let line = "";
  let partial = "";
  let echoOffForLine = false;
  let prompted = false;
  let attached = false;
  let escaped = false;
  let sequence = "";
  let afterReturn = false;

  const send = (text: string): void => {
    if (own.device !== null) peer(own.device)?.write(text.replace(/\n/g, "\r\n"));
  };
  const raw = (bytes: string): void => {
    if (own.device !== null) peer(own.device)?.write(bytes);
  };
  const packets = parts.packets?.(raw);
  /** Is there somebody to show a prompt and an echo to? */
  const visible = (): boolean => {
    attached ||= own.device !== null && peer(own.device)?.watched === true;
    return attached && own.echo && !echoOffForLine;
  };

  /** Bracket depth, strings and comments aside: above 0 the line goes on. */
  function openBrackets(source: string): number {
    const code = source.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "");
    if (/`/.test(code.replace(/`(?:\\[\s\S]|[^`\\])*`/g, "")) || code.includes("/*")) return 1;
    return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
  }

  function enter(): void {
    if (openBrackets(line) > 0) {
      if (visible()) send("\n:");
      line += "\n";
      return;
    }
    const source = line.trimEnd();
    if (visible()) send("\n");
    line = "";
    if (!echoOffForLine) prompted = false;
    if (source) {
      const result = execute(source);
      if (result && visible()) send(`=${printJson(result.value, { ...replOptions, classOf })}\n`);
    }
    echoOffForLine = false;
  }

  function type(character: string): void {
    if (packets?.receiving) {
      packets.take(character);
      return;
    }
    const afterEscape = escaped;
    escaped = character === DLE;
    if (character === SOH && afterEscape && packets) {
      echoOffForLine = false;
      packets.start();
      return;
    }
    if (character === "\n" && afterReturn) {
      afterReturn = false;
      return;
    }
    afterReturn = character === "\r";
    if (sequence || character === ESCAPE) {
      sequence += character;
      // Cursor keys and such are swallowed; "erase the line" is what tools send.
      if (/^.(?:\[[\d;]*[A-Za-z~]|O.|[^[O])$/s.test(sequence)) {
        if (sequence === `${ESCAPE}[2H`) line = "";
        // Alt-Enter: the line goes on, whatever its brackets say.
        else if (sequence === `${ESCAPE}\n`) line += "\n";
        sequence = "";
      }
    } else if (character === DLE) {
      if (!line) echoOffForLine = true;
    } else if (character === ENQUIRY) {
      if (!line) send(`Espruino ${version} ${board}\n`);
    } else if (character === CTRL_C) {
      if (line && visible()) send("\n");
      line = "";
      echoOffForLine = false;
      prompted = false;
    } else if (character === "\r" || character === "\n") enter();
    else if (character === "\b" || character === "\x7f") {
      if (line && visible()) send("\b \b");
      line = line.slice(0, -1);
    } else if (character >= " " || character === "\t") {
      line += character;
      if (visible()) send(character);
    }
  }

  const own: Console = {
    device,
    echo: true,
    move(next) {
      if (next === own.device) return;
      const before = own.device;
      if (visible()) own.write(`-> ${next}\n`);
      own.device = next;
      prompted = false;
      if (visible()) own.write(`<- ${before}\n`);
    },
    write(text) {
      if (prompted && visible()) send(ERASE_LINE);
      prompted = false;
      send(text);
      if (own.device === null) return;
      const lines = (partial + text).split("\n");
      partial = lines.pop() as string;
      for (const whole of lines) print(whole.replace(/\r$/, ""));
    },
    input(bytes) {
      attached = true;
      for (const character of bytes) type(character);
    },
    idle() {
      if (prompted || !visible()) return;
      prompted = true;
      send(`>${line}`);
    },
    greet(hadCode) {
      if (!visible()) return;
      send(hadCode ? "\n" : banner(version));
      prompted = false;
    },
    stop() {
      packets?.stop();
    },
  };
  return own;
}
