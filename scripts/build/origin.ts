import { relative, resolve } from "node:path";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { Origin } from "./problem.ts";
import { ROOT } from "./program.ts";

/** Reads a blob's source map. `directory` is the one its sources are relative to. */
export function originIn(map: string, directory: string): Origin {
  const trace = new TraceMap(map);
  return (position) => {
    const { source, line } = originalPositionFor(trace, position);
    if (source === null || line === null) return `blob column ${position.column}`;
    return `${relative(ROOT, resolve(directory, source))}:${line}`;
  };
}
