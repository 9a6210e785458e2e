import { decodedMappings, TraceMap } from "@jridgewell/trace-mapping";
import type { BoardName } from "../boards.ts";
import type { Blob } from "./blob.ts";
import { buildBoards, choicesOf, type Sources } from "./boards.ts";
import { type Choices, NONE } from "./features.ts";

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

/** What a blob would be smaller by without a feature. */
export interface FeatureShare {
  /** "gnss=modem" */
  feature: string;
  bytes: number;
  functions: number;
  variables: number;
}

/** What each feature takes of blobs that were built with what is wanted: they are built without it, too. */
export async function sharesOfFeatures(
  blobs: ReadonlyMap<BoardName, Blob>,
  sources: Sources,
  wanted: Choices,
  onBuild: (what: string) => void = () => {},
): Promise<Map<BoardName, FeatureShare[]>> {
  const shares = new Map<BoardName, FeatureShare[]>();
  for (const feature in sources.features) {
    if (!(NONE in (sources.features[feature] ?? {}))) continue;
    const having = [...blobs.keys()].filter((name) => choicesOf(name, wanted, sources)[feature] !== NONE);
    const without = await buildBoards(having, sources, { ...wanted, [feature]: NONE }, (name) =>
      onBuild(`${name} without ${feature}`),
    );
    for (const [name, { size }] of without) {
      const full = (blobs.get(name) as Blob).size;
      const share = {
        feature: `${feature}=${choicesOf(name, wanted, sources)[feature]}`,
        bytes: full.bytes - size.bytes,
        functions: full.functions - size.functions,
        variables: full.variables - size.variables,
      };
      shares.set(name, [...(shares.get(name) ?? []), share]);
    }
  }
  return shares;
}
