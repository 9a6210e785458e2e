import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { BOARDS } from "../../scripts/boards.ts";
import { fields } from "../../scripts/config/fields.ts";
import { schema } from "../../scripts/config/schema.ts";
import { faultsOf, putAt, type Settings } from "../../scripts/config/settings.ts";
import { runConfig, temporaryDirectory } from "./person.ts";

const text = (name: string) => readFileSync(new URL(`../../scripts/config/${name}`, import.meta.url), "utf8");
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
const valid = ajv.compile(schema());
const { file, read } = temporaryDirectory();

describe("the JSON Schema", () => {
  test("is published as it is made; else: npm run -s config -- --schema > scripts/config/tracker.schema.json", async () => {
    const { code, said } = await runConfig(["--schema"]);
    assert.equal(code, 0);
    assert.equal(said, text("tracker.schema.json"));
  });

  test("is a schema of its own draft", () => assert.equal(ajv.validateSchema(schema()), true));

  test("lets the example pass", () => assert.ok(valid(JSON.parse(text("tracker.example.json")))));

  for (const board of BOARDS)
    test(`lets pass what is written for ${board}`, async () => {
      const out = file();
      await runConfig(["--board", board, "--host", "h", "--token", "t", "--pin", "0000", "--out", out]);
      assert.ok(valid(read(out)), ajv.errorsText(valid.errors));
    });

  test("agrees with the check on settings right and wrong", () => {
    const value = fc.oneof(
      fc.constantFrom(
        "",
        "v1",
        "hold",
        "drop",
        "v2",
        "v3",
        "1234",
        "é",
        'a"b',
        "h:1",
        "a::1",
        "x".repeat(65),
        "x".repeat(256),
      ),
      fc.constantFrom(0, 1, 2, 60, 8192, 16385, 65535, 65536, 86401, 262144, 524288, -1, 1.5, null, true),
      fc.constantFrom([], {}),
    );
    const path = fc.constantFrom(
      ...fields().map((field) => field.path),
      "server",
      "board",
      "$schema",
      "apnn",
      "server.apn",
    );
    const board = fc.constantFrom(...BOARDS);
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(board, fc.array(fc.tuple(path, value), { maxLength: 2 }), (name, changes) => {
        const settings: Settings = { board: name, server: { host: "tb.example", username: "T0KEN" } };
        for (const [where, what] of changes) putAt(settings, where, structuredClone(what));
        verdicts.add(valid(settings));
        // What a field may be beside another one no schema can say.
        const faults = faultsOf(settings).filter((fault) => !/: must be at least [a-z]+_s$/.test(fault));
        assert.deepEqual(valid(settings), faults.length === 0, faults.join("; "));
      }),
      { numRuns: 3000 },
    );
    assert.equal(verdicts.size, 2, "both verdicts came up");
  });

  test("wants no token with a provisioning key, but its secret", () => {
    const server = { host: "h", provision_key: "k", provision_secret: "s" };
    assert.ok(valid({ board: "rak5010", server }));
    assert.ok(!valid({ board: "rak5010", server: { ...server, provision_secret: "" } }));
    assert.ok(!valid({ board: "rak5010", server: { ...server, provision_key: "" } }));
    assert.ok(!valid({ board: "rak5010", server: { ...server, device_name: "tracker-{iccid}" } }));
  });

  test("wants the board, the host and the token", () => {
    for (const settings of [
      { server: { host: "h", username: "t" } },
      { board: "rak8212" },
      { board: "rak8212", server: { host: "h" } },
      { board: "rak8212", server: { username: "t" } },
    ])
      assert.ok(!valid(settings), JSON.stringify(settings));
  });
});
