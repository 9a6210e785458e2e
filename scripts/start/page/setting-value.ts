/** What was typed for a setting: its value, or what is wrong with it. */
import type { SettingOffered } from "./events.ts";
import { readJson } from "./json-field.ts";

/** What it is now, as a form shows it. */
export function shownValue({ kind, value, default: its_default }: SettingOffered): string {
  const known = value ?? its_default;
  if (known === undefined || known === null) return "";
  if (kind === "json") return typeof known === "string" ? known : JSON.stringify(known);
  return kind === "flag" ? (known === 0 || known === false || known === "0" ? "" : "1") : `${known}`;
}

/** "1 to 86400 s"; "": anything goes. */
export function limitsWords({ kind, unit, least, most, choices }: SettingOffered): string {
  if (choices || kind === "flag" || kind === "json") return "";
  const of_what = kind === "text" ? (unit ?? "characters") : (unit ?? "");
  if (least !== undefined && most !== undefined) return `${least} to ${most} ${of_what}`.trim();
  if (most !== undefined) return `at most ${most} ${of_what}`.trim();
  return kind === "number" ? of_what : "";
}

/** `text`: of a flag "1" or "". The tracker has the last word on what is allowed; this is what can be said at once. */
export function readSetting(setting: SettingOffered, text: string): { value: unknown } | { fault: string } {
  const { kind, least = -Infinity, most = Infinity } = setting;
  switch (kind) {
    case "flag":
      return { value: text ? 1 : 0 };
    case "json":
      return readJson(text);
    case "number": {
      const number = Number(text);
      if (text.trim() && number >= least && number <= most) return { value: number };
      return { fault: `Must be a number, ${limitsWords(setting) || "whatever it is"}` };
    }
    case "text":
      if (text.length >= least && text.length <= most) return { value: text };
      return { fault: `Must have ${limitsWords(setting)}` };
    case "choice":
      return { value: text };
  }
}
