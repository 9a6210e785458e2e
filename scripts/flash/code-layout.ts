/**
 * How code lies in a board's Storage: in `.bootcde`, which the interpreter runs at its start. Where the outbox's file is the
 * first one, the code's first functions lie in that, in its lead: the page with its header, which is of no other use. They
 * are what `.bootcde` evaluates before all else, in place, so that they take as little memory as the others.
 *
 * A file of their own, `.boot0`, would run by itself: after `reset()` too, and when `.bootcde` is another one or none.
 */
import { parse } from "acorn";
import { LEAD_BYTES, LEAD_OFFSET, OUTBOX_FILE } from "./outbox-file.ts";

/** The file that runs at the start. */
export const CODE_FILE = ".bootcde";

/** Code as the board has it: text, or its interpreter's tokens. */
export type Tokenise = (code: string) => string;

export interface CodeLayout {
  /** In the lead of the outbox's file; "": nothing is. */
  lead: string;
  /** In `.bootcde`. */
  boot: string;
  /** How many bytes of that stand before the code goes on. */
  head: number;
}

/** The layout of a blob. It can be cut between two of its functions, as each is whole by itself. */
export function layOut(code: string, tokenise: Tokenise, hasLead: boolean): CodeLayout {
  let lead = "";
  let cut = 0;
  if (hasLead)
    for (const { type, end } of parse(code, { ecmaVersion: 5 }).body) {
      const next = tokenise(code.slice(cut, end));
      if (type !== "FunctionDeclaration" || lead.length + next.length > LEAD_BYTES) break;
      lead += next;
      cut = end;
    }
  if (!cut) return { lead, boot: tokenise(code), head: 0 };
  const head = tokenise(`eval(require("Storage").read("${OUTBOX_FILE}",${LEAD_OFFSET},${lead.length}));`);
  return { lead, boot: head + tokenise(code.slice(cut)), head: head.length };
}
