/** What the journal keeps besides records: its state, words of 32 bits. The text that it keeps is in kept-text.ts. */
import { look, record } from "./record.ts";
import { Kind, Size } from "./slot.ts";

/** Each word has one meaning; one that no firmware before wrote is 0. */
export const enum Word {
  /** How often the board started. */
  Starts,
  /** Starts in a row that did not last. */
  ShortStarts,
  /** recovery.ts: failures in a row. */
  Failures,
  /** `setInterval`'s seconds, */
  Interval,
  /** and what `interval_s` was then: another one in the settings is newer. */
  Configured,
  /** Records lost since ever. */
  Dropped,
  /** The address before which no record waits. */
  Oldest,
  /** recovery.ts: what failed last, and how often it did since it was last proven to work. */
  Evidence,
  EvidenceFailures,
  /** restart.ts: how the last run ended, as far as it could say. */
  Ended,
  /** rpc/once.ts: the signatures of the last calls that changed something. */
  LastCall,
  CallBefore,
  CallBeforeThat,
  /** The address of the record that was put aside first, or that is being given up (`GivenUp`); 0: none. See suspects.ts. */
  Aside,
  /** The number of the block that the state was written in. */
  Block,
  /** How many there are: there is no room for more. */
  Count,
}

/** In `Word.Aside`, whose addresses are even. */
export const enum GivenUp {
  /** The record is counted as dropped, and is to be cleared. */
  Flag = 1,
}

/** Reads the state at an address, if it is there. */
export function readState(at: number, words: Int32Array): boolean {
  for (let part = 0; part < Size.State / Size.Slot; part++) {
    if (look(at + part * Size.Slot) !== (part ? Kind.More : Kind.State)) return false;
    words.set(new Int32Array(record.buffer, Size.Content), (part * Size.TextMore) / 4);
  }
  return true;
}
