/** The ids of what is in the files: made of words, so that files that are made anew differ only where something changed. */
import { uuidOf } from "../../simulator/thingsboard/entities.ts";

export const idOf = (words: string): string => uuidOf(`espruino-thingsboard ${words}`);
