/** What `npm run config` asks a person, and how. */
import type { Readable, Writable } from "node:stream";
import { type CANCEL_SYMBOL, confirm, isCancel, log, password, select, text } from "@clack/prompts";
import { BOARDS, type BoardName, entryOf } from "../boards.ts";
import { Fault } from "../fault.ts";
import { type FieldInfo, faultOf, fields, type Login, type Tls } from "./fields.ts";
import { typedValue } from "./options.ts";

/** Where a person reads and types. */
export interface Streams {
  input: Readable;
  output: Writable;
}

/** Ctrl-C, at any question. */
export class Cancelled extends Fault {
  constructor() {
    super("given up, nothing written");
  }
}

/** What is asked for, in this order, where the board has it. */
const QUESTIONS: Record<string, string> = {
  modem_port: "The modem's AT port",
  apn: "APN (empty: the network's default)",
  apn_user: "APN user (mostly none)",
  apn_password: "APN password (mostly none)",
  pin: "PIN of the SIM (empty: none)",
  "server.host": "ThingsBoard's host name or address",
  "server.port": "Its MQTT port",
  "server.tls": "Is the way there protected?",
  "server.cert": "The device's certificate, a PEM file",
  "server.key": "Its private key, a PEM file",
  "server.ca": "The root to trust",
  "server.username": "The device's access token",
  "server.provision_key": "The provisioning key of its device profile",
  "server.provision_secret": "The secret to it",
  "server.device_name": "The name that a board asks for",
  interval_s: "Seconds from fix to fix",
};

/** What is offered where the default, 0, would say less to a person. */
const OFFERED: Record<string, number> = { "server.port": 1883 };

const TLS_PORT = 8883;

/** `server.tls`, for a person. */
const TLS_CHOICES: { value: Tls; label: string; hint: string }[] = [
  { value: 0, label: "no, plain text", hint: "token and places can be read on the way" },
  { value: 1, label: "TLS", hint: "the server is verified" },
  { value: 2, label: "TLS with a certificate as login", hint: "ThingsBoard's X.509, no token" },
];

/** What is typed to empty a secret that is set: Enter keeps it, as it cannot be shown for editing. */
const NONE = "-";

/**
 * Puts one question. The library knows Ctrl-C and Escape as giving up, but would wait for ever after Ctrl-D, which closes
 * its line editor, and after the end of a redirected input.
 */
async function answerTo<T>(
  { input, output }: Streams,
  question: (streams: Streams & { signal: AbortSignal }) => Promise<T | typeof CANCEL_SYMBOL>,
): Promise<T> {
  const gone = new AbortController();
  const abort = () => gone.abort();
  const onKey = (_: unknown, key: { ctrl?: boolean; name?: string }) =>
    key.ctrl && key.name === "d" && abort();
  input.prependListener("keypress", onKey);
  input.once("end", abort);
  try {
    const answer = await question({ input, output, signal: gone.signal });
    if (isCancel(answer)) throw new Cancelled();
    return answer as T;
  } finally {
    input.off("keypress", onKey);
    input.off("end", abort);
  }
}

/** The fields that may be asked for, of a board. */
export function askedFields(board: BoardName, login?: Login): FieldInfo[] {
  const known = fields(board, login);
  return Object.keys(QUESTIONS).flatMap((path) => known.filter((field) => field.path === path));
}

/** Asks for the board. */
export async function askBoard(present: BoardName | undefined, streams: Streams): Promise<BoardName> {
  return answerTo(streams, (ends) =>
    select<BoardName>({
      message: "Board",
      options: BOARDS.map((value) => ({ value, label: value, hint: entryOf(value).hint })),
      ...(present && { initialValue: present }),
      ...ends,
    }),
  );
}

/** A yes or a no. */
export async function askYes(question: string, streams: Streams): Promise<boolean> {
  return answerTo(streams, (ends) => confirm({ message: question, ...ends }));
}

/** The question, with the field's name as messages have it. */
const questionFor = ({ path }: FieldInfo): string => `${QUESTIONS[path]} [${path}]`;

/**
 * Asks for the access token; "": there is none, since the board asks the server for a login of its own. `present`: the answer
 * offered, "" where that holds already.
 */
