/**
 * The chip's register of why it started: bits that add up until the program clears them or the power goes. nRF52:
 * POWER.RESETREAS, which only the SoftDevice may write; STM32F4: RCC_CSR, cleared by its RMVF bit.
 */
export interface ResetRegister {
  /** Undefined: nothing of ours is at this address. */
  peek(address: number): number | undefined;
  /** False: the write ends in a hard fault. */
  poke(address: number, value: number): boolean;
  poweredOn(): void;
  wasReset(reason: string): void;
}

interface Layout {
  address: number;
  power: number;
  watchdog: number;
  software: number;
  /** The bit that clears the reasons when 1 is written to it; none: the register is guarded. */
  clear?: number;
}

export const resetLayouts = {
  nrf52: { address: 0x40000400, power: 0, watchdog: 1 << 1, software: 1 << 2 },
  stm32f4: { address: 0x40023874, power: 3 << 26, watchdog: 1 << 29, software: 1 << 28, clear: 1 << 24 },
} satisfies Record<string, Layout>;

/** `layout`: none on Linux, where a process has no such register. */
export function createResetRegister(layout: Layout | undefined): ResetRegister {
  let value = 0;
  return {
    peek: (address) => (address === layout?.address ? value : undefined),
    poke(address, written) {
      if (address !== layout?.address) return true;
      if (layout.clear === undefined) return false;
      if (written & layout.clear) value = 0;
      return true;
    },
    poweredOn() {
      value = layout?.power ?? 0;
    },
    wasReset(reason) {
      if (layout) value |= reason === "watchdog" ? layout.watchdog : layout.software;
    },
  };
}
