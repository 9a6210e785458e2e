/** The world as a whole: whose board it is, what the tracker's policy is, and how fast time runs. */
import { ask, TIMEOUT_MS } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { PageRequests } from "./events.ts";
import { orSay, say } from "./notice.ts";
import type { Stream } from "./stream.ts";

const SPEEDS = [1, 2, 5, 10, 30, 60];

export function showWorldForm(stream: Stream): void {
  const board = byId("board", HTMLSelectElement);
  const policy = byId("policy", HTMLSelectElement);
  const policy_what = byId("policy-what", HTMLParagraphElement);
  const speeds = SPEEDS.map((times) => make("input", { type: "radio", name: "speed", value: times }));
  /** What holds, should another one be refused. */
  let now = { board: "", policy: "", speed: 1 };
  byId("speed", HTMLFieldSetElement).append(
    ...speeds.map((input) => make("label", {}, input, make("span", {}, `${input.value}×`))),
  );

  function show(): void {
    board.value = now.board;
    policy.value = now.policy;
    // Some other speed may have been asked for by whomever: then none is checked.
    for (const input of speeds) input.checked = Number(input.value) === now.speed;
  }

  async function makeAnew(wanted: PageRequests["/simulator/world"], words: string): Promise<void> {
    say(`${words}: the world is made anew …`, false, TIMEOUT_MS);
    board.disabled = true;
    policy.disabled = true;
    const answer = await orSay(words, ask("/simulator/world", wanted));
    board.disabled = false;
    policy.disabled = false;
    if (answer === undefined) show();
    else say(`${words}: the world is made anew`);
  }

  board.addEventListener("change", () =>
    makeAnew(
      { board: board.value as NonNullable<PageRequests["/simulator/world"]["board"]> },
      `Board ${board.value}`,
    ),
  );
  policy.addEventListener("change", () => makeAnew({ policy: policy.value }, `Policy ${policy.value}`));
  for (const input of speeds)
    input.addEventListener("change", async () => {
      const times = Number(input.value);
      const answer = await orSay("Speed", ask("/simulator/speed", { times }));
      if (answer === undefined) show();
      else say(`Time runs ${times} times as fast`);
    });

  stream.on("hello", (hello) => {
    now = { board: hello.board, policy: hello.policy, speed: hello.speed };
    board.replaceChildren(...hello.boards.map((name) => make("option", {}, name)));
    policy.replaceChildren(
      ...hello.policies.map(({ name, label }) => make("option", { value: name }, label)),
    );
    policy_what.textContent = hello.policies.find(({ name }) => name === hello.policy)?.what ?? "";
    show();
  });
  stream.on("speed", ({ times }) => {
    now.speed = times;
    show();
  });
}
