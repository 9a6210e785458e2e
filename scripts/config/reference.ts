/** `npm run reference`: the table of settings in firmware/README.md, between its two marks, and the files for a server, made from the table. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BOARDS } from "../boards.ts";
import { Fault } from "../fault.ts";
import { EXIT, runCommand, withFaultsTold } from "../run-command.ts";
import { filesForServer } from "../thingsboard/content/files.ts";
import { boardsWith, differs, type FieldInfo, fields } from "./fields.ts";
import { writePublicText } from "./file.ts";

const README = fileURLToPath(new URL("../../firmware/README.md", import.meta.url));
export const FOR_SERVER = fileURLToPath(new URL("../../board/thingsboard", import.meta.url));
const BEGIN = "<!-- Made by npm run reference from firmware/settings.ts -->\n\n";
const END = "\n<!-- Here it ends -->\n";

/** Cells wider than this do not widen their column. */
const WIDEST = 100;

const HEAD = ["field", "default", "allowed", "from afar", ""];

function initialOf({ path, required, initial }: FieldInfo): string {
  if (required) return "_required_";
  return initial === "" || differs(path) ? initial : `\`${initial}\``;
}

/** Where only some boards or builds have a field. */
function onlyWhere({ path, feature }: FieldInfo): string {
  const boards = boardsWith(path);
  const words = [
    ...(feature ? [`only with \`--features ${feature}\``] : []),
    ...(boards.length < BOARDS.length ? [`on ${boards.map((board) => `\`${board}\``).join(", ")}`] : []),
  ];
  return words.length ? `; ${words.join(", ")}` : "";
}

/** A field's cells after its name. */
export const cellsOf = (field: FieldInfo): string[] => [
  initialOf(field),
  field.allowed,
  field.afar ?? "",
  field.description + onlyWhere(field),
];

/** The table, without the marks. */
export function referenceTable(): string {
  const rows = [HEAD, ...fields().map((field) => [`\`${field.path}\``, ...cellsOf(field)])];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0).filter((width) => width <= WIDEST)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |\n`;
  const [head = [], ...others] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("");
}

/** The document with the table as it must be. Throws `Fault` where it has no place for it. */
export function withReference(readme: string): string {
  const from = readme.indexOf(BEGIN) + BEGIN.length;
  const to = readme.indexOf(END, from);
  if (from < BEGIN.length || to < 0)
    throw new Fault("firmware/README.md: has no place for the table of settings");
  return readme.slice(0, from) + referenceTable() + readme.slice(to);
}

await runCommand(import.meta.url, async () =>
  withFaultsTold(async () => {
    writePublicText(README, withReference(readFileSync(README, "utf8")));
    mkdirSync(FOR_SERVER, { recursive: true });
    for (const [name, text] of filesForServer()) writePublicText(join(FOR_SERVER, name), text);
    return EXIT.OK;
  }, console.error),
);
