/** The board's own figures in words, for `.status` and `.mem`. */

/** A value of the board's over several lines, a member a line, nested ones indented. */
export function describeValue(value: unknown, indent = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${String(value)}`];
  const entries = Object.entries(value);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.flatMap(([name, member]) =>
    typeof member === "object" && member !== null && Object.keys(member).length
      ? [`${indent}${name}`, ...describeValue(member, `${indent}  `)]
      : [
          `${indent}${name.padEnd(width)}  ${typeof member === "string" ? member || "-" : JSON.stringify(member)}`,
        ],
  );
}

/** Variables and Storage, with what `MEMORY` asks. */
export const MEMORY = '[process.memory(),require("Storage").getFree(),process.env.STORAGE]';

export function describeMemory(answer: unknown): string[] {
  const [memory, free, storage] = answer as [{ usage: number; total: number; free: number }, number, number?];
  const of = storage ? ` of ${count(storage)}` : "";
  return [
    `variables  ${count(memory.usage)} of ${count(memory.total)} in use, ${count(memory.free)} free`,
    `Storage    ${count(free)}${of} bytes free`,
  ];
}

const count = (value: number): string => value.toLocaleString("en-US");
