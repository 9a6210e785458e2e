import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { blobRows } from "../../scripts/bench/blobs.ts";
import { interpreterRows } from "../../scripts/bench/interpreter.ts";
import { publishRows } from "../../scripts/bench/publish.ts";
import { NEEDS_INTERPRETER, type Row } from "../../scripts/bench/row.ts";
import { bench } from "../../scripts/bench.ts";
import { BOARDS } from "../../scripts/boards.ts";
import { BUDGETS } from "../../scripts/budgets.ts";

async function printed(t: TestContext, ...measurements: (() => Row[])[]) {
  const log = t.mock.method(console, "log", () => {});
  const error = t.mock.method(console, "error", () => {});
  const code = await bench([], measurements);
  const lines = (calls: { arguments: unknown[] }[]) =>
    calls.map((call) => String(call.arguments[0]).replace(/ +/g, " "));
  return { code, lines: lines(log.mock.calls), errors: lines(error.mock.calls) };
}

test("a figure at its budget is fine, most or least", async (t) => {
  const { code, lines } = await printed(t, () => [
    { name: "blob", figure: 11_264, unit: "bytes", budget: 11_264 },
    { name: "codec", figure: 2, unit: "x speed", budget: 2, least: true },
  ]);
  assert.equal(code, 0);
  assert.deepEqual(lines, ["blob 11,264 bytes at most 11,264 ok", "codec 2 x speed at least 2 ok"]);
});

test("a figure beyond its budget fails the command, and the rows after it are printed too", async (t) => {
  const { code, lines } = await printed(
    t,
    () => [{ name: "blob", figure: 11_265, unit: "bytes", budget: 11_264 }],
    () => [{ name: "codec", figure: 1.999, unit: "x speed", budget: 2, least: true }],
    () => [{ name: "wire", figure: 1, unit: "bytes", budget: 2 }],
  );
  assert.equal(code, 1);
  assert.deepEqual(
    lines.map((line) => line.split(" ").at(-1)),
    ["OVER", "OVER", "ok"],
  );
});

test("what is not measured says how to measure it, and fails nothing", async (t) => {
  const { code, lines } = await printed(t, () => [
    { name: "growth", unit: "variables", budget: 0, why: NEEDS_INTERPRETER },
  ]);
  assert.equal(code, 0);
  assert.match(lines[0] ?? "", /^growth - variables at most 0 not measured \(set ESPRUINO=/);
});

test("every budget that needs the interpreter has its row", async () => {
  delete process.env.ESPRUINO;
  const rows = [...(await interpreterRows()), ...(await publishRows())];
  assert.deepEqual(
    rows.map(({ figure, budget }) => [figure, budget]),
    [BUDGETS.variables_in_use, BUDGETS.most_variables, BUDGETS.growth, BUDGETS.publish_time_ratio].map(
      (budget) => [undefined, budget],
    ),
  );
});

test("each board's blob has a row as text and one as flashed, in tokens where its interpreter takes them", async () => {
  const forms: Partial<Record<string, string>> = {
    rak8212: "in tokens, without the lead",
    "wio-lte": "2v08 takes no tokens",
  };
  const rows = (await blobRows()).filter(({ unit }) => unit === "bytes");
  assert.deepEqual(
    rows.map(({ name }) => name),
    BOARDS.flatMap((board) => [
      `blob, ${board}, as text`,
      `blob, ${board}, as flashed (${forms[board] ?? "in tokens"})`,
    ]),
  );
  const figures = new Map(rows.map(({ name, figure = 0 }) => [name, figure]));
  const text = figures.get("blob, rak8212, as text") ?? 0;
  const tokens = figures.get("blob, rak8212, as flashed (in tokens, without the lead)") ?? 0;
  assert.ok(tokens < 0.9 * text, `${tokens} of ${text}`);
});

test("a measurement that fails is one line and fails the command, not the others", async (t) => {
  const { code, lines, errors } = await printed(
    t,
    function blobRows(): Row[] {
      throw new Error("firmware/main.ts:1: no");
    },
    () => [{ name: "wire", figure: 1, unit: "bytes", budget: 2 }],
  );
  assert.equal(code, 1);
  assert.deepEqual(errors, ["blobRows: firmware/main.ts:1: no"]);
  assert.equal(lines.length, 1);
});
