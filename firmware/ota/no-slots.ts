/** `#ota` of a build without: it is updated by cable. */

export function slotBytes(): number {
  return 0;
}

export function resumeAt(_key: number): number {
  return 0;
}

export function store(_offset: number, _bytes: string): boolean {
  return false;
}

export function complete(_length: number, _crc32: number): boolean {
  return false;
}

export function activate(): void {}

export function isTrial(): boolean {
  return false;
}

export function confirm(): void {}

export function lastVerdict(): { key: number; why: string } | undefined {
  return undefined;
}

export function runsFromSlot(): boolean {
  return false;
}

export function startTrial(): void {}
