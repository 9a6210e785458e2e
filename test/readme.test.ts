/** What the documents say of the code: figures, tables and names. Links, commands and pictures: readme/. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Limit } from "../firmware/mqtt/limits.ts";
import { Slot } from "../firmware/ota/layout.ts";
import { Topic, topicOf } from "../firmware/thingsboard/topics.ts";
import { Watchdog } from "../firmware/tracker/health.ts";
import { Size } from "../firmware/tracker/slot.ts";
import { USABLE_MAH } from "../scripts/bench/energy.ts";
import { EXPECTED_MAH } from "../scripts/bench/energy-expected.ts";
import { BOARD_ENTRIES, BOARDS } from "../scripts/boards.ts";
import { BUDGETS } from "../scripts/budgets.ts";
import { buildBoards, SOURCES } from "../scripts/build/boards.ts";
import { referenceTable, withReference } from "../scripts/config/reference.ts";
import { pretokenise } from "../scripts/device/pretokenise.ts";
import { MOST_BYTES } from "../scripts/flash/certificates.ts";
import { SLOTS_FILE_BYTES } from "../scripts/flash/slots.ts";
import { boardSpecs } from "../scripts/simulator/espruino/specs.ts";
import { builtBlob } from "./device/rig.ts";
import { documents, prose, sectionOf, textOf } from "./readme/documents.ts";

/** A number that a file of the firmware keeps to itself. */
function constant(file: string, place: RegExp): number {
  return Number(place.exec(textOf(`firmware/${file}`))?.[1]);
}

const telemetryTopic = (version: number): number => topicOf(version, Topic.Telemetry).length;

const readme = documents.get("README.md") ?? "";
const boards = documents.get("board/README.md") ?? "";
const firmware = documents.get("firmware/README.md") ?? "";
/** Variables of a function, between one at top level and one inside another: scripts/build/size.ts has both. */
const IN_A_FUNCTION = 5;

/** Of a RAK8212 with both TLS and sleep; in hundreds, as the document has it. */
const both = (await buildBoards(["rak8212"], SOURCES, { sleep: "save" })).get("rak8212")?.size.bytes ?? 0;
const TOO_MUCH = Math.round((both - BUDGETS.blob_bytes.rak8212) / 100) * 100;

/** What is in a changelog was so, and need not be. */
const texts = [...documents].filter(([path]) => !path.endsWith("CHANGELOG.md")).map(([, text]) => text);
const manifest = JSON.parse(textOf("package.json"));

test("README.md is read in one go: 150 lines at most, and names every board", () => {
  assert.ok(readme.split("\n").length - 1 <= 150);
  for (const board of BOARDS) assert.ok(readme.includes(`\`${board}\``), board);
});

test("firmware/README.md has the table of settings as it is made; else: npm run reference", () => {
  assert.equal(withReference(firmware), firmware);
});

