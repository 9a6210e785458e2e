/** What the modem of a board that is held says, in the form in which the doctor judges it. */
import { Reason } from "../../firmware/reason.ts";
import type { Answer } from "../doctor/evidence.ts";
import type { Relay } from "../flash/relay.ts";

export type Answers = Record<string, Answer>;

/** Asks commands in turn; those without an answer are not in it, and it is empty when the modem is silent. */
export async function askAll(relay: Relay, commands: string[]): Promise<Answers> {
  const told = await relay.ask(commands);
  return Object.fromEntries(
    commands.flatMap((command, at): [string, Answer][] => {
      const lines = told[at];
      const reason = lines && reasonOf(lines.at(-1));
      return reason === undefined ? [] : [[command, { reason, lines: lines?.slice(0, -1) ?? [] }]];
    }),
  );
}

/** As the firmware has it: 0, an error's number, or that there was none; undefined: it is no final result. */
function reasonOf(result: string | undefined): number | undefined {
  if (result === "OK") return Reason.None;
  if (result === "ERROR") return Reason.ModemError;
  const code = /^\+CME ERROR: (\d+)$/.exec(result ?? "")?.[1];
  return code === undefined ? undefined : Number(code);
}

/** The first match in the lines of an answer. */
export function found(answers: Answers, command: string, pattern: RegExp): string {
  for (const line of answers[command]?.lines ?? []) {
    const match = pattern.exec(line)?.[1];
    if (match !== undefined) return match;
  }
  return "";
}
