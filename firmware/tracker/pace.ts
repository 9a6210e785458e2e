/** Keeps the server's rate limits, as it tells them (getSessionLimits): "100:1,7000:3600" is 100 a second, 7,000 an hour. */

/** A limit, as ms: what one message or value is worth; how much may be used at once; when all will be free again. */
type Window = [each_ms: number, burst_ms: number, free_ms: number, of_values: number];

let windows: Window[] = [];

/** `limits`: the texts by name; null or missing: none. */
export function setLimits(limits: Record<string, string | null | undefined>): void {
  // Told again at each connection: what was used stays used.
  const before = windows;
  windows = [];
  ["telemetryMessages", "telemetryDataPoints"].forEach(function (name, of_values) {
    (limits[name] || "").split(",").forEach(function (text) {
      const parts = text.split(":") as [string, string];
      const span_ms = parseInt(parts[1], 10) * 1000;
      // 80 % of what is allowed, as ThingsBoard's own SDK does.
      if (span_ms)
        windows.push([
          span_ms / parseInt(parts[0], 10),
          span_ms * 0.8,
          (before[windows.length] || [0, 0, 0])[2] as number,
          of_values,
        ]);
    });
  });
}

/** Counts a telemetry message in; gives how long the next one has to wait, ms. */
export function pause_ms(payload: string): number {
  const now_ms = Date.now();
  let pause = 0;
  windows.forEach(function (window) {
    // Names are counted, so two too many a sample.
    const cost_ms = window[0] * (window[3] ? payload.split('":').length : 1);
    // The clock may have been set since.
    const over_ms = Math.min(Math.max(window[2] - now_ms, 0), window[1]) + cost_ms;
    window[2] = now_ms + over_ms;
    // The next one costs about the same, which of a small limit may be more than the fifth that is left.
    pause = Math.max(pause, over_ms - Math.min(window[1], window[1] * 1.25 - cost_ms));
  });
  return pause;
}
