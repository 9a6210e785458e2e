/** Keeps the server's rate limits, as it tells them (getSessionLimits): "100:1,7000:3600" is 100 a second, 7,000 an hour. */

interface Window {
  /** One message, or one value, is worth so much of the window. */
  each_ms: number;
  /** So much may be used at once: 80 % of it, as ThingsBoard's own SDK does. */
  burst_ms: number;
  /** When all that was used is free again. */
  free_ms: number;
  /** 1: it is values that are counted. */
  values: number;
}

let windows: Window[] = [];

/** `limits`: the texts by name; null or missing: none. */
export function setLimits(limits: Record<string, string | null | undefined>): void {
  windows = [];
  ["telemetryMessages", "telemetryDataPoints"].forEach(function (name, values) {
    (limits[name] || "").split(",").forEach(function (text) {
      const parts = text.split(":");
      const span_ms = +(parts[1] as string) * 1000;
      if (span_ms)
        windows.push({
          each_ms: span_ms / +(parts[0] as string),
          burst_ms: span_ms * 0.8,
          free_ms: 0,
          values: values,
        });
    });
  });
}

/** Counts a telemetry message in; gives how long the next one has to wait, ms. */
export function pause_ms(payload: string): number {
  const now_ms = Date.now();
  let pause = 0;
  windows.forEach(function (window) {
    // The clock may be set meanwhile. Each sample has two names beside its values'.
    window.free_ms =
      Math.min(Math.max(window.free_ms, now_ms), now_ms + window.burst_ms) +
      window.each_ms *
        (window.values ? payload.split('":').length - 2 * payload.split('"ts":').length + 1 : 1);
    pause = Math.max(pause, window.free_ms - now_ms - window.burst_ms);
  });
  return pause;
}
