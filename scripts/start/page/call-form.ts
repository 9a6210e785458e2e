/** Calls the tracker, as ThingsBoard does, and shows what it answers. */
import { ask, Refusal } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { Hello } from "./events.ts";
import type { Fleet } from "./fleet.ts";
import { readJson } from "./json-field.ts";
import type { Stream } from "./stream.ts";
import { clockTime, plainText } from "./words.ts";

const MOST_ANSWERS = 20;

/** The tracker says itself that it will not. */
const isError = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && "error" in answer && Object.keys(answer).length === 1;

function answerItem(call: string, ms: number, text: string, is_bad: boolean): HTMLElement {
  const head = make(
    "p",
    {},
    make("code", {}, call),
    make("small", {}, `${clockTime(Date.now())}, ${Math.round(ms)} ms`),
  );
  return make("div", { class: is_bad ? "answer bad" : "answer" }, head, make("pre", {}, text));
}

export function showCallForm(stream: Stream, fleet: Fleet): void {
  const form = byId("call", HTMLFormElement);
  const answers = byId("answers", HTMLDivElement);
  const method = make("select", { id: "call-method", "aria-describedby": "call-what" });
  const what = make("p", { id: "call-what", class: "hint" });
  const params = make("textarea", {
    id: "call-params",
    rows: 3,
    spellcheck: "false",
    "aria-describedby": "call-fault",
  });
  const fault = make("p", { id: "call-fault", class: "field-fault", role: "alert" });
  const button = make("button", { type: "submit", class: "main" }, "Call");
  let methods: Hello["methods"] = [];
  form.append(
    make("label", { for: "call-method" }, "Method"),
    method,
    what,
    make("label", { for: "call-params" }, "Params, as JSON"),
    params,
    fault,
    button,
  );

  /** The example is there to be changed. */
  function offer(): void {
    const chosen = methods.find(({ name }) => name === method.value);
    what.textContent = plainText(chosen?.what ?? "");
    params.value = chosen?.params === undefined ? "" : JSON.stringify(chosen.params);
    tellFault("");
  }

  function tellFault(text: string): void {
    fault.textContent = text;
    params.ariaInvalid = `${text !== ""}`;
  }

  function add(item: HTMLElement): void {
    answers.prepend(item);
    while (answers.childElementCount > MOST_ANSWERS) answers.lastElementChild?.remove();
  }

  async function call(): Promise<void> {
    const given = readJson(params.value);
    if ("fault" in given) {
      tellFault(given.fault);
      params.focus();
      return;
    }
    tellFault("");
    const name = method.value;
    const started_ms = performance.now();
    const took_ms = (): number => performance.now() - started_ms;
    button.ariaBusy = "true";
    try {
      const answer = await ask("/simulator/call", {
        tracker: fleet.chosen,
        method: name,
        ...(given.value !== undefined && { params: given.value }),
      });
      add(answerItem(name, took_ms(), JSON.stringify(answer, null, 2), isError(answer)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      add(answerItem(name, took_ms(), error.message, true));
    } finally {
      button.ariaBusy = "false";
    }
  }

  method.addEventListener("change", offer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void call();
  });
  stream.on("hello", (hello) => {
    const before = method.value;
    methods = hello.methods;
    method.replaceChildren(...methods.map(({ name }) => make("option", {}, name)));
    // What the viewer was about to call stays.
    if (methods.some(({ name }) => name === before)) method.value = before;
    else offer();
  });
}
