/** The JSON Schema of `tracker.json`, made from the fields; published as tracker.schema.json, for editors. */
import { BOARDS } from "../boards.ts";
import { boardsWith, differs, type FieldInfo, fieldOf, fields } from "./fields.ts";

type Schema = Record<string, unknown>;

function valuesOf({ type, least, most, step, pattern, choices }: FieldInfo): Schema {
  if (choices) return { enum: choices };
  return type === "number"
    ? { type: "integer", minimum: least, maximum: most, ...(step && { multipleOf: step }) }
    : { type: "string", minLength: least, maxLength: most, pattern };
}

function schemaOf(field: FieldInfo): Schema {
  return {
    description: field.description,
    ...valuesOf(field),
    ...(field.secret && { writeOnly: true }),
    ...(!field.required && !differs(field.path) && { default: field.default }),
  };
}

/** What of a field only some boards have, or some have otherwise. */
function byBoard({ path }: FieldInfo): Schema[] {
  const boards = boardsWith(path);
  const elsewhere = {
    if: { properties: { board: { enum: boards } } },
    else: { properties: { [path]: false } },
  };
  const own = differs(path) ? boards : [];
  return [
    ...(boards.length < BOARDS.length ? [elsewhere] : []),
    ...own.map((board) => {
      const field = fieldOf(path, board) as FieldInfo;
      return {
        if: { properties: { board: { const: board } } },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
        then: { properties: { [path]: { ...valuesOf(field), default: field.default } } },
      };
    }),
  ];
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
    allOf: top.flatMap(byBoard),
  };
}

/** The text of tracker.schema.json. */
export const schemaText = (): string => `${JSON.stringify(schema(), null, 2)}\n`;
