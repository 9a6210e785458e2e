/** Where boards come and go: each place is told of once when something is there, and again when that was away meanwhile. */
import { existsSync } from "node:fs";
import type { Address } from "../device/device.ts";
import { listPorts, type Port } from "../device/ports.ts";
import type { LineOptions } from "./options.ts";

export interface Places {
  /** Where a board came since this was last asked, and nothing is under way. */
  come(): Promise<Address[]>;
  /** What was under way there is over. */
  free(address: Address): void;
}

export const nameOf = ({ port, tcp }: Address): string => port ?? tcp ?? "";

/** `list`: where there is something now. */
export function watchPlaces(list: () => Promise<Address[]>): Places {
  const busy = new Set<string>();
  /** What was told, and is still there. */
  const told = new Set<string>();
  return {
    async come() {
      const there = await list();
      const names = new Set(there.map(nameOf));
      for (const name of told) if (!names.has(name)) told.delete(name);
      return there.filter((address) => {
        const name = nameOf(address);
        if (told.has(name) || busy.has(name)) return false;
        told.add(name);
        busy.add(name);
        return true;
      });
    },
    free(address) {
      busy.delete(nameOf(address));
    },
  };
}

/** What the command line names, else all ports that look like a board's. */
export function listPlaces(
  { port, tcp = [], baud }: Pick<LineOptions, "port" | "tcp" | "baud">,
  ports: () => Promise<Port[]> = listPorts,
): () => Promise<Address[]> {
  return async () => {
    const listed = port || !tcp.length ? await ports() : [];
    const paths = listed.map(({ path }) => path);
    // One that is named need not look like anything, nor be listed: a link to a port.
    const found = port
      ? port.filter((path) => paths.includes(path) || existsSync(path))
      : listed.filter(({ candidate }) => candidate).map(({ path }) => path);
    return [
      ...found.map((path) => ({ port: path, ...(baud !== undefined && { baud }) })),
      ...tcp.map((address) => ({ tcp: address })),
    ];
  };
}
