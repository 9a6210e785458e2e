/**
 * The order of a blob's functions on a board whose outbox's file has the first of them (flash/code-layout.ts): such as fill that
 * room best come first. To the interpreter their order makes no difference, as none is called before all are read.
 */
import { parse } from "acorn";
import MagicString from "magic-string";
import { pretokenise } from "../device/pretokenise.ts";
import { LEAD_BYTES } from "../flash/outbox-file.ts";
import { edited, type Mapped } from "./edited.ts";

/** The interpreter's version whose tokens are counted; those of others hardly differ in length. */
const VERSION = "2v29";

export function fillLead({ code, map }: Mapped): Mapped {
  const { body } = parse(code, { ecmaVersion: 5, sourceType: "script" });
  const text = new MagicString(code);
  const sized = body
    .filter(({ type }) => type === "FunctionDeclaration")
    .map(({ start, end }) => ({ start, end, bytes: pretokenise(code.slice(start, end), VERSION).length }));
  let left = LEAD_BYTES;
  const first: typeof sized = [];
  // The largest that still fits, again and again: the last ones are small, and leave little.
  for (const one of sized.toSorted((a, b) => b.bytes - a.bytes))
    if (one.bytes <= left) {
      first.push(one);
      left -= one.bytes;
    }
  for (const { start, end } of first) if (start > 0) text.move(start, end, 0);
  return edited(text, map);
}
