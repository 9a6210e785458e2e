import { BUDGETS } from "../budgets.ts";
import { bytesByFile } from "../build/shares.ts";
import { buildPart } from "./part.ts";
import type { Row } from "./row.ts";

const REASONS = "firmware/reason.ts";

/** Bytes of codec, session and client without the rest, and without the texts of reasons. */
export async function clientRows(): Promise<Row[]> {
  const part = await buildPart("client-entry.ts");
  const reasons = bytesByFile(part).find(([file]) => file === REASONS)?.[1] ?? 0;
  const name = `codec, session and TBDeviceMQTTClient (without ${reasons} bytes of reasons)`;
  return [{ name, figure: part.size.bytes - reasons, unit: "bytes", budget: BUDGETS.client_bytes }];
}
