/** `#motion` of a board with an LIS3DH: the board says on which pins. */
import { i2c, motionPin } from "#board";
import { listenForMotion } from "./lis3dh.ts";

export { checkMotion, motionWas, tellMotion } from "./lis3dh.ts";

/** Begins, or begins anew when the setting may have changed; `moved`: told of each alarm, at most once in 15 s. */
export function startMotion(word: string | undefined, moved: () => void): void {
  listenForMotion(i2c, motionPin(), word as string, moved);
}
