import assert from "node:assert/strict";
import { test } from "node:test";
import { balanceWords, missing } from "../../../scripts/start/page/balance.ts";

const outbox = { taken: 12, waiting: 3, sending: 1, acknowledged: 8, dropped: 0 };

test("the sum is even: nothing is lost", () => {
  assert.equal(missing(outbox), 0);
  assert.equal(
    balanceWords(outbox),
    "12 taken = 8 acknowledged + 3 waiting + 1 on their way. Nothing is lost.",
  );
});

test("what was dropped is said", () => {
  assert.match(balanceWords({ ...outbox, taken: 14, dropped: 2 }), /\+ 2 dropped\. The outbox was full/);
});

test("where the sum is not even nothing is promised", () => {
  assert.equal(missing({ ...outbox, taken: 14 }), 2);
  assert.doesNotMatch(balanceWords({ ...outbox, taken: 14 }), /Nothing is lost/);
});
