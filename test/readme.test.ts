import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Limit } from "../firmware/mqtt/limits.ts";
import { Slot } from "../firmware/ota/layout.ts";
import { Topic, topicOf } from "../firmware/thingsboard/topics.ts";
import { Watchdog } from "../firmware/tracker/health.ts";
import { Size } from "../firmware/tracker/slot.ts";
import { USABLE_MAH } from "../scripts/bench/energy.ts";
import { EXPECTED_MAH } from "../scripts/bench/energy-expected.ts";
import { BOARDS } from "../scripts/boards.ts";
import { BUDGETS } from "../scripts/budgets.ts";
import { FEATURES } from "../scripts/build/features.ts";
import { certificateCommand } from "../scripts/certificate/options.ts";
import { fields } from "../scripts/config/fields.ts";
import { configCommand, flagOf } from "../scripts/config/options.ts";
import { referenceTable, withReference } from "../scripts/config/reference.ts";
import { pretokenise } from "../scripts/device/pretokenise.ts";
import { doctorCommand } from "../scripts/doctor/options.ts";
import { MOST_BYTES } from "../scripts/flash/certificates.ts";
import { flashCommand } from "../scripts/flash/options.ts";
import { replCommand } from "../scripts/repl/options.ts";
import { boardSpecs } from "../scripts/simulator/espruino/specs.ts";
import { startCommand } from "../scripts/start/options.ts";
import { builtBlob } from "./device/rig.ts";

/** Text without code, wherever its lines break. */
const prose = (markdown: string): string =>
  markdown.replace(/^ *```[\s\S]*?^ *```/gm, "").replace(/\s+/g, " ");

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** A number that a file of the firmware keeps to itself. */
function constant(file: string, place: RegExp): number {
  return Number(place.exec(read(`../firmware/${file}`))?.[1]);
}

const telemetryTopic = (version: number): number => topicOf(version, Topic.Telemetry).length;

const readme = read("../README.md");
const manifest = JSON.parse(read("../package.json"));

