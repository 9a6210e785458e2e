/** The realm's `require("crypto")`, of boards that have it: the one hash of it that firmware for all of them may use. */
import { createHash } from "node:crypto";
import { fromBytes } from "./bytes.ts";
import { flatten } from "./data.ts";
import type { Machine } from "./machine.ts";

export function cryptoModule({ realm }: Machine): object {
  const module = realm.object();
  realm.define(module, {
    SHA256: (message) =>
      realm.uint8Array(
        createHash("sha256")
          .update(fromBytes(flatten(message)))
          .digest(),
      ).buffer,
  });
  return module;
}
