import { BOARDS, BUDGETS } from "../budgets.ts";
import { buildBoards } from "../build/boards.ts";
import { pretokenise } from "../device/pretokenise.ts";
import type { Row } from "./row.ts";

/** An interpreter that takes tokens. */
const PRETOKENISED_SINCE = "2v29";

/** Bytes of each board's blob, as text and as it is flashed, and the variables of the smallest board's. */
export async function blobRows(): Promise<Row[]> {
  const blobs = await buildBoards(BOARDS);
  const rows: Row[] = [];
  for (const [board, { size, code }] of blobs) {
    rows.push(
      { name: `blob, ${board}`, figure: size.bytes, unit: "bytes", budget: BUDGETS.blob_bytes[board] },
      {
        name: `the same, pretokenised`,
        figure: pretokenise(code, PRETOKENISED_SINCE).length,
        unit: "bytes",
        budget: BUDGETS.blob_bytes[board],
      },
    );
  }
  const size = blobs.get("rak8212")?.size;
  if (size) {
    const budget = BUDGETS.estimated_variables;
    const name = `variables of the loaded blob, estimated (${size.functions} functions)`;
    rows.push({ name, figure: size.variables, unit: "variables", budget });
  }
  return rows;
}
