import { createHash } from "node:crypto";

/** The name of a PEM file in the modem's store, as `flash` chooses it: it stands for the content. */
export const nameInStore = (pem: string): string =>
  `${createHash("sha256").update(pem, "latin1").digest("hex").slice(0, 8)}.pem`;

/** What a board's settings say of such a file. */
export const storedAs = (pem: string): string => `${nameInStore(pem)},${pem.length}`;
