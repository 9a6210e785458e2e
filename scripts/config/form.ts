/**
 * The settings as a form needs them, in plain JSON: for a dashboard, or a page that shows a tracker. What ThingsBoard can set has
 * an `attribute`, the name of the shared attribute; the rest is to be shown at most.
 */
import { BOARDS, type BoardName } from "../boards.ts";
import { boardsWith, differs, type FieldInfo, fields } from "./fields.ts";

export interface FormField {
  /** Where it stands in tracker.json: "server.host". */
  path: string;
  /** As which shared attribute ThingsBoard sets it: "host". */
  attribute?: string;
  /** What touches the way to the server is tried: it is taken back by itself if the server is not reached with it. */
  tried?: true;
  /** How it is put in: as a number, a text, one of `choices`, or "switch": 0 or 1. */
  input: "number" | "text" | "choice" | "switch";
  choices?: readonly string[];
  /** "s", "bytes"; of a text "digits" or "characters". */
  unit?: string;
  /** What it is when it is missing; not there where it must be given, or where boards differ. */
  default?: string | number;
  required?: true;
  /** Of a number, or of how many characters; the widest where boards differ. */
  least: number;
  most: number;
  /** A number's steps. */
  step?: number;
  /** What a text must look like, as a regular expression; and what to say else. */
  pattern?: string;
  wanted?: string;
  /** Not to be shown. */
  secret?: true;
  /** The boards that have it, where not all do. */
  boards?: readonly BoardName[];
  /** What the firmware must be built with to know it: "calls=all". */
  feature?: string;
  /** The firmware's version that knew it first. */
  since: string;
  /** One line for a person. */
  about: string;
}

const inputOf = ({ type, least, most, choices }: FieldInfo): FormField["input"] =>
  choices ? "choice" : type === "string" ? "text" : least === 0 && most === 1 ? "switch" : "number";

function formField(field: FieldInfo, board: BoardName | undefined): FormField {
  const { path, type, afar, choices, unit, least, most, step, pattern, wanted, feature, since } = field;
  const boards = boardsWith(path);
  const measure = unit ?? (type === "string" && !choices ? "characters" : undefined);
  return {
    path,
    ...(afar && { attribute: path.replace("server.", "") }),
    ...(afar === "tried" && { tried: true }),
    input: inputOf(field),
    ...(choices ? { choices } : pattern && { pattern }),
    ...(wanted && { wanted }),
    ...(measure && { unit: measure }),
    ...(field.required ? { required: true } : (board || !differs(path)) && { default: field.default }),
    least,
    most,
    ...(step && { step }),
    ...(field.secret && { secret: true }),
    ...(!board && boards.length < BOARDS.length && { boards }),
    ...(feature && { feature }),
    since,
    about: field.description,
  };
}

/** The form of a board's settings, in the table's order; without a board, of all settings that any has. */
export const form = (board?: BoardName): FormField[] => fields(board).map((field) => formField(field, board));

/** As `npm run config -- --form` prints it. */
export const formText = (board?: BoardName): string => `${JSON.stringify(form(board), null, 2)}\n`;
