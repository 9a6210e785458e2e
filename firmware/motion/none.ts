/** `#motion` of a board without an accelerometer, or a build that leaves it alone. */

export function startMotion(_word: string | undefined, _moved: () => void): void {}

export function checkMotion(): void {}

export function motionWas(_true_one: boolean): void {}

export function tellMotion(_into: Record<string, unknown>): void {}
