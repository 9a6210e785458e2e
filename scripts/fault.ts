/** What goes wrong outside of our programs, told in one line: what it was, and what to do. */
import { isAbsolute, relative } from "node:path";
import { getSystemErrorMap } from "node:util";

/** The message is for the user, one line a fault. An error that is none of these is a mistake of ours, and keeps its stack trace. */
export class Fault extends Error {}

/** What the system said of a file that cannot be read or written. */
export const fileFault = (path: string, error: unknown): Fault => new Fault(`${path}: ${systemWords(error)}`);

/** "permission denied" */
export function systemWords(error: unknown): string {
  const { errno, message, errors } = error as NodeJS.ErrnoException & Partial<AggregateError>;
  // A name that leads to several addresses, as localhost does: each has an error of its own, all of them none.
  if (errors?.length) return systemWords(errors[0]);
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}

/** The fault in whatever was thrown, the system's refusals among it; undefined: there is none. */
export function faultIn(thrown: unknown): Fault | undefined {
  if (thrown instanceof Fault) return thrown;
  const { path, errno, message } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (errno === undefined) return undefined;
  // What was refused once the file was open comes without its name.
  return path === undefined ? new Fault(message) : fileFault(shortened(path), thrown);
}

/** As the user would name it: from where they are. */
export function shortened(path: string): string {
  const near = relative("", path);
  return !near || near.startsWith("..") || isAbsolute(near) ? path : near;
}

/** Of a value that a message repeats. */
const VALUE_CHARACTERS = 100;
/** Of a line of a message, where something long came into it by another way. */
const LINE_CHARACTERS = 1000;
/** What is kept of the end, where the reason stands. */
const END_SHARE = 0.3;

/** A text of any length, such as a file's that was given in place of its name, fit to be repeated in a message. */
export function cutShort(text: string, most = VALUE_CHARACTERS): string {
  if (text.length <= most) return text;
  const end = Math.floor(most * END_SHARE);
  const left_out = (text.length - most).toLocaleString("en-US");
  return `${text.slice(0, most - end)}… (${left_out} characters left out) …${text.slice(-end)}`;
}

/** A message, no line of it longer than can be read. */
export const readable = (message: string): string =>
  message
    .split("\n")
    .map((line) => cutShort(line, LINE_CHARACTERS))
    .join("\n");
