/** What `npm start` tells, as it comes; when it is gone, it is asked again until it is back. */
import { createHearing, type EventName, type Hearing } from "./hearing.ts";

const NAMES: readonly EventName[] = [
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

/** A status comes each second, but for when the world is made anew: in such a silence nobody is there any more. */
const SILENCE_MS = 45_000;
const AGAIN_MS = 2_000;

export interface Stream extends Pick<Hearing, "on"> {
  /** Told whether `npm start` is there, at each change. */
  onConnection(listener: (is_there: boolean) => void): void;
  /** Begins to listen to it. */
  open(): void;
}

/** `path`: where the events are. */
export function createStream(path: string): Stream {
  const hearing = createHearing();
  const watchers: ((is_there: boolean) => void)[] = [];
  let source: EventSource | undefined;
  let timer = 0;
  let is_there: boolean | undefined;

  function setThere(is_there_now: boolean): void {
    if (is_there === is_there_now) return;
    is_there = is_there_now;
    for (const watcher of watchers) watcher(is_there);
  }

  /** The browser would try again by itself, but not after each kind of end. */
  function ended(): void {
    setThere(false);
    source?.close();
    clearTimeout(timer);
    timer = setTimeout(open, AGAIN_MS);
  }

  function heard(): void {
    setThere(true);
    clearTimeout(timer);
    timer = setTimeout(ended, SILENCE_MS);
  }

  function open(): void {
    source = new EventSource(path);
    timer = setTimeout(ended, SILENCE_MS);
    source.addEventListener("open", heard);
    source.addEventListener("error", ended);
    for (const name of NAMES)
      source.addEventListener(name, (event: MessageEvent<string>) => {
        heard();
        hearing.tell(name, JSON.parse(event.data));
      });
  }

  return { on: hearing.on, onConnection: (listener) => watchers.push(listener), open };
}
