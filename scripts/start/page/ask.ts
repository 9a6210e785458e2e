/** Asks `npm start` to do something. */
import type { PageRequests } from "./events.ts";

/** A world with another board is built first, which takes long on a busy machine. */
export const TIMEOUT_MS = 120_000;

/** What was refused, or could not be asked; the message is for people. */
export class Refusal extends Error {}

/** The answer, whatever JSON it is. Throws `Refusal` with the reason. */
export async function ask<Path extends keyof PageRequests>(
  path: Path,
  body: PageRequests[Path],
): Promise<unknown> {
  const { ok, status, text } = await send(path, JSON.stringify(body)).catch((error: Error) => {
    throw new Refusal(
      error.name === "TimeoutError"
        ? `no answer in ${TIMEOUT_MS / 1000} s`
        : "npm start does not answer: is it still running?",
    );
  });
  const answer = readJson(text);
  if (ok) return answer;
  const { error, message } = (answer ?? {}) as { error?: unknown; message?: unknown };
  throw new Refusal(`${error ?? message ?? `status ${status}`}`);
}

/** It may end in the middle of its answer, too. */
async function send(path: string, body: string): Promise<{ ok: boolean; status: number; text: string }> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { ok: response.ok, status: response.status, text: await response.text() };
}

/** Undefined: it is none. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
