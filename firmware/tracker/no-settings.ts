/** `#settings` of a build that takes none from afar but `setInterval`'s, which outlasts a restart. */
import { check } from "../check.ts";
import type { DeviceConfig } from "../device-config.ts";
import { intervalField } from "../settings.ts";
import { state as kept, saveState } from "./journal.ts";
import { Word } from "./kept.ts";
import { Occasion } from "./occasion.ts";

let config: DeviceConfig;
/** `interval_s` of tb.json. */
let configured: number;
let changed: () => void;

/** See wanted.ts, as for the next. */
export function isAsking(): boolean {
  return false;
}

export function settings(occasion: Occasion, data?: any): any {
  if (occasion === Occasion.Boot) {
    config = data;
    configured = config.interval_s;
    if (kept[Word.Configured] === configured) config.interval_s = kept[Word.Interval] as number;
  } else if (occasion === Occasion.Start) changed = data.changed_;
  else if (occasion === Occasion.Call) {
    const fault = check(data, { interval_s: intervalField() });
    if (fault) return { error: fault };
    config.interval_s = kept[Word.Interval] = data.interval_s;
    kept[Word.Configured] = configured;
    saveState();
    changed();
    return data;
  }
}
