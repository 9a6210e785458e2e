/** The JSON Schema of `tracker.json`, made from the fields; published as tracker.schema.json, for editors. */
import { BOARDS } from "../budgets.ts";
import { boardsWith, type FieldInfo, fields } from "./fields.ts";

type Schema = Record<string, unknown>;

function schemaOf(field: FieldInfo): Schema {
  const { type, least, most, pattern } = field;
  return {
    description: field.description,
    ...(type === "number"
      ? { type: "integer", minimum: least, maximum: most }
      : { type: "string", minLength: least, maxLength: most, pattern }),
    ...(field.secret && { writeOnly: true }),
    ...(!field.required && { default: field.default }),
  };
}

function objectOf(properties: Record<string, Schema>, required: string[]): Schema {
  return { type: "object", additionalProperties: false, required, properties };
}

/** Draft 2020-12. */
export function schema(): Schema {
  const all = fields();
  const server = all.filter((field) => field.path.startsWith("server."));
  const top = all.filter((field) => !server.includes(field));
  const byName = (list: FieldInfo[]) =>
    Object.fromEntries(list.map((field) => [field.path.replace("server.", ""), schemaOf(field)]));
  const required = server.filter((field) => field.required);

  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of an espruino-thingsboard tracker (tracker.json)",
    ...objectOf(
      {
        $schema: { type: "string" },
        board: { description: "the board the settings are for", enum: BOARDS },
        server: objectOf(byName(server), Object.keys(byName(required))),
        ...byName(top),
      },
      ["board", "server"],
    ),
    allOf: top
      .map((field) => ({ field, boards: boardsWith(field.path) }))
      .filter(({ boards }) => boards.length < BOARDS.length)
      .map(({ field, boards }) => ({
        if: { properties: { board: { enum: boards } } },
        else: { properties: { [field.path]: false } },
      })),
  };
}

/** The text of tracker.schema.json. */
export const schemaText = (): string => `${JSON.stringify(schema(), null, 2)}\n`;
