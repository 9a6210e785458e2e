import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Answer, createAnswerFilter, question } from "../../scripts/device/answers.ts";

/** Feeds the chunks; gives the answers, and all else as one text. */
function sort(chunks: string[]): { answers: Answer[]; other: string } {
  const answers: Answer[] = [];
  const filter = createAnswerFilter("q:", (answer) => answers.push(answer));
  const other = chunks.map((chunk) => filter.feed(chunk)).join("") + filter.rest();
  return { answers, other };
}

describe("the answer filter", () => {
  const stream =
    'tick\r\n>\r\x1b[Jtick\r\n<<q:7={"a":[1,">>"]}>>\r\n>tick <<\r\n<<q:8!"SyntaxError: \\"x\\"">>\r\n>';

  test("takes answers out, and the prompt that comes back behind them", () => {
    assert.deepEqual(sort(["tick\r\n>", '<<q:7={"a":1}>>\r\n', ">", "tock"]), {
      answers: [{ id: 7, json: '{"a":1}' }],
      other: "tick\r\n>tock",
    });
  });

  test("leaves what the program prints right behind an answer", () => {
    assert.equal(sort(["<<q:1=1>>\r\ntick\r\n>"]).other, "tick\r\n>");
  });

  test("gives the same wherever the stream is cut", () => {
    const whole = sort([stream]);
    assert.deepEqual(
      whole.answers.map(({ id }) => id),
      [7, 8],
    );
    for (let cut = 1; cut < stream.length; cut++)
      assert.deepEqual(sort([stream.slice(0, cut), stream.slice(cut)]), whole, `cut at ${cut}`);
    assert.deepEqual(sort([...stream]), whole);
  });

  test("does not hold back what cannot be an answer", () => {
    const filter = createAnswerFilter("q:", () => {});
    assert.equal(filter.feed("tick <"), "tick ");
    assert.equal(filter.feed("tock"), "<tock");
  });

  test("leaves another session's answers alone", () => {
    assert.deepEqual(sort(["<<r:1=1>>\r\n>"]), { answers: [], other: "<<r:1=1>>\r\n>" });
  });
});

test("a question is one line of ASCII, whatever the expression", () => {
  const line = question("q:", 1, "f('\xe9€')\n+1 // \u{1f600}");
  assert.ok(line.startsWith("\x10"));
  assert.match(line.slice(1), /^[ -~]+\n$/);
});
