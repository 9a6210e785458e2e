import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { edrxText } from "../../firmware/modem/edrx.ts";

const sim = (changes: object) => ({
  apn: "",
  apn_user: "",
  apn_password: "",
  pin: "",
  power: "on",
  ...changes,
});

describe("edrx_s asks for the longest cycle, in whole seconds, that is not longer: 3GPP TS 24.008, table 10.5.5.32", () => {
  for (const [code, shortest_s, longest_s] of [
    // 5.12 s, for less is none
    ["0000", 1, 9],
    ["0001", 10, 19],
    ["0010", 20, 39],
    ["0011", 40, 80],
    ["0101", 81, 162],
    ["1001", 163, 326],
    ["1010", 327, 654],
    ["1011", 655, 1309],
    ["1100", 1310, 2620],
    ["1101", 2621, 2621],
  ] as const)
    test(`${shortest_s} to ${longest_s} s: ${code}, of LTE-M and of NB-IoT`, () => {
      const expected = `;+CEDRXS=1,4,"${code}";+CEDRXS=1,5,"${code}"`;
      for (const edrx_s of [shortest_s, longest_s]) assert.equal(edrxText(sim({ edrx_s })), expected);
    });
});

test("none is asked for: what the modem kept is switched off", () => {
  assert.equal(edrxText(sim({})), ";+CEDRXS=0");
  assert.equal(edrxText(sim({ edrx_s: 0 })), ";+CEDRXS=0");
  assert.equal(edrxText(sim({ edrx_s: 20, power: "save" })), ";+CEDRXS=0");
});
