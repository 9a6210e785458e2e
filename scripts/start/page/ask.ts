/** Asks `npm start` to do something. */
import type { PageRequests } from "./events.ts";

/** A call of a tracker that sleeps waits until it wakes. */
const TIMEOUT_MS = 60_000;

/** What was refused, or could not be asked; the message is for people. */
export class Refusal extends Error {}

/** The answer, whatever JSON it is. Throws `Refusal` with the reason. */
export async function ask<Path extends keyof PageRequests>(
  path: Path,
  body: PageRequests[Path],
): Promise<unknown> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new Refusal(
      error.name === "TimeoutError"
        ? `no answer in ${TIMEOUT_MS / 1000} s`
        : "npm start does not answer: is it still running?",
    );
  });
  const text = await response.text();
  const answer = readJson(text);
  if (response.ok) return answer;
  const { error, message } = (answer ?? {}) as { error?: unknown; message?: unknown };
  throw new Refusal(`${error ?? message ?? `status ${response.status}`}`);
}

/** Undefined: it is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
