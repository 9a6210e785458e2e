import type { Fields } from "../check.ts";
import type { DeviceConfig } from "../device-config.ts";
import type { Reason } from "../reason.ts";
import type { Fix } from "./fix.ts";

/** Gets the fix and None, or null and the reason. */
export type Located = (fix: Fix | null, reason: Reason) => void;

/**
 * Where fixes come from: what each file exports that the build may put where `#gnss` is imported. Those who use it see no
 * difference. `gnss=modem` is modem.ts, `gnss=nmea` uart.ts, `gnss=none` none.ts: the list is in scripts/build/features.ts.
 */
export interface Source {
  /** Adds the settings that only this source has. */
  gnssFields(fields: Fields): void;
  /** To be called once, with the settings, before the first fix is asked for. */
  startGnss(config: DeviceConfig): void;
  /**
   * Gets a fix, waiting for one until `timeout_s` is over. `done` is called once, never from inside this call. One call at
   * a time.
   */
  getFix(timeout_s: number, done: Located): void;
  /** Saves power until the next fix is asked for, where the receiver can. */
  gnssOff(): void;
  /** The words of a reason that `getFix` gave. */
  gnssWords(reason: Reason): string;
}