export async function askToken(field: FieldInfo, present: unknown, streams: Streams): Promise<string> {
  const kept = present === "" || (typeof present === "string" && !faultOf(field, present));
  const hint = `${kept ? "; Enter: as it is" : ""}; ${NONE}: none, each board asks the server for a login`;
  const meaning = (typed = "") => (typed === NONE ? "" : typed || (kept ? (present as string) : undefined));
  const validate = (typed = "") =>
    meaning(typed) === "" ? undefined : faultOf(field, meaning(typed)) || undefined;
  const message = `${questionFor(field)}${hint}`;
  return meaning(await answerTo(streams, (ends) => password({ message, validate, ...ends }))) ?? "";
}

/** Asks for a password that is nobody's setting. */
export async function askPassword(question: string, streams: Streams): Promise<string> {
  const validate = (typed = "") => (typed ? undefined : "give the password");
  return answerTo(streams, (ends) => password({ message: question, validate, ...ends }));
}

/** Asks for a secret. */
async function askSecret(field: FieldInfo, present: unknown, streams: Streams): Promise<string> {
  const kept = typeof present === "string" && present !== "" && !faultOf(field, present) ? present : "";
  const none = field.required ? "" : `, ${NONE}: none`;
  const hint = kept && `; Enter: as it is${none}`;
  const meaning = (typed = "") => (typed === "" ? kept : kept && typed === NONE ? "" : typed);
  const message = `${questionFor(field)}${hint}`;
  const validate = (typed?: string) => faultOf(field, meaning(typed)) || undefined;
  return meaning(await answerTo(streams, (ends) => password({ message, validate, ...ends })));
}

/** Asks for one field until the answer is right; `present` is the answer offered. */
export async function askField(
  field: FieldInfo,
  present: unknown,
  streams: Streams,
): Promise<string | number> {
  if (field.secret) return askSecret(field, present, streams);
  const right = present !== undefined && !faultOf(field, present);
  const meaning = (typed = "") => typedValue(field, typed.trim());
  const message = questionFor(field);
  const initialValue = String(right ? present : (OFFERED[field.path] ?? field.default));
  const validate = (typed?: string) => faultOf(field, meaning(typed)) || undefined;
  return meaning(await answerTo(streams, (ends) => text({ message, initialValue, validate, ...ends })));
}

/** Asks how the connection is to be protected; with `port` a good guess is offered. */
export async function askTls(present: unknown, port: number, streams: Streams): Promise<Tls> {
  const usual = port === TLS_PORT ? 1 : 0;
  const initialValue = TLS_CHOICES.find(({ value }) => value === present)?.value ?? usual;
  return answerTo(streams, (ends) =>
    select<Tls>({
      message: QUESTIONS["server.tls"] as string,
      options: TLS_CHOICES,
      initialValue,
      ...ends,
    }),
  );
}

/** Asks for a file until `fault` says nothing of it. */
export async function askFile(
  field: FieldInfo,
  present: string,
  fault: (path: string) => string,
  streams: Streams,
): Promise<string> {
  const message = QUESTIONS[field.path] as string;
  const validate = (typed = "") => (typed.trim() ? fault(typed.trim()) : "give a file's path") || undefined;
  const answer = await answerTo(streams, (ends) =>
    text({ message, initialValue: present, validate, ...ends }),
  );
  return answer.trim();
}

/** Where the root to trust comes from. */
export async function askRootSource(present: string, streams: Streams): Promise<"kept" | "server" | "file"> {
  return answerTo(streams, (ends) =>
    select<"kept" | "server" | "file">({
      message: QUESTIONS["server.ca"] as string,
      options: [
        ...(present ? [{ value: "kept" as const, label: `as it is: ${present}` }] : []),
        { value: "server", label: "look at the server from this computer, and choose" },
        { value: "file", label: "a PEM file of mine" },
      ],
      ...ends,
    }),
  );
}

/** A yes or a no, where no is the safe answer. */
export async function askUnsafe(question: string, streams: Streams): Promise<boolean> {
  return answerTo(streams, (ends) => confirm({ message: question, initialValue: false, ...ends }));
}

/** Lines for the person at the questions. */
export function show(lines: string[], { output }: Streams): void {
  log.message(lines, { output });
}
