/** Numbers, times and places as people read them. */

import type { Place } from "./sample.ts";

/** "12:03:09", of the viewer's time zone. */
export const clockTime = (time_ms: number): string => new Date(time_ms).toLocaleTimeString("en-GB");

/** "30 Nov 2026, 12:03:09" */
export const dateTime = (time_ms: number): string =>
  new Date(time_ms).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** "52.518710° N" */
export const degrees = (value: number, positive: string, negative: string, decimals = 6): string =>
  `${Math.abs(value).toFixed(decimals)}° ${value < 0 ? negative : positive}`;

export const placeWords = ([latitude, longitude]: Place): string =>
  `${degrees(latitude, "N", "S", 5)}  ${degrees(longitude, "E", "W", 5)}`;

/** "50.1 km/h"; "–": not known. */
export const measure = (value: number | undefined, unit: string, decimals = 1): string =>
  value === undefined ? "–" : `${value.toFixed(decimals)} ${unit}`;

/** Three figures of it, however large: 0.0123, 4.56, 789, 12,300. */
export function figures(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value > 0 && value < 0.001) return "< 0.001";
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** "3 s", "5 min", "2 h" */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 100) return `${s} s`;
  return s < 6000 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}

/** Markdown as plain text: links by their words, no marks of code. */
export const plainText = (markdown: string): string =>
  markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
