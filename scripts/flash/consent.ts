/** Whether Storage may be compacted, which is harmless unless the power goes meanwhile: the user's word for it is needed. */
import { confirm, isCancel } from "@clack/prompts";
import { DeviceError } from "../device/device.ts";

export interface ConsentOptions {
  /** `--compact`: it was given. */
  given: boolean;
  /** Puts a question; undefined: nobody is there to ask. */
  ask: ((question: string) => Promise<boolean>) | undefined;
}

const QUESTION =
  "The Storage has room only once deleted files are cleared away. A power cut in these seconds loses all of it, what waits in the outbox, too. Go on?";
const REFUSED =
  "the Storage has room only once deleted files are cleared away (Storage.compact), and a power cut in those seconds would lose all of it: --compact says that this may be";

/** Gives a function that throws `DeviceError` without consent, and asks at most once. */
export function consentTo({ given, ask }: ConsentOptions): () => Promise<void> {
  let may = given;
  return async () => {
    may ||= (await ask?.(QUESTION)) ?? false;
    if (!may) throw new DeviceError(REFUSED);
  };
}

/** On the terminal, where there is one. */
export const askOnTerminal = (): ConsentOptions["ask"] =>
  process.stdin.isTTY && process.stdout.isTTY
    ? async (message) => {
        const answer = await confirm({ message });
        return !isCancel(answer) && answer;
      }
    : undefined;
