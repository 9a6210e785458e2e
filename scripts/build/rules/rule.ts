import type { AnyNode, Program } from "acorn";
import type { Scopes } from "../scopes.ts";

/** What a rule looks at: the minified blob, which is what the board will run. */
export interface Subject {
  code: string;
  program: Program;
  scopes: Scopes;
}

export interface Finding {
  /** The offset in the code. */
  at: number;
  /** What Espruino lacks, and what to do instead. */
  message: string;
}

/** One thing that is ES5, or passes for it, and fails on Espruino. */
export type Rule = (subject: Subject) => Finding[];

export type { AnyNode };
