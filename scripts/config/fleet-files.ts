/** A file of settings for each row of a table of boards. */
import { mkdirSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { count } from "../build/report.ts";
import { type BoardsFile, refuse } from "./boards-file.ts";
import { textOf } from "./document.ts";
import { readText, writeSecretText } from "./file.ts";
import { type Base, fleetOf } from "./fleet.ts";
import { fileFaults } from "./pem-files.ts";
import { tlsOf } from "./settings.ts";

/** Beside "boards.csv": "boards". */
export const folderOf = (csv: string): string => {
  const { name, ext } = parse(csv);
  return join(dirname(csv), ext ? name : `${name}.boards`);
};

/**
 * Writes them into a folder, all or, where anything is wrong, none; those that are so already are left alone. Gives the lines
 * to end with, and what is wrong with certificates, which may come later. Throws `Fault`; a file of other content needs `force`.
 */
export function writeFleet(
  base: Base,
  boards: BoardsFile,
  folder: string,
  force: boolean,
): { lines: string[]; faults: string[] } {
  const documentOf = ({ name }: { name: string }): string => join(folder, `${name}.tracker.json`);
  const files = fleetOf(base, boards, documentOf).map(({ board, settings }) => {
    const path = documentOf(board);
    const text = textOf(settings, path);
    return { board, settings, path, text, before: readText(path) };
  });
  const fresh = files.filter(({ text, before }) => text !== before);
  if (!force)
    refuse(
      fresh.flatMap(({ path, before }) =>
        before === undefined ? [] : [`${path}: is there already, and other; --force overwrites it`],
      ),
    );
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of fresh) writeSecretText(path, text);
  const first = files[0]?.path ?? "";
  const same = files.length - fresh.length;
  return {
    faults: files.flatMap(({ path, settings }) =>
      fileFaults(path, settings).map((fault) => `${path}: ${fault}`),
    ),
    lines: [
      `wrote ${count(fresh.length)} files into ${folder}${same ? ` (${count(same)} were so already)` : ""}, readable by you alone as they hold secrets; next: npm run flash -- --config ${first}, or all of them: npm run line -- --config ${base.path} --csv ${boards.path}`,
      ...(files.every(({ settings }) => tlsOf(settings))
        ? []
        : ["server.tls is 0, plain text: the token, and all places, can be read on the way"]),
    ],
  };
}
