/** Keeps the server's rate limits, as it tells them (getSessionLimits): "100:1,7000:3600" is 100 a second, 7,000 an hour. */

/** A limit, as ms: what one message or value is worth; how much may be used at once; when all will be free again. */
type Window = [each_ms: number, burst_ms: number, free_ms: number, of_values: number];

let windows: Window[] = [];

/** `limits`: the texts by name; null or missing: none. */
export function setLimits(limits: Record<string, string | null | undefined>): void {
  windows = [];
  ["telemetryMessages", "telemetryDataPoints"].forEach(function (name, of_values) {
    (limits[name] || "").split(",").forEach(function (text) {
      const parts = text.split(":") as [string, string];
      const span_ms = +parts[1] * 1000;
      // 80 % of what is allowed, as ThingsBoard's own SDK does.
      if (span_ms) windows.push([span_ms / +parts[0], span_ms * 0.8, 0, of_values]);
    });
  });
}

/** Counts a telemetry message in; gives how long the next one has to wait, ms. */
export function pause_ms(payload: string): number {
  const now_ms = Date.now();
  let pause = 0;
  windows.forEach(function (window) {
    // A sample has two names beside its values'. The clock may be set meanwhile.
    const over_ms =
      Math.min(Math.max(window[2] - now_ms, 0), window[1]) +
      window[0] * (window[3] ? payload.split('":').length - 2 * payload.split('"ts"').length + 1 : 1);
    window[2] = now_ms + over_ms;
    pause = Math.max(pause, over_ms - window[1]);
  });
  return pause;
}
