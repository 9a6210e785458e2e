/** The samples of each tracker, in the order in which they were taken: one that waited comes later than younger ones. */
import type { PageEvents } from "./events.ts";
import type { Hearing } from "./hearing.ts";
import { type Keys, keysIn, readSample, type Shown } from "./sample.ts";

/** Of each tracker the last ones are kept. */
export const MOST_SAMPLES = 2_000;

export interface History {
  /** Oldest first. */
  of(tracker: string): readonly Shown[];
  /** Told of each sample that was added; undefined: all are others. */
  onChange(listener: (sample: Shown | undefined) => void): void;
}

/** Puts it where its time is; the oldest goes where there are too many. */
export function insert(samples: Shown[], sample: Shown, most = MOST_SAMPLES): void {
  let at = samples.length;
  while (at > 0 && (samples[at - 1] as Shown).time_ms > sample.time_ms) at--;
  samples.splice(at, 0, sample);
  if (samples.length > most) samples.shift();
}

export function createHistory(stream: Pick<Hearing, "on">): History {
  const trackers = new Map<string, Shown[]>();
  const listeners: ((sample: Shown | undefined) => void)[] = [];
  let keys: Keys = keysIn([]);

  function add(told: PageEvents["sample"]): Shown {
    const sample = readSample(told, keys);
    const samples = trackers.get(sample.tracker) ?? [];
    trackers.set(sample.tracker, samples);
    insert(samples, sample);
    return sample;
  }

  function tell(sample?: Shown): void {
    for (const listener of listeners) listener(sample);
  }

  stream.on("hello", ({ samples, settings }) => {
    trackers.clear();
    keys = keysIn(settings);
    samples.forEach(add);
    tell();
  });
  stream.on("settings", (settings) => {
    keys = keysIn(settings);
  });
  stream.on("sample", (told) => tell(add(told)));
  return {
    of: (tracker) => trackers.get(tracker) ?? [],
    onChange: (listener) => listeners.push(listener),
  };
}
