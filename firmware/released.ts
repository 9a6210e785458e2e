/**
 * The day of the first version, UTC: it can't be earlier. Not taken from the machine that builds, so that the same sources give
 * the same bytes, with and without git. To be raised, by some years, before ten years are over.
 */
export const enum Released {
  /** 1 January 2026. */
  Ms = 1767225600000,
  /** Ten years: a time that far from the release is more likely an error than this firmware in use. */
  Far_ms = 315576000000,
  /** The same as the modem's clock shows it. */
  Date = "26/01/01",
}