describe("the documents have the figures of the code", () => {
  /** Each figure by the words around it, and what it must be. A new one of bytes or variables needs its line here. */
  const figures: [RegExp, number][] = [
    [/one ES5 file a board of at most (\S+) bytes/, Math.max(...Object.values(BUDGETS.blob_bytes))],
    [/fit into a slot of (\S+) KB/, Slot.Bytes / 1024],
    [/at most (\S+) of the smallest board's \S+ interpreter variables/, BUDGETS.variables_in_use],
    [/of the smallest board's (\S+) interpreter variables/, BUDGETS.variables],
    [/it fits into (\S+) variables/, BUDGETS.variables],
    [/while it reports, and (\S+) at its peak/, BUDGETS.most_variables],
    [/short topic names, (\S+) bytes less a message/, telemetryTopic(1) - telemetryTopic(2)],
    [/`outbox_bytes`: a fix takes (\S+) bytes, so/, Size.Slot],
    [/and `signal_dbm` still takes (\S+) bytes/, Size.Slot],
    [/: (\S+) bytes \(`slot.ts`\) in a ring/, Size.Slot],
    [/48 points of polygons, (\S+) bytes of JSON/, constant("tracker/zones.ts", /\bBytes = (\d+),/)],
    [/so (\S+) KB hold 1,000/, Math.ceil((1000 * Size.Slot) / 1024)],
    [/fixes \((\S+) KB pages;/, Size.Block / 1024],
    [/packets of at most (\S+) bytes,/, constant("modem/socket.ts", /\bSend = (\d+),/)],
    [/the board (\S+) seconds later/, Watchdog.Seconds],
    [/The hardware watchdog \((\S+) s\)/, Watchdog.Seconds],
    [/One AT line of (\S+) bytes/, constant("modem/at.ts", /\bBuffer = (\d+),/)],
    [/and (\S+) lines an answer;/, constant("modem/at.ts", /\bLines = (\d+),/)],
    [/lines an answer; (\S+) waiting AT commands/, constant("modem/at.ts", /\bQueue = (\d+),/)],
    [/; (\S+) bytes a read from the modem/, constant("modem/socket.ts", /"=0,(\d+)"/)],
    [/a packet from the server of (\S+) bytes/, Limit.Inbound],
    [/ bytes with (\S+) values/, constant("thingsboard/client.ts", /\bValues = (\d+),/)],
    [/; (\S+) messages and requests unanswered/, Limit.Flight],
    [/values of (\S+) bytes as JSON/, Size.LongestText],
    [/at most (\S+) bytes a file/, MOST_BYTES],
    [/its (\S+) KB of Storage hold sleep/, boardSpecs.rak8212.storageBytes / 1024],
    [/Its (\S+) KB of Storage hold one firmware/, boardSpecs.rak8212.storageBytes / 1024],
    [/erased by (\S+) KB at a time/, boardSpecs["wio-lte"].pageSize / 1024],
    [/`tb.app` \(Linux\): (\S+) bytes each/, Slot.Bytes],
    [/no room for `tb.app`\*\* \((\S+) bytes\)/, SLOTS_FILE_BYTES],
    [/at most (\S+) bytes are in RAM, and calls/, constant("thingsboard/chunks.ts", /\bChunk = (\d+),/)],
    [/\*\*Functions cost RAM\*\*, (\S+) variables and one a parameter/, IN_A_FUNCTION],
    [/the code is some (\S+) bytes over its budget/, TOO_MUCH],
    [/At most (\S+) zones with names/, constant("tracker/zones.ts", /\bZones = (\d+),/)],
    [/zones with names of (\S+) characters/, constant("tracker/zones.ts", /\bName = (\d+),/)],
    [/characters, (\S+) points of polygons/, constant("tracker/zones.ts", /\bPoints = (\d+),/)],
    [
      /so a circle has a radius of at least (\S+) m,/,
      constant("tracker/zones.ts", /\bLeastRadius_m = (\d+),/),
    ],
    [/since the start, at most (\S+), with their time/, constant("tracker/log.ts", /\bLines = (\d+),/)],
    [/is asked for again after (\S+) s, one/, constant("thingsboard/chunks.ts", /\bAnswer_ms = (\d+)000,/)],
    [/the next try comes after (\S+) s, and then/, constant("ota/update.ts", /\bFirst_s = (\d+),/)],
    [/takes at most (\S+) bytes of the tariff/, BUDGETS.tls_connection_bytes],
  ];

  for (const [words, value] of figures)
    test(`${words.source}: ${value}`, () => {
      const found = texts
        .map((text) => words.exec(prose(text))?.[1])
        .filter((figure) => figure !== undefined);
      assert.deepEqual([...new Set(found)], [value.toLocaleString("en-US")]);
    });

  test("and no other of bytes, kilobytes or variables", () => {
    const others = texts.flatMap((markdown) => {
      // The settings' limits are the firmware's own.
      const text = prose(markdown.replace(referenceTable(), ""));
      const known = figures.map(([words]) => new RegExp(words, "d").exec(text)?.indices?.[1]?.[0]);
      return [...text.matchAll(/[\d,.]*\d (bytes|KB|variables|interpreter variables)\b/g)]
        .filter(({ index }) => !known.includes(index))
        .map(({ index }) => text.slice(index - 60, index + 40));
    });
    assert.deepEqual(others, []);
  });
});

test("the tokens are a sixth smaller than the text", () => {
  assert.ok(texts.some((text) => /tokens, a sixth smaller\./.test(prose(text))));
  const blob = builtBlob();
  const saved = 1 - pretokenise(blob, "2v29").length / blob.length;
  assert.ok(saved > 1 / 7 && saved < 1 / 5, `${saved}`);
});

test("the RAK8212 is the smallest board", () => {
  assert.equal(boardSpecs.rak8212.variables, BUDGETS.variables);
  assert.equal(Math.min(...Object.values(boardSpecs).map(({ variables }) => variables)), BUDGETS.variables);
  assert.equal(Math.max(...Object.values(BUDGETS.blob_bytes)), BUDGETS.blob_bytes.linux);
});

describe("what is taken of a battery is as the bench measured it", () => {
  const days = (policy: string): string => (USABLE_MAH / (EXPECTED_MAH[policy] ?? 0)).toFixed(1);

  test("board/README.md: mAh and days of each board and policy", () => {
    const row = /^\| `([a-z0-9-]+)` +\| ((?:on|save), [^|]+?) +\| [\d.]+ +\| ([\d,.]+) +\| ([\d.]+) +\|/gm;
    const told = [...boards.matchAll(row)].map(([, board, policy, ...figures]) => [
      `${board}, ${policy}`,
      figures.slice(0, 2),
    ]);
    const expected = Object.entries(EXPECTED_MAH).map(([name, mAh]) => [
      name,
      [mAh.toLocaleString("en-US", { minimumFractionDigits: 1 }), days(name)],
    ]);
    assert.deepEqual(told, expected);
  });

  test("README.md: days", () => {
    const [head = "", , ...rows] = sectionOf(readme, "On a battery").match(/^\|.*$/gm) ?? [];
    const cellsOf = (row: string) => row.split("|").map((cell) => cell.trim());
    const policies = cellsOf(head).slice(2, -1);
    assert.equal(policies.length, 4);
    const told = rows.map((row) => cellsOf(row).slice(1, -1));
    assert.deepEqual(
      told,
      ["rak5010", "rak8212", "wio-lte"].map((board) => [
        `\`${board}\``,
        ...policies.map((policy) => days(`${board}, ${policy}`)),
      ]),
    );
  });
});

test("board/README.md has the pins of each board's file, and no others", () => {
  const table = boards.slice(0, boards.indexOf("\n## "));
  const rows = (table.match(/^\|.*$/gm) ?? []).map((row) => row.split("|").slice(2, -1));
  const pinsIn = (text: string) => text.match(/\b[A-D]\d{1,2}\b/g) ?? [];
  for (const [column, board] of (["rak8212", "rak5010", "wio-lte"] as const).entries()) {
    const told = rows.flatMap((cells) => pinsIn(cells[column] ?? ""));
    const file = textOf(`board/${board}.ts`);
    const console_pins =
      BOARD_ENTRIES[board] === BOARD_ENTRIES.rak8212
        ? pinsIn(`${BOARD_ENTRIES.rak8212.cedes_console()}`)
        : [];
    const declared = pinsIn(
      /^declare const ([\s\S]*?);$/m.exec(file.replace(/^declare const E:.*$/m, ""))?.[1] ?? "",
    );
    assert.deepEqual([...new Set(told)].sort(), [...new Set([...declared, ...console_pins])].sort(), board);
  }
});

test("firmware/modem/README.md has every reason of TLS that the tracker says, and what a trial may cost", () => {
  const tls = documents.get("firmware/modem/README.md") ?? "";
  const said = [...textOf("firmware/words.ts").matchAll(/return "(.*\bTLS\b.*)";/g)].map(([, text]) => text);
  assert.ok(said.length > 8);
  for (const text of said) assert.ok(tls.includes(`\n| \`${text}\` `), text);
  const open_s = constant("modem/socket.ts", /\bConnectTls_ms = (\d+)000,/);
  assert.match(prose(tls), new RegExp(`within ${open_s} seconds`));
  const same = constant("modem/trials.ts", /\bSame = (\d+),/);
  assert.match(prose(tls), new RegExp(`the next ${same - 1} failures in a row`));
});

test("README.md asks for the Node that package.json asks for", () => {
  assert.equal(manifest.engines.node, `>=${/Node ([\d.]+) or newer/.exec(readme)?.[1]}`);
});
