/** What the nRF52 boards have in common. Sources: nRF52832 Product Specification 1.4, 18.8 (POWER); nRF52840 1.7, 5.3.7. */

const enum Register {
  /**
   * POWER.RESETREAS: its bits add up until the power goes. Reading it is allowed; a write would end in a hard fault, as the
   * SoftDevice guards it (S132 and S140 specification, "peripheral runtime protection").
   */
  ResetReason = 0x40000400,
}

const enum ResetReason {
  /** DOG: the watchdog; LOCKUP: the processor. */
  Watchdog = 2,
  Lockup = 8,
}

/** `Board.watchdogBit`: since the power came. */
export function watchdogBit(): boolean {
  return (peek32(Register.ResetReason) & (ResetReason.Watchdog | ResetReason.Lockup)) !== 0;
}

/** `Board.temperature`: TEMP, as the SoftDevice reads it. */
export function temperature(): number {
  return E.getTemperature();
}

/** `Board.noise`: RNG, the chip's generator of random numbers. */
export function noise(): number {
  return E.hwRand();
}
