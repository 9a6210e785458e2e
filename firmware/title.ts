/**
 * What this firmware is called as a package of ThingsBoard's. The board is in the title, as in a tenant no two packages may
 * have the same title and version.
 */
import { BOARD } from "#board";

/** The project's version, put in by the build. */
declare const __VERSION__: string;

export const TITLE: string = "espruino-thingsboard " + BOARD;
export const VERSION: string = __VERSION__;
