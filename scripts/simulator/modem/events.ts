/** What can be seen of the modem from outside, by whoever judges what a host does to it: `modem.onEvent`. */
export type ModemEvent =
  /** A command that runs, and so will be answered. */
  | { what: "command"; name: string }
  /** Its answer was an error. */
  | { what: "failed"; name: string }
  /** A command that gets no answer: muted, blocked, or sent while the module is off or boots. */
  | { what: "silent"; name: string }
  /** What the module said is not what the host hears: noise, a lost line, or one that it never said. */
  | { what: "garbled"; line: string }
  /** RDY. `crash`: nobody asked for the restart. */
  | { what: "running"; after: "psm" | "reset" | "off" }
  /** It goes to PSM, and T3412 is to wake it in so many seconds; undefined: nothing will. */
  | { what: "psm"; sleep_s: number | undefined }
  /** It wakes from there. */
  | { what: "woken"; by: "key" | "timer" }
  | { what: "crash" }
  /** The host switched it off or restarted it: AT+CFUN=1,1, AT+QPOWD, PWRKEY, RESET_N or VBAT. */
  | { what: "restart"; by: "command" | "reset" | "power" }
  /** The host switched the radio off: AT+CFUN=0 or 4. */
  | { what: "radio off" }
  | { what: "registered" }
  | { what: "unregistered" }
  | { what: "activated" }
  /** The network refused AT+QIACT. */
  | { what: "activation failed" }
  /** A PDP context that was active is not. */
  | { what: "deactivated"; by: "host" | "network" }
  /** A socket's open came to this; 0: it is open. Undefined: it will never be told. */
  | { what: "opened"; id: number; error: number | undefined }
  /** The host has read the first four bytes of a socket: of MQTT, the CONNACK. */
  | { what: "first bytes"; id: number; bytes: string }
  /** A socket that was open is not. */
  | { what: "ended"; id: number; by: "host" | "peer" };

/**
 * What the module's current depends on, GNSS apart:
 *
 *   off ──PWRKEY──► booting ──RDY──► searching ──► connected ◄──► idle ◄──QSCLK, DTR──► asleep
 *                      ▲                                           │ the active time is over
 *                      └──────────PWRKEY, T3412────────────────── psm
 *
 * `unpowered` is VBAT; `idle` is also one that has no SIM or whose radio is off; `asleep` then, too.
 */
export type Activity =
  | "unpowered"
  | "off"
  | "booting"
  | "searching"
  | "connected"
  | "idle"
  | "asleep"
  | "psm";

/** `searching`: on, and without a fix. */
export type GnssState = "off" | "searching" | "tracking";

/** What the module's current depends on: `modem.onMeter`, for whoever counts its charge. `modem.state` has the same. */
export type MeterEvent =
  | { what: "activity"; activity: Activity }
  | { what: "gnss"; state: GnssState }
  /** Bytes of sockets, as TCP has them, that went over the air: with TLS's own, without headers. */
  | { what: "traffic"; sent: number; received: number };
