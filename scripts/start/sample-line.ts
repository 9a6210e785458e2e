import { type Paint, plain } from "../screen.ts";

/** Is it a fix, and not what the tracker reports of itself? */
export const isFix = (values: Record<string, unknown>): boolean => "Latitude" in values;

/**
 * One sample as a line for people: a fix, or whatever values. `values` as ThingsBoard stores them, under the default
 * telemetry keys. With why it was reported, where that is told.
 */
export function sampleLine(time_ms: number, values: Record<string, unknown>, paint: Paint = plain): string {
  const degrees = (value: unknown, positive: string, negative: string) =>
    typeof value === "number" ? `${Math.abs(value).toFixed(6)}° ${value < 0 ? negative : positive}` : "?";
  const measure = (value: unknown, unit: string) =>
    typeof value === "number" ? `${value.toFixed(1)} ${unit}`.padStart(12) : "".padStart(12);
  const time = new Date(time_ms).toISOString().slice(0, 19).replace("T", " ");
  const stamp = paint("dim", `${time}Z`);
  if (!isFix(values))
    return `${stamp}  ${Object.entries(values)
      .map(([key, value]) => `${key} ${value}`)
      .join(", ")}`;
  const place = `${degrees(values.Latitude, "N", "S")}  ${degrees(values.Longitude, "E", "W")}`;
  const why = typeof values.why === "string" ? `  ${paint("dim", values.why)}` : "";
  return `${stamp}  ${paint("green", place)}${measure(values.Altitude, "m")}${measure(values.Speed, "km/h")}${why}`;
}