describe("the README", () => {
  test("has the table of settings as it is made; else: npm run reference", () => {
    assert.equal(withReference(readme), readme);
  });

  test("names no npm script that is not there", () => {
    for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g))
      assert.ok(script && script in manifest.scripts, `npm run ${script}`);
  });

  describe("has the figures of the code", () => {
    const text = prose(readme);
    /** Each figure by the words around it, and what it must be. A new one of bytes or variables needs its line here. */
    const figures: [RegExp, number][] = [
      [/one ES5 file a board of at most (\S+) bytes/, Math.max(...Object.values(BUDGETS.blob_bytes))],
      [/fit into a slot of (\S+) KB/, Slot.Bytes / 1024],
      [/at most (\S+) of the smallest board's \S+ interpreter variables/, BUDGETS.variables_in_use],
      [/of the smallest board's (\S+) interpreter variables/, BUDGETS.variables],
      [/while it reports, and (\S+) at its peak/, BUDGETS.most_variables],
      [/short topic names, (\S+) bytes less a message/, telemetryTopic(1) - telemetryTopic(2)],
      [/whole pages; a fix takes (\S+) bytes/, Size.Slot],
      [/`outbox_bytes`: a fix takes (\S+) bytes, so/, Size.Slot],
      [/and `signal_dbm` still takes (\S+) bytes/, Size.Slot],
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
      [/takes at most (\S+) bytes of the tariff/, BUDGETS.tls_connection_bytes],
    ];

    for (const [words, value] of figures)
      test(`${words.source}: ${value}`, () => {
        assert.equal(words.exec(text)?.[1], value.toLocaleString("en-US"));
      });

    test("and no other of bytes, kilobytes or variables", () => {
      // The settings' limits are the firmware's own.
      const written = prose(readme.replace(referenceTable(), ""));
      const known = figures.map(([words]) => {
        const match = new RegExp(words, "d").exec(written);
        return match?.indices?.[1]?.[0];
      });
      const others = [...written.matchAll(/[\d,.]*\d (bytes|KB|variables|interpreter variables)\b/g)];
      assert.deepEqual(
        others.filter(({ index }) => !known.includes(index)).map(([words]) => words),
        [],
      );
    });

    test("the tokens are a sixth smaller than the text", () => {
      assert.match(text, /tokens, a sixth smaller\./);
      const blob = builtBlob();
      const saved = 1 - pretokenise(blob, "2v29").length / blob.length;
      assert.ok(saved > 1 / 7 && saved < 1 / 5, `${saved}`);
    });

    test("the RAK8212 is the smallest board", () => {
      assert.equal(boardSpecs.rak8212.variables, BUDGETS.variables);
      assert.equal(
        Math.min(...Object.values(boardSpecs).map(({ variables }) => variables)),
        BUDGETS.variables,
      );
      assert.equal(Math.max(...Object.values(BUDGETS.blob_bytes)), BUDGETS.blob_bytes.linux);
    });
  });

  test("has the energy of each board and policy as the bench measured it", () => {
    const row = /^\| `([a-z0-9-]+)` +\| ((?:on|save), [^|]+?) +\| [\d.]+ +\| ([\d,.]+) +\| ([\d.]+) +\|/gm;
    const told = [...readme.matchAll(row)].map(([, board, policy, mAh, days]) => [
      `${board}, ${policy}`,
      [mAh, days],
    ]);
    const expected = Object.entries(EXPECTED_MAH).map(([name, mAh]) => [
      name,
      [mAh.toLocaleString("en-US", { minimumFractionDigits: 1 }), (USABLE_MAH / mAh).toFixed(1)],
    ]);
    assert.deepEqual(told, expected);
  });

  test("and the boards' own has the days of it, whole ones from ten on", () => {
    const boards = readFileSync(new URL("../board/README.md", import.meta.url), "utf8");
    const names = ["rak8212", "rak5010", "wio-lte"];
    const rows = { "each 60 s": "on, each 60 s", "each 600 s": "on, each 600 s", hourly: "save, hourly" };
    for (const [row, policy] of [
      ...Object.entries(rows),
      ["4 uploads", "save, hourly, 4 uploads a day"],
    ] as const) {
      const cells = new RegExp(`^\\|[^|]*${row}[^|]*\\|(.*)$`, "m").exec(boards)?.[1]?.split("|") ?? [];
      const days = names.map((name) => USABLE_MAH / (EXPECTED_MAH[`${name}, ${policy}`] ?? 0));
      assert.deepEqual(
        cells.slice(0, 3).map((cell) => cell.trim()),
        days.map((day) => (day < 11 ? day.toFixed(1) : String(Math.floor(day)))),
        row,
      );
    }
  });

  test("has every feature of a build", () => {
    const table = /\| feature \| way[\s\S]*?\n\n/.exec(readme)?.[0] ?? "";
    for (const feature of Object.keys(FEATURES)) assert.ok(table.includes(`\`${feature}\``), feature);
  });

  test("names every board", () => {
    for (const board of BOARDS) assert.ok(readme.includes(`\`${board}\``), board);
  });

  test("has every option of npm start", () => {
    for (const { long } of startCommand().options) assert.ok(readme.includes(`\`${long}`), `${long}`);
  });

  test("has every option of npm run config", () => {
    const settings = fields().map(({ path }) => flagOf(path));
    for (const { long } of configCommand().options)
      if (!settings.includes(`${long}`))
        assert.ok(readme.includes(`${long} `) || readme.includes(`\`${long}\``), `${long}`);
  });

  test("has every option of npm run certificate, flash, repl and doctor", () => {
    for (const { options } of [certificateCommand(), flashCommand(), replCommand(), doctorCommand()])
      for (const { long } of options) assert.ok(readme.includes(`\`${long}`), `${long}`);
  });

  test("of TLS has every reason that the tracker says, and what a trial may cost", () => {
    const tls = read("../firmware/modem/README.md");
    const said = [...read("../firmware/words.ts").matchAll(/return "(.*\bTLS\b.*)";/g)].map(
      ([, text]) => text,
    );
    assert.ok(said.length > 8);
    for (const text of said) assert.ok(tls.includes(`\n| \`${text}\` `), text);
    assert.match(
      prose(tls),
      new RegExp(`within ${constant("modem/socket.ts", /\bConnectTls_ms = (\d+)000,/)} seconds`),
    );
    assert.match(
      prose(tls),
      new RegExp(`the next ${constant("modem/trials.ts", /\bSame = (\d+),/) - 1} failures in a row`),
    );
  });

  test("asks for the Node that package.json asks for", () => {
    assert.equal(manifest.engines.node, `>=${/Node ([\d.]+) or newer/.exec(readme)?.[1]}`);
  });
});
