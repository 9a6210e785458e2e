/** Who wants to hear of which event. */
import type { PageEvents } from "./events.ts";

export type EventName = keyof PageEvents;
type Listener<Name extends EventName> = (told: PageEvents[Name]) => void;

export interface Hearing {
  /** Listeners are told in the order in which they asked. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): void;
  tell<Name extends EventName>(name: Name, told: PageEvents[Name]): void;
}

export function createHearing(): Hearing {
  const listeners = new Map<EventName, Listener<never>[]>();
  return {
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    tell<Name extends EventName>(name: Name, told: PageEvents[Name]): void {
      // What `on` put there under this name.
      for (const listener of (listeners.get(name) ?? []) as Listener<Name>[]) listener(told);
    },
  };
}
