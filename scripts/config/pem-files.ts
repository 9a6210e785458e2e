/** The files that settings name for TLS: each must be there and right, and they must fit each other. */
import { belong, fileFault, type Part } from "../certificate/pem.ts";
import { pathFrom } from "./document.ts";
import { readText } from "./file.ts";
import { type Settings, tlsOf, valueAt } from "./settings.ts";

/** Each with the lowest `tls` that needs it. */
const PARTS: [Part, tls: number][] = [
  ["ca", 1],
  ["cert", 2],
  ["key", 2],
];

/** The path of a file that the settings in `document` need; undefined where they need none, or name none. */
function pathOf(document: string, settings: Settings, part: Part): string | undefined {
  const named = valueAt(settings, `server.${part}`);
  const needed = PARTS.some(([name, tls]) => name === part && tlsOf(settings) >= tls);
  return needed && typeof named === "string" && named ? pathFrom(document, named) : undefined;
}

/** One line a fault: "server.ca ca.pem: no such file". */
export function fileFaults(document: string, settings: Settings): string[] {
  const faults = PARTS.flatMap(([part]) => {
    const path = pathOf(document, settings, part);
    const fault = path === undefined ? "" : fileFault(part, path);
    return fault ? [`server.${part} ${valueAt(settings, `server.${part}`)}: ${fault}`] : [];
  });
  const [cert, key] = [pathOf(document, settings, "cert"), pathOf(document, settings, "key")];
  if (cert && key && !faults.some((fault) => /^server\.(cert|key) /.test(fault)) && !belong(cert, key))
    faults.push(`server.key ${valueAt(settings, "server.key")}: is not the key of server.cert`);
  return faults;
}

/** The contents of the files that settings name, where they are there: for a look at the server. */
export function contentsOf(
  document: string,
  settings: Settings,
): { ca?: string; cert?: string; key?: string } {
  const contents: { ca?: string; cert?: string; key?: string } = {};
  for (const [part] of PARTS) {
    const path = pathOf(document, settings, part);
    if (path !== undefined && !fileFault(part, path)) contents[part] = readText(path) ?? "";
  }
  return contents;
}
