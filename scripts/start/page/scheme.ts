/** Dark or light, as the system has it, for what is drawn and not styled. */

const dark = matchMedia("(prefers-color-scheme: dark)");

/** A colour of the style sheet, such as "--muted", as it is now. */
export const schemeColour = (property: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(property).trim();

/** The page's font for a canvas, at this size in pixels. */
export const pageFont = (size: number): string => `${size}px ${getComputedStyle(document.body).fontFamily}`;

/** Told when it becomes dark, or light. */
export const onScheme = (listener: () => void): void => dark.addEventListener("change", listener);

/** Whether things may move about. */
export const mayMove = (): boolean => !matchMedia("(prefers-reduced-motion: reduce)").matches;
