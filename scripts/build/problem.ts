/** A line and column (both as acorn counts: lines from 1, columns from 0) of the blob. */
export interface Position {
  line: number;
  column: number;
}

/** Names the place in the TypeScript that a place in the blob was made from. */
export type Origin = (position: Position) => string;

/** Why there is no blob, one line a reason, each fit to be shown as it stands. */
export class BuildError extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join("\n"));
    this.name = "BuildError";
  }
}
