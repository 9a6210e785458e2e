import { printJson } from "./json.ts";

/** What `Uncaught` says of an error, with the places in the program it came through. */
export function describe(error: unknown): string {
  const text =
    typeof error === "object" && error !== null
      ? String(error)
      : printJson(error, {}).replace(/^"(.*)"$/, "$1");
  const stack = (error as { stack?: unknown } | null)?.stack;
  return `Uncaught ${text}\n${typeof stack === "string" ? stack : ""}`;
}
