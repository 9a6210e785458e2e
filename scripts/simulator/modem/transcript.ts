import type { Clock } from "../clock.ts";

/** One piece of the traffic, or a remark of the look-alike about what it lost, ignored or broke. */
export interface Entry {
  at_ms: number;
  from: "host" | "modem" | "note";
  bytes: string;
}

export interface Transcript {
  readonly entries: readonly Entry[];
  /** Gets each as it is made; set it. */
  onEntry: (entry: Entry) => void;
  add(from: "host" | "modem", bytes: string): void;
  note(text: string): void;
  /** Everything that was sent from one side, joined. */
  bytes(from: "host" | "modem"): string;
  /** For people: one entry a line, control characters escaped. */
  toString(): string;
}

/** Old entries are dropped beyond this, so a day's run does not grow. */
const MOST_ENTRIES = 10_000;

export function createTranscript(clock: Clock): Transcript {
  const entries: Entry[] = [];
  function push(from: Entry["from"], bytes: string): void {
    const entry: Entry = { at_ms: clock.now(), from, bytes };
    entries.push(entry);
    if (entries.length > MOST_ENTRIES) entries.splice(0, MOST_ENTRIES / 10);
    transcript.onEntry(entry);
  }
  const signs = { host: ">", modem: "<", note: "#" };
  const transcript: Transcript = {
    entries,
    onEntry: () => {},
    add: push,
    note: (text) => push("note", text),
    bytes: (from) =>
      entries
        .filter((entry) => entry.from === from)
        .map((entry) => entry.bytes)
        .join(""),
    toString: () =>
      entries
        .map((entry) => `${entry.at_ms} ${signs[entry.from]} ${JSON.stringify(entry.bytes).slice(1, -1)}`)
        .join("\n"),
  };
  return transcript;
}
