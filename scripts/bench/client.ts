import { BUDGETS } from "../budgets.ts";
import { bytesByFile } from "../build/shares.ts";
import { buildPart } from "./part.ts";
import type { Row } from "./row.ts";

/** The modem's and the tracker's, too. */
const SHARED = [
  "firmware/words.ts",
  "firmware/check.ts",
  "firmware/settings.ts",
  "firmware/thingsboard/server-fault.ts",
];

/** Bytes of codec, session and client without the rest, and without what they share with it. */
export async function clientRows(): Promise<Row[]> {
  const part = await buildPart("client-entry.ts");
  const shared = bytesByFile(part).filter(([file]) => SHARED.includes(file));
  const without = shared.reduce((sum, [, bytes]) => sum + bytes, 0);
  const name = `codec, session and TBDeviceMQTTClient (without ${without} bytes of reasons and settings)`;
  return [{ name, figure: part.size.bytes - without, unit: "bytes", budget: BUDGETS.client_bytes }];
}
