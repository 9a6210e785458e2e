/** What the command calls its things on a server, and by what it knows them again. */

/** Of the device profile: the type of its devices, by which the dashboard finds them. */
export const PROFILE = "Espruino tracker";
export const DASHBOARD = "Espruino trackers";
export const RULE_CHAIN = "Espruino tracker";

/** In the description of whatever was made by the command, or imported from its files: what has it may be changed and removed. */
export const MARK = "Made by espruino-thingsboard";

/** Of what has `additionalInfo` in place of a description. */
export const MARKED = { madeBy: "espruino-thingsboard" };

/** Of a device or a package. */
export const isMarked = (additionalInfo: unknown): boolean =>
  (additionalInfo as Partial<typeof MARKED> | null | undefined)?.madeBy === MARKED.madeBy;
