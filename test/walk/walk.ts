/** A walk that a README describes: its commands, what is answered, and what is seen. */

export interface Step {
  /** As it is typed in a shell. */
  command: string;
  /** What is asked, and what is typed or chosen. */
  answers: [asked: string, answer: string][];
  /** Lines that show up in this order; one that begins with "> " is typed. */
  seen: string[];
}

/** A row of a table whose cells are what is asked and, as code, what is answered. */
const ANSWER = /^\| (.+?) +\| `(.+?)`/;

/**
 * The steps of a section: a fenced block of `sh` has commands, a fenced block without a language what is seen after the last of
 * them, and a table what is asked and answered.
 */
export function walkIn(markdown: string, heading: string): Step[] {
  const steps: Step[] = [];
  let fence: string | undefined;
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  for (const line of section.split("\n").map((indented) => indented.trim())) {
    const step = steps.at(-1);
    if (line.startsWith("```")) fence = fence === undefined ? line.slice(3) : undefined;
    else if (fence === "sh") steps.push({ command: line, answers: [], seen: [] });
    else if (fence === "") step?.seen.push(line);
    else {
      const [, asked, answer] = ANSWER.exec(line) ?? [];
      if (asked && answer) step?.answers.push([asked, answer]);
    }
  }
  return steps;
}

/** What a line of the README stands for: a number for any number, "…" for any text, space for any space. */
export function patternOf(line: string): RegExp {
  const pattern = line.replace(/…| +|\d(?:[\d,.]*\d)?|[^\w\s]/g, (part) => {
    if (part === "…") return ".*?";
    if (part[0] === " ") return "\\s+";
    return /\d/.test(part) ? "\\d(?:[\\d,.]*\\d)?" : `\\${part}`;
  });
  return new RegExp(pattern);
}
