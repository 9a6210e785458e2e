/** Gives the computer what a slot has, in place: `npm run repl` looks which build it is; scripts/build/loader.ts. */
import { slotCode } from "#board";

/** Who evaluates this declares them. */
declare const address: number, length: number;
declare let piece: string;

piece = slotCode(address, length);
