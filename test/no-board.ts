/** `#board` of tests under Node, where there is none: what the firmware's single parts ask of it does nothing. */
export function antenna(_on: 0 | 1): void {}

export const HAS_DTR: boolean = false;

export function dtr(_level: 0 | 1): void {}
