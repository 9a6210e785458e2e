/** The settings of a tracker that may be changed from afar, for a form, and what became of a change. */
import { Afar, SETTINGS, type Setting } from "../../firmware/settings.ts";
import type { BoardName } from "../boards.ts";
import type { Choices } from "../build/features.ts";
import { type FieldInfo, fields } from "../config/fields.ts";
import { type Settings, valueAt } from "../config/settings.ts";
import type { SettingOffered } from "./page/events.ts";

/** As an attribute of the device. */
const nameOf = (path: string): string => path.replace("server.", "");

/** Built in, and not a secret: of those the tracker never tells. */
const isOffered = ({ afar, feature }: Setting, built: Choices): boolean => {
  const [name = "", way] = feature?.split("=") ?? [];
  return afar !== undefined && afar !== Afar.SecretWay && (!feature || built[name] === way);
};

function kindOf({ json }: Setting, field: FieldInfo | undefined): SettingOffered["kind"] {
  if (json || !field) return "json";
  if (field.choices) return "choice";
  if (field.type === "string") return "text";
  return field.least === 0 && field.most === 1 ? "flag" : "number";
}

/** `built`: the board's features. `config`: what it has in `tb.json`. `told`: what it told to be in force, if it did already. */
export function offeredSettings(
  board: BoardName,
  built: Choices,
  config: Settings,
  told: Settings = {},
): SettingOffered[] {
  if (built.settings !== "afar") return [];
  const known = new Map(fields(board).map((field) => [field.path, field]));
  return SETTINGS.filter((setting) => isOffered(setting, built)).map((setting) => {
    const field = known.get(setting.path);
    const name = nameOf(setting.path);
    const value = told[name] ?? valueAt(config, setting.path) ?? field?.default;
    return {
      name,
      what: setting.about,
      kind: kindOf(setting, field),
      ...(field?.unit && { unit: field.unit }),
      ...(field && !field.choices && { least: field.least, most: field.most }),
      ...(field?.choices && { choices: field.choices }),
      ...(field && { default: field.default }),
      ...(value !== undefined && { value }),
    };
  });
}
