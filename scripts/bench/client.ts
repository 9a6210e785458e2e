import { BUDGETS } from "../budgets.ts";
import { buildPart } from "./part.ts";
import type { Row } from "./row.ts";

/** Bytes of codec, session and client without the rest. */
export async function clientRows(): Promise<Row[]> {
  const { size } = await buildPart("client-entry.ts");
  const budget = BUDGETS.client_bytes;
  return [{ name: "codec, session and TBDeviceMQTTClient", figure: size.bytes, unit: "bytes", budget }];
}
