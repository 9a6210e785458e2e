/** Verdicts as lines to read. */
import type { Verdict } from "./judge.ts";

export function reportLines(verdicts: Verdict[]): string[] {
  return verdicts.flatMap((verdict) =>
    verdict.kind === "ok"
      ? [`ok     ${verdict.line}`]
      : [`FAULT  ${verdict.finding}`, `       cause: ${verdict.cause}`, `       next:  ${verdict.remedy}`],
  );
}
