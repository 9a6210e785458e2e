/** The pictures of states: they have the states that the code has, each of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { documents, fencesOf, textOf } from "./documents.ts";

/** A picture names the code's states so: `%% firmware/tracker/recovery.ts State`. */
const NAMED = /^ *%% (\S+) (\w+)$/m;

/** The states between which its arrows go. */
const statesIn = (picture: string): Set<string> =>
  new Set(
    [...picture.matchAll(/^ *(\S+) --> (\w+|\[\*\])/gm)]
      .flatMap(([, from = "", to = ""]) => [from, to])
      .filter((state) => state !== "[*]"),
  );

/** The members of an enum in a file's text. */
function membersOf(text: string, name: string): string[] {
  const body = new RegExp(`const enum ${name} \\{([\\s\\S]*?)^\\}`, "m").exec(text)?.[1] ?? "";
  return [...body.matchAll(/^ {2}(\w+),/gm)].map(([, member = ""]) => member);
}

const pictures = [...documents].flatMap(([path, text]) =>
  fencesOf(text)
    .filter(({ language, code }) => language === "mermaid" && NAMED.test(code))
    .map(({ code }) => ({ path, code })),
);

test("states that are not drawn, or are not there, are seen", () => {
  assert.deepEqual([...statesIn("  [*] --> Up\n  Up --> Down: it falls")], ["Up", "Down"]);
  assert.deepEqual(membersOf("export const enum Way {\n  /** One. */\n  Up,\n  Down,\n}\n", "Way"), [
    "Up",
    "Down",
  ]);
});

test("each file with states that a tracker goes through is drawn", () => {
  const drawn = pictures.map(({ code }) => NAMED.exec(code)?.[1]);
  for (const file of [
    "tracker/recovery.ts",
    "tracker/health.ts",
    "tracker/trip.ts",
    "mqtt/connection.ts",
    "modem/socket-state.ts",
  ])
    assert.ok(drawn.includes(`firmware/${file}`), file);
});

for (const { path, code } of pictures) {
  const [, file = "", name = ""] = NAMED.exec(code) ?? [];
  test(`${path}: ${file}`, () => {
    const members = membersOf(textOf(file), name);
    assert.ok(members.length > 1, `${file} has no enum ${name}`);
    assert.deepEqual([...statesIn(code)].sort(), members.sort());
  });
}
