/**
 * `#log`: what the firmware says on the console, and the last lines of it for who asks from afar (`getLog`). They are kept in
 * RAM, as one text, which takes the least of it; a restart begins anew.
 */
import { Utc } from "../utc.ts";
import { ran_ms, started_ms } from "./clock.ts";

/** Espruino's. */
declare function print(text: string): void;

const enum Limit {
  /** Characters of all that is kept: with the times, and what JSON adds, it mostly fits into one packet. */
  Text = 800,
  Lines = 24,
  /** Of one: an error with its stack is longer. */
  Line = 160,
}

/** A line each: how long the board ran, s, a space, what was said. */
let kept = "";

/** Says one thing, "part: what happened". */
export function log(text: string): void {
  const ran = ran_ms();
  print(text);
  // Before the clock is started (clock.ts) it shows what it may: then the board has just started.
  kept +=
    (ran < Utc.Set_ms ? Math.floor(ran / 1000) : 0) +
    " " +
    text.substr(0, Limit.Line).split("\n").join(" ") +
    "\n";
  while (kept.length > Limit.Text) kept = kept.substr(kept.indexOf("\n") + 1);
}

/**
 * The last lines, oldest first: the time, ms since 1970, and what was said. While the time is not known, how long the board
 * ran; once it is, the lines of before have it too.
 */
export function logged(): [number, string][] | undefined {
  return kept
    .split("\n")
    .slice(-1 - Limit.Lines, -1)
    .map(function (line): [number, string] {
      const space = line.indexOf(" ");
      return [started_ms + parseInt(line, 10) * 1000, line.substr(space + 1)];
    });
}
