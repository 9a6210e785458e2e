/** Which path is whose. */
import type { Request } from "./request.ts";

export interface Route {
  method: "GET" | "POST" | "DELETE";
  /** `{name}` stands for one part. */
  path: string;
  /** Whoever asks, without a token. */
  open?: boolean;
  /** What it gives is sent as JSON; undefined: nothing. */
  answer(request: Request): unknown;
}

/** The parts of a path that fits, or undefined. */
export function partsOf(route: Route, path: readonly string[]): Record<string, string> | undefined {
  const wanted = route.path.split("/").slice(1);
  if (wanted.length !== path.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [i, word] of wanted.entries()) {
    const given = path[i] ?? "";
    if (word.startsWith("{")) parts[word.slice(1, -1)] = given;
    else if (word !== given) return undefined;
  }
  return parts;
}

/** As ThingsBoard gives a list: `pageSize` and `page` say how much of it. */
export function pageOf<T extends { name: string }>(items: readonly T[], request: Request): object {
  const size = Math.max(1, request.number("pageSize", 10));
  const page = request.number("page", 0);
  const search = request.query.get("textSearch")?.toLowerCase() ?? "";
  const found = items.filter(({ name }) => name.toLowerCase().includes(search));
  return {
    data: found.slice(page * size, (page + 1) * size),
    totalPages: Math.ceil(found.length / size),
    totalElements: found.length,
    hasNext: (page + 1) * size < found.length,
  };
}
