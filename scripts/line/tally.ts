/** What is said of the boards: a line each, and in the end how many there were. */
import type { Paint } from "../screen.ts";
import { FAILED, PASSED, type Result } from "./results.ts";

export interface Tally {
  count(result: Result, before: boolean): void;
  /** Boards that passed, those that had before not among them. */
  readonly passed: number;
  /** Boards that failed, and did not pass since. */
  readonly failed: number;
  summary(file: string): string;
}

export function tallyOf(): Tally {
  const passed = new Set<string>();
  /** By what a board is known by; one that could not say who it is by its port, until the next passes there. */
  const failed = new Set<string>();
  const before = new Set<string>();
  const keyOf = ({ chip, imei, port }: Result): string => chip || imei || `at ${port}`;
  return {
    count(result, wasBefore) {
      const key = keyOf(result);
      if (wasBefore) before.add(key);
      else if (result.outcome === FAILED) failed.add(key);
      else passed.add(key);
      if (result.outcome !== PASSED) return;
      failed.delete(key);
      failed.delete(`at ${result.port}`);
    },
    get passed() {
      return passed.size;
    },
    get failed() {
      return failed.size;
    },
    summary: (file) =>
      `${passed.size} passed, ${failed.size} failed${before.size ? `, ${before.size} had passed before` : ""}: ${file}`,
  };
}

/** One line of a board. */
export function rowLine(result: Result, before: boolean, paint: Paint): string {
  const { port, name, board, imei, iccid, chip, firmware, outcome, reason, time } = result;
  const parts = [
    ...[port, name, board, chip && `chip ${chip}`, imei && `IMEI ${imei}`],
    ...[iccid && `ICCID ${iccid}`, firmware && `firmware ${firmware}`],
  ].filter(Boolean);
  if (before)
    return `${paint("cyan", "THERE")}  ${parts.join("  ")}: passed already, ${time}; nothing was changed`;
  const word = outcome === PASSED ? paint("green", "PASS ") : paint(["red", "bold"], "FAIL ");
  return `${word}  ${parts.join("  ")}${reason && `: ${reason}`}`;
}
