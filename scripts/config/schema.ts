/** The JSON Schema of `tracker.json`, made from the fields; published as tracker.schema.json, for editors. */
import { BOARDS } from "../boards.ts";
import { boardsWith, differs, type FieldInfo, fieldOf, fields, type Login } from "./fields.ts";

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

const nameOf = ({ path }: FieldInfo): string => path.replace("server.", "");

const serverFieldsOf = (login?: Login): FieldInfo[] =>
  fields(undefined, login).filter(({ path }) => path.startsWith("server."));

const LOGINS: Login[] = ([0, 1, 2] as const).flatMap((tls) =>
  [false, true].map((provision) => ({ tls, provision })),
);

/** What is required with some logins and not with others. */
const isByLogin = ({ path }: FieldInfo): boolean =>
  new Set(LOGINS.map((login) => fields(undefined, login).find((field) => field.path === path)?.required))
    .size > 1;

/** What of the server only some logins want. */
function byLogin(login: Login): Schema {
  const required = serverFieldsOf(login).filter((field) => field.required && isByLogin(field));
  const { tls, provision } = login;
  return {
    if: {
      required: [...(tls ? ["tls"] : []), ...(provision ? ["provision_key"] : [])],
      properties: { tls: { const: tls }, provision_key: provision ? { minLength: 1 } : { maxLength: 0 } },
    },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: {
      required: required.map(nameOf),
      properties: Object.fromEntries(required.map((field) => [nameOf(field), { minLength: field.least }])),
    },
  };
}

/** `server`: the fields as the most lenient login has them, then what each wants. */
function serverSchema(): Schema {
  const lenient = serverFieldsOf().map((field) =>
    isByLogin(field) ? { ...field, least: 0, required: false } : field,
  );
  const required = lenient.filter((field) => field.required);
  return {
    ...objectOf(byName(lenient), required.map(nameOf)),
    allOf: LOGINS.map(byLogin),
  };
}

const byName = (list: FieldInfo[]): Record<string, Schema> =>
  Object.fromEntries(list.map((field) => [nameOf(field), schemaOf(field)]));

function objectOf(properties: Record<string, Schema>, required: string[]): Schema {
  return { type: "object", additionalProperties: false, required, properties };
}

/** Draft 2020-12. */
export function schema(): Schema {
  const top = fields().filter((field) => !field.path.startsWith("server."));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings of an espruino-thingsboard tracker (tracker.json)",
    ...objectOf(
      {
        $schema: { type: "string" },
        board: { description: "the board the settings are for", enum: BOARDS },
        server: serverSchema(),
        ...byName(top),
      },
      ["board", "server"],
    ),
    allOf: top.flatMap(byBoard),
  };
}

/** The text of tracker.schema.json. */
export const schemaText = (): string => `${JSON.stringify(schema(), null, 2)}\n`;
