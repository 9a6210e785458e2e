/** What `npm start` tells, as it comes; when it is gone, it is asked again until it is back. */
import type { PageEvents } from "./events.ts";

type Name = keyof PageEvents;
type Listener<Told extends Name> = (told: PageEvents[Told]) => void;

const NAMES: readonly Name[] = [
  "hello",
  "sample",
  "status",
  "energy",
  "trace",
  "line",
  "fault",
  "speed",
  "settings",
];

/** A status comes each second: in such a silence nobody is there any more. */
const SILENCE_MS = 15_000;
const AGAIN_MS = 2_000;

export interface Stream {
  /** Listeners are told in the order in which they asked. */
  on<Told extends Name>(name: Told, listener: Listener<Told>): void;
  /** Told whether `npm start` is there, at each change. */
  onConnection(listener: (is_there: boolean) => void): void;
  /** Begins to listen to it. */
  open(): void;
}

/** `path`: where the events are. */
export function createStream(path: string): Stream {
  const listeners = new Map<Name, Listener<never>[]>();
  const watchers: ((is_there: boolean) => void)[] = [];
  let source: EventSource | undefined;
  let silence = 0;
  let is_there: boolean | undefined;

  function tell(is_there_now: boolean): void {
    if (is_there === is_there_now) return;
    is_there = is_there_now;
    for (const watcher of watchers) watcher(is_there);
  }

  /** The browser would try again by itself, but not after each kind of end. */
  function ended(): void {
    tell(false);
    source?.close();
    clearTimeout(silence);
    silence = setTimeout(open, AGAIN_MS);
  }

  function heard(): void {
    tell(true);
    clearTimeout(silence);
    silence = setTimeout(ended, SILENCE_MS);
  }

  function hear<Told extends Name>(name: Told, told: PageEvents[Told]): void {
    heard();
    // What `on` put there under this name.
    for (const listener of (listeners.get(name) ?? []) as Listener<Told>[]) listener(told);
  }

  function open(): void {
    source = new EventSource(path);
    silence = setTimeout(ended, SILENCE_MS);
    source.addEventListener("error", ended);
    for (const name of NAMES)
      source.addEventListener(name, (event) => hear(name, JSON.parse((event as MessageEvent<string>).data)));
  }

  return {
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    onConnection: (listener) => watchers.push(listener),
    open,
  };
}
