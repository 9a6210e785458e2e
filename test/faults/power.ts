import type { Clock } from "../../scripts/simulator/clock.ts";
import type { SimulatedBoard } from "../../scripts/simulator/espruino/simulated-board.ts";
import type { FlashCut, FlashWatch } from "./flash-watch.ts";

/** The board's supply: it goes, and comes back after a while. */
export interface Power {
  /** Off for so long. Nothing when it is off already. */
  cut(off_ms: number): void;
  /** Goes in the middle of what is written to the flash. */
  cutInFlash(cut: FlashCut, off_ms: number): void;
  /** The flash said that it happened. */
  gone(): void;
  /** No cut is due any more; what is off comes back in its time. */
  disarm(): void;
}

export function createPower(
  board: SimulatedBoard,
  clock: Clock,
  watch: FlashWatch,
  note: (text: string) => void,
  /** It comes back, and the board boots. */
  back: () => void,
): Power {
  let inFlash_ms = 0;
  let off = false;

  function backAfter(ms: number): void {
    off = true;
    watch.disarm();
    clock.setTimeout(() => {
      off = false;
      note("power is back");
      back();
      board.boot();
    }, ms);
  }

  return {
    cut(off_ms) {
      if (off) return;
      board.powerCut();
      backAfter(off_ms);
    },
    cutInFlash(cut, off_ms) {
      if (off) return;
      inFlash_ms = off_ms;
      watch.cutAfter(cut);
    },
    gone() {
      note("power cut in the flash operation");
      backAfter(inFlash_ms);
    },
    disarm: watch.disarm,
  };
}
