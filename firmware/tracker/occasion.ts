/** When `#settings` has something to do; `settings(occasion, data)`. */
export const enum Occasion {
  /** The journal is open. `data`: the settings of tb.json, checked, over which those go that are kept. */
  Boot,
  /** The tracker starts. `data`: `Parts`. */
  Start,
  /** The server accepted us. */
  Online,
  /** The server has told which shared attributes it has. `data`: those, by name. */
  Answer,
  /** A call wants settings. `data`: by name. Gives the call's answer: them, or `{"error": …}`. */
  Call,
  /** The server was not reached with the settings on trial. */
  Over,
}
