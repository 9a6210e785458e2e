/**
 * Chance that differs from tracker to tracker. Espruino for Linux never seeds Math.random: there each run of each tracker
 * has the same numbers, and a fleet that lost its server together would come back together. So they are shifted by what
 * differs: chip, time, IMEI.
 */

/** Espruino's. */
declare const E: { CRC32(text: string): number };

let shift = 0;

/** From now on the numbers are those of who has this text. */
export function seedJitter(text: string): void {
  shift = (E.CRC32(text) >>> 0) / 4294967296;
}

/** A number from 0 up to, but not including, 1. */
export function jitter(): number {
  return (Math.random() + shift) % 1;
}
