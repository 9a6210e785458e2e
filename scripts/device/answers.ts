/** Sorts what comes from a console: answers to questions of ours, between marks, and all else. */

/** What an answer says: the value's JSON ("undefined" for what has none), or what was thrown. */
export interface Answer {
  id: number;
  json?: string;
  thrown?: string;
}

export interface AnswerFilter {
  /** Gives the bytes that are no answer, as soon as it is sure. */
  feed(bytes: string): string;
  /** What was held back. */
  rest(): string;
}

/** Is a line of a console the answer to a question, whoever asked? Or the mark by which `npm run repl` sees an end? */
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a program's begins with it
export const isAnswer = (line: string): boolean => /^(<<\w+:\d+[=!].*>>|\x02\d+)$/.test(line);

const NEWLINE = "\r\n";

/**
 * A line for the console that prints the value of an expression between marks. Echo is off for it. The expression is
 * text for `eval`, so that a syntax error too can be caught and told.
 */
export function question(mark: string, id: number, expression: string): string {
  // In two parts: an echo, if there is one after all, is not taken for the answer.
  const say = (sign: string, text: string): string => `print("<"+"<${mark}${id}${sign}"+${text}+">>")`;
  // The interpreter writes undefined as null.
  const json = `(function(v){return v===undefined?v:JSON.stringify(v)})(${evaluated(expression)})`;
  return `\x10try{${say("=", json)}}catch(e){${say("!", 'JSON.stringify(""+e)')}}\n`;
}

/** The source of an expression's evaluation, which a brace begins as an object. */
export function evaluated(expression: string): string {
  return `eval(${literal(/^\s*\{/.test(expression) ? `(${expression}\n)` : expression)})`;
}

/** A string literal in ASCII, as every interpreter reads it: those without Unicode know bytes only. */
function literal(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\u{10ffff}]/gu, (character) => {
    const bytes = [...Buffer.from(character, character <= "\xff" ? "latin1" : "utf8")];
    return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  });
}

/** Finds the answers to `question` of this mark, wherever the chunks are cut. */
export function createAnswerFilter(mark: string, onAnswer: (answer: Answer) => void): AnswerFilter {
  const start = `<<${mark}`;
  let pending = "";
  let dropPrompt = false;

  /** How much of the end might be the beginning of an answer. */
  function held(text: string): number {
    for (let length = Math.min(start.length - 1, text.length); length > 0; length--)
      if (text.endsWith(start.slice(0, length))) return length;
    return 0;
  }

  /** The prompt that comes back behind an answer takes the place of the one that was there. */
  function withoutPrompt(text: string): string {
    if (!dropPrompt || !text) return text;
    dropPrompt = false;
    return text.startsWith(">") ? text.slice(1) : text;
  }

  return {
    feed(bytes) {
      pending += bytes;
      let other = "";
      for (;;) {
        const from = pending.indexOf(start);
        const to = from < 0 ? -1 : pending.indexOf(`>>${NEWLINE}`, from);
        if (to < 0) {
          const sure = from < 0 ? pending.length - held(pending) : from;
          other += withoutPrompt(pending.slice(0, sure));
          pending = pending.slice(sure);
          return other;
        }
        other += withoutPrompt(pending.slice(0, from));
        const found = /^(\d+)([=!])(.*)$/s.exec(pending.slice(from + start.length, to));
        pending = pending.slice(to + 2 + NEWLINE.length);
        dropPrompt = true;
        if (found) onAnswer(read(Number(found[1]), found[2] as string, found[3] as string));
      }
    },
    rest() {
      const bytes = pending;
      pending = "";
      return bytes;
    },
  };
}

const read = (id: number, sign: string, text: string): Answer =>
  sign === "=" ? { id, json: text } : { id, thrown: JSON.parse(text) as string };
