import { type Flash, type FlashOperation, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import type { Random } from "./random.ts";
import { decodeRecord, type OutboxRecord } from "./record.ts";

/** The power goes before an operation, the one after so many more. */
export interface FlashCut {
  left: number;
  /** Only these count. */
  kind?: FlashOperation["kind"];
  /** Within it, so that some of its bits are done and some not, as on a chip whose supply breaks down. */
  torn?: boolean;
}

/** Tells of each record that is in the flash complete, and cuts the power in the middle of an operation. */
export interface FlashWatch {
  cutAfter(cut: FlashCut): void;
  /** No cut is due any more. */
  disarm(): void;
  /** How many operations were torn. */
  readonly torn: number;
}

export function watchFlash(flash: Flash, random: Random, taken: (record: OutboxRecord) => void): FlashWatch {
  const write = flash.write;
  let data: Uint8Array = new Uint8Array();
  let start = 0;
  let torn_count = 0;

  flash.write = (address, bytes) => {
    data = bytes;
    start = address;
    let whole = false;
    try {
      write(address, bytes);
      whole = true;
    } finally {
      // What a cut left out may be all ones, which an erased flash has anyway: then the record is complete.
      const record = decodeRecord(whole ? bytes : flash.read(address, bytes.length));
      if (record) taken(record);
    }
  };

  function tear({ kind, address }: FlashOperation): void {
    const from = address - flash.start;
    const length = kind === "write" ? 4 : flash.pageSize;
    for (let i = 0; i < length; i++) {
      const undone = Math.floor(random() * 256);
      const before = flash.bytes[from + i] as number;
      flash.bytes[from + i] =
        kind === "write" ? before & ((data[address - start + i] as number) | undone) : before | undone;
    }
  }

  return {
    cutAfter({ left, kind, torn }) {
      let more = left;
      flash.beforeOperation = (operation) => {
        if ((kind && operation.kind !== kind) || more-- > 0) return;
        if (torn) {
          torn_count++;
          tear(operation);
        }
        throw new PowerCut(`power cut ${torn ? "within" : "before"} the ${operation.kind}`);
      };
    },
    disarm() {
      flash.beforeOperation = undefined;
    },
    get torn() {
      return torn_count;
    },
  };
}
