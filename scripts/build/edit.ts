import { decodedMappings, encodedMap, type SourceMapSegment, TraceMap } from "@jridgewell/trace-mapping";
import type { Bundled } from "./bundle.ts";

/** Characters to take out of the code, and what to put in their place. */
export interface Edit {
  at: number;
  remove: number;
  insert: string;
}

/** Makes the edits, which must not overlap, and lets the map follow. The code is one line, as the minifier leaves it. */
export function edit({ code, map }: Bundled, edits: Edit[]): Bundled {
  if (edits.length === 0) return { code, map };
  const inOrder = [...edits].sort((a, b) => a.at - b.at);
  return { code: editCode(code, inOrder), map: editMap(map, inOrder) };
}

function editCode(code: string, edits: Edit[]): string {
  let edited = "";
  let done = 0;
  for (const { at, remove, insert } of edits) {
    edited += code.slice(done, at) + insert;
    done = Math.max(done, at + remove);
  }
  return edited + code.slice(done);
}

function editMap(map: string, edits: Edit[]): string {
  const trace = new TraceMap(map);
  const line: SourceMapSegment[] = [];
  for (const [column, ...origin] of decodedMappings(trace)[0] ?? []) {
    if (edits.some(({ at, remove }) => at <= column && column < at + remove)) continue;
    const before = edits.filter(({ at }) => at <= column);
    const shift = before.reduce((sum, { insert, remove }) => sum + insert.length - remove, 0);
    line.push([column + shift, ...origin] as SourceMapSegment);
  }
  const { sources, names } = trace;
  const edited = new TraceMap({ version: 3, sources: [...sources], names: [...names], mappings: [line] });
  return JSON.stringify(encodedMap(edited));
}
