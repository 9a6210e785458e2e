import { HAS_SLEEP } from "#sleep";
import { State, state } from "./recovery.ts";

/** The state for people. */
export function stateWord(): string {
  if (HAS_SLEEP && state === State.Resting) return "resting";
  switch (state) {
    case State.Waiting:
      return "waiting";
    case State.Modem:
      return "modem";
    case State.Server:
      return "server";
    default:
      return "online";
  }
}
