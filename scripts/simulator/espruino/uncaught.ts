import { printJson } from "./json.ts";

/** What `Uncaught` says of an error, with the places in the program it came through. */
export function describe(error: unknown): string {
  const text =
    typeof error === "object" && error !== null
      ? String(error)
      : printJson(error, {}).replace(/^"(.*)"$/, "$1");
  const stack = (error as { stack?: unknown } | null)?.stack;
  const frames = typeof stack === "string" ? stack.split("\n") : [];
  // Without the simulator's own frames.
  const own = frames
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line) && !/file:\/\/|node:|[/\\]/.test(line))
    .map((line) => line.replace(/\bObject\.<anonymous> \((.*)\)$/, "$1"));
  return `Uncaught ${text}\n${own.map((line) => `${line}\n`).join("")}`;
}
