import { BOARDS, BUDGETS } from "../budgets.ts";
import { buildBoards } from "../build/boards.ts";
import type { Row } from "./row.ts";

/** Bytes of each board's blob, and the variables of the smallest board's. */
export async function blobRows(): Promise<Row[]> {
  const blobs = await buildBoards(BOARDS);
  const rows: Row[] = [];
  for (const [board, { size }] of blobs) {
    rows.push({
      name: `blob, ${board}`,
      figure: size.bytes,
      unit: "bytes",
      budget: BUDGETS.blob_bytes[board],
    });
  }
  const size = blobs.get("rak8212")?.size;
  if (size) {
    const budget = BUDGETS.estimated_variables;
    const name = `variables of the loaded blob, estimated (${size.functions} functions)`;
    rows.push({ name, figure: size.variables, unit: "variables", budget });
  }
  return rows;
}
