import { decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import type { Blob } from "./blob.ts";

/** How many of the blob's bytes each TypeScript file became, most first. What no file can be named for is left out. */
export function bytesByFile({ code, map }: Pick<Blob, "code" | "map">): [file: string, bytes: number][] {
  const trace = new TraceMap(map);
  const shares = new Map<string, number>();
  const segments = decodedMappings(trace)[0] ?? [];
  segments.forEach(([column, source], i) => {
    if (source === undefined) return;
    const file = (trace.sources[source] ?? "").replace(/^(\.\.\/)+/, "");
    const end = segments[i + 1]?.[0] ?? code.length;
    shares.set(file, (shares.get(file) ?? 0) + end - column);
  });
  return [...shares].sort(([, a], [, b]) => b - a);
}
