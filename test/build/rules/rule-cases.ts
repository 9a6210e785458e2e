import assert from "node:assert/strict";
import { test } from "node:test";
import { parseES5, refusals } from "../../../scripts/build/verify.ts";

export interface RuleCase {
  name: string;
  /** Programs that are refused, for this reason and no other. */
  refused: string[];
  message: RegExp;
  /** Programs that differ little and are fine. */
  accepted: string[];
}

/** What the whole verification says of a blob. */
export function refusalsOf(program: string): string[] {
  const origin = ({ column }: { column: number }) => `column ${column}`;
  return refusals(parseES5(program, origin), origin);
}

export function testRules(cases: RuleCase[]): void {
  for (const { name, refused, message, accepted } of cases) {
    for (const body of refused) {
      test(`${name}: refuses ${body}`, () => {
        const lines = refusalsOf(body);
        assert.ok(lines.length > 0, "accepted");
        for (const line of lines) assert.match(line, message);
      });
    }
    for (const body of accepted) {
      test(`${name}: accepts ${body}`, () => assert.deepEqual(refusalsOf(body), []));
    }
  }
}
