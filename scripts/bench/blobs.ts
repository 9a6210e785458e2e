import { BOARDS } from "../boards.ts";
import { BUDGETS } from "../budgets.ts";
import { buildBoards } from "../build/boards.ts";
import { pretokenise } from "../device/pretokenise.ts";
import { layOut } from "../flash/code-layout.ts";
import { boardSpecs } from "../simulator/espruino/specs.ts";
import type { Row } from "./row.ts";

/**
 * Bytes of each board's blob, as text and as `npm run flash` writes it: in tokens where the board's interpreter takes them,
 * without what lies in the lead of the outbox's file, as the rest has to fit beside that; and the variables of the smallest board's.
 */
export async function blobRows(): Promise<Row[]> {
  const blobs = await buildBoards(BOARDS);
  const rows: Row[] = [];
  for (const [board, { size, code }] of blobs) {
    const { version } = boardSpecs[board];
    const tokenise = (text: string): string => pretokenise(text, version);
    // Linux has room for it beside the outbox.
    const { lead, boot: flashed } = layOut(code, tokenise, board === "rak8212");
    const form = flashed === code ? `${version} takes no tokens` : `in tokens${lead && ", without the lead"}`;
    const row = { unit: "bytes", budget: BUDGETS.blob_bytes[board] };
    rows.push(
      { name: `blob, ${board}, as text`, figure: size.bytes, ...row },
      {
        name: `blob, ${board}, as flashed (${form})`,
        figure: flashed.length,
        unit: "bytes",
        budget: board === "rak8212" ? BUDGETS.flashed_bytes : BUDGETS.blob_bytes[board],
      },
    );
  }
  const size = blobs.get("rak8212")?.size;
  if (size) {
    const budget = BUDGETS.estimated_variables.rak8212;
    const name = `variables of the loaded blob, estimated (${size.functions} functions)`;
    rows.push({ name, figure: size.variables, unit: "variables", budget });
  }
  return rows;
}
