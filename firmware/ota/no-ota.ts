/** `#ota` of a build without: firmware comes by cable. */
import type { Client, Values } from "../thingsboard/client.ts";

export function startOta(_server: Client, _ask: () => void): void {}

export function firmwareNames(): string[] {
  return [];
}

export function assigned(_values: Values): void {}

export function isLoading(): boolean {
  return false;
}

export function updateFirmware(): string {
  return "by cable: npm run flash";
}

export function trialPulse(): void {}

export function runsFromSlot(): boolean {
  return false;
}

export function startTrial(): void {}

export function slotBytes(): number {
  return 0;
}
