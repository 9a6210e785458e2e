import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { compute, isComputed } from "../../scripts/build/computed.ts";
import { blobOf, failureOf } from "./fixture.ts";

const TABLE = `/** What there is. @computed */
interface Row { name: string; most: number; about: string }
const UNIT = "m";
export const ROWS: Row[] = [
  { name: "wide", most: 7, about: \`how wide, \${UNIT}\` },
  { name: "high", most: 3000000000, about: "how high" },
];
export const enum Most { Rows = 2 }
const named = (): string[] => ROWS.map((row) => row.name);
export function names(): string[] { return named(); }
export function limits(): Record<string, number> {
  const limits: Record<string, number> = {};
  ROWS.forEach(function (row) { limits[row.name] = row.most; });
  return limits;
}
export function unused(): string { return ROWS[0].about; }
`;

test("a file says so in its first comment", () => {
  assert.ok(isComputed("/** What it is. @computed */\nexport function f() {}"));
  assert.ok(!isComputed("/** What it is. */\n/** @computed */\nexport function f() {}"));
});

describe("of what is computed", () => {
  const MAIN = `import { limits, Most, names } from "./table.ts";
declare const print: (text: string) => void;
print(JSON.stringify([names(), limits(), Most.Rows]));
`;

  test("a blob has the values that are used, and nothing else", async (t) => {
    const { code } = await blobOf(t, { "main.ts": MAIN, "table.ts": TABLE });
    const said: string[] = [];
    new Function("print", code)((text: string) => said.push(text));
    assert.deepEqual(said, ['[["wide","high"],{"wide":7,"high":3000000000},2]']);
    for (const word of ["about", "how", "map", "forEach", "most"]) assert.ok(!code.includes(word), code);
  });

  const refused = async (t: TestContext, from: string, to: string) =>
    failureOf(t, { "main.ts": MAIN, "table.ts": TABLE.replace(from, to) });

  test("nothing may hang on what only a device knows", async (t) => {
    assert.deepEqual(
      await refused(t, "names(): string[] {", "names(own: string[] = []): string[] { own.pop();"),
      ["table.ts: @computed: names takes arguments, which only a device knows"],
    );
  });

  for (const value of ["undefined", "named", "[undefined]", "[Number.NaN]", "[named]"])
    test(`${value} is refused`, async (t) => {
      assert.deepEqual(
        await refused(t, "return named();", `named(); return ${value} as unknown as string[];`),
        ["table.ts: @computed: names gives what is no JSON"],
      );
    });
});

test("what cannot be read is told", () => {
  assert.throws(() => compute("export function f() {}", "/no/such.ts", ""), /such\.ts/);
});
