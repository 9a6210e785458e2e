/** The linux board with a modem that has a power key: who reads the console presses it, as test/espruino/sleep.test.ts does. */
import type { Power } from "../../board/board.ts";

export * from "../../board/linux.ts";

declare function print(text: string, code: number): void;

export function power(what: Power): void {
  print("key", what);
}
