/** `#turns` of a modem that has a receiver for GNSS and one for LTE. */
import type { Lte } from "../modem/way.ts";

export function lteIs(_its: Lte): void {}

export function engineStarts(): void {}

export function wantFix(): void {}

export function fixEnded(_is_fix: boolean): void {}
