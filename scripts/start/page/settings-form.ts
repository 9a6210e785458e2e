/** The settings that may be changed from afar, and what became of a change. */
import { ask } from "./ask.ts";
import { byId, make } from "./element.ts";
import type { SettingOffered, SettingsAnswer } from "./events.ts";
import { orSay } from "./notice.ts";
import { limitsWords, readSetting, shownValue } from "./setting-value.ts";
import type { Stream } from "./stream.ts";
import { plainText } from "./words.ts";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function inputOf({ name, kind, choices = [] }: SettingOffered, described: string): Input {
  const common = { id: `setting-${name}`, name, "aria-describedby": described };
  switch (kind) {
    case "choice":
      return make("select", common, ...choices.map((choice) => make("option", {}, choice)));
    case "json":
      return make("textarea", { ...common, rows: 2, spellcheck: "false" });
    case "flag":
      return make("input", { ...common, type: "checkbox" });
    case "number":
      return make("input", { ...common, type: "text", inputmode: "decimal", autocomplete: "off" });
    case "text":
      return make("input", { ...common, type: "text", spellcheck: "false", autocomplete: "off" });
  }
}

const isBox = (input: Input): input is HTMLInputElement => input.type === "checkbox";

/** One field of the form. */
function createField(setting: SettingOffered) {
  const { name, what, unit } = setting;
  const ids = { what: `${name}-what`, fault: `${name}-fault` };
  const input = inputOf(setting, `${ids.what} ${ids.fault}`);
  const fault = make("p", { id: ids.fault, class: "field-fault" });
  const label = make("label", { for: input.id }, name, ...(unit ? [make("small", {}, ` ${unit}`)] : []));
  const limits = limitsWords(setting);
  const root = make(
    "div",
    { class: isBox(input) ? "field flag" : "field" },
    label,
    input,
    fault,
    make("p", { id: ids.what, class: "hint" }, plainText(what) + (limits ? ` (${limits})` : "")),
  );
  let shown = "";

  const text = (): string => (isBox(input) ? (input.checked ? "1" : "") : input.value);
  const isChanged = (): boolean => text() !== shown;

  function show(now: SettingOffered): void {
    // What is being typed is the viewer's.
    const is_kept = isChanged();
    shown = shownValue(now);
    if (!is_kept) put(shown);
    mark();
  }

  function put(value: string): void {
    if (isBox(input)) input.checked = value !== "";
    else input.value = value;
  }

  function mark(): void {
    root.classList.toggle("changed", isChanged());
  }

  function tellFault(words: string): void {
    fault.textContent = words;
    input.ariaInvalid = `${words !== ""}`;
  }

  input.addEventListener("input", mark);
  show(setting);
  put(shown);
  mark();
  return {
    name,
    root,
    input,
    isChanged,
    show,
    tellFault,
    read: () => readSetting(setting, text()),
    undo(): void {
      put(shown);
      mark();
      tellFault("");
    },
  };
}

type Field = ReturnType<typeof createField>;

export function showSettingsForm(stream: Stream): void {
  const form = byId("settings", HTMLFormElement);
  const grid = make("div", { class: "fields" });
  const send = make("button", { type: "submit", class: "main" }, "Send changes");
  const undo = make("button", { type: "button" }, "Undo");
  const outcome = make("p", { class: "outcome", role: "status" });
  let fields: Field[] = [];
  form.append(grid, make("div", { class: "actions" }, send, undo, outcome));

  /** The values of what was changed; undefined: something is wrong, which is told. */
  function read(changed: readonly Field[]): Record<string, unknown> | undefined {
    const values: Record<string, unknown> = {};
    const wrong: Field[] = [];
    for (const field of changed) {
      const given = field.read();
      field.tellFault("fault" in given ? given.fault : "");
      if ("fault" in given) wrong.push(field);
      else values[field.name] = given.value;
    }
    wrong[0]?.input.focus();
    return wrong.length ? undefined : values;
  }

  async function submit(): Promise<void> {
    const changed = fields.filter((field) => field.isChanged());
    if (changed.length === 0) {
      outcome.textContent = "Nothing is changed.";
      return;
    }
    const settings = read(changed);
    if (!settings) {
      outcome.textContent = "Not sent.";
      return;
    }
    outcome.textContent = "Sent, waiting for the tracker …";
    send.ariaBusy = "true";
    const answer = (await orSay("Settings", ask("/simulator/settings", { settings }))) as
      | SettingsAnswer
      | undefined;
    send.ariaBusy = "false";
    if (!answer) outcome.textContent = "Not sent.";
    else tell(changed, answer);
  }

  function tell(changed: readonly Field[], { taken, refused }: SettingsAnswer): void {
    for (const field of changed) field.tellFault(refused[field.name] ?? "");
    const words = [
      [Object.keys(taken), "taken"],
      [Object.keys(refused), "refused"],
    ] as const;
    outcome.textContent = words
      .filter(([names]) => names.length > 0)
      .map(([names, what]) => `${what}: ${names.join(", ")}`)
      .join("; ");
  }

  undo.addEventListener("click", () => {
    for (const field of fields) field.undo();
    outcome.textContent = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  stream.on("hello", ({ settings }) => {
    fields = settings.map(createField);
    grid.replaceChildren(...fields.map(({ root }) => root));
    outcome.textContent = "";
  });
  stream.on("settings", (settings) => {
    for (const setting of settings) fields.find(({ name }) => name === setting.name)?.show(setting);
  });
}
