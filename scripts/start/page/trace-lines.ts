/** The lines of the trace: the last ones, and which of them are wanted. */

export type LineKind = "at" | "mqtt" | "board";

export interface TraceLine {
  kind: LineKind;
  /** When, if it is known. */
  time_ms: number | undefined;
  /** Undefined: it is none between board and modem. */
  way: "up" | "down" | undefined;
  text: string;
}

export interface Filter {
  kinds: ReadonlySet<LineKind>;
  /** Part of the line, in whatever case; "": any. */
  text: string;
}

export const isWanted = (line: TraceLine, { kinds, text }: Filter): boolean =>
  kinds.has(line.kind) && line.text.toLowerCase().includes(text.toLowerCase());

/** Adds a line; the oldest goes where there are more than `most`. */
export function keepLine(lines: TraceLine[], line: TraceLine, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.splice(0, lines.length - most);
}
