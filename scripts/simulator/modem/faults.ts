/**
 * What can go wrong, switchable while the modem runs: `modem.faults.sendFail = 1`.
 * A probability is 0 to 1 and drawn from the modem's seeded `random`; 0 (or false, or absent) is healthy.
 */
export interface Faults {
  /** Probability that a chunk to the MCU is cut at a random byte, the rest following a millisecond later. */
  splitChunk: number;
  /** Hold URCs back until so many wait (or half a second passed, or an answer is due) and send them as one chunk. */
  glueUrcs: number;
  /** Probability that a URC comes between the prompt of QISEND and its SEND OK. */
  urcInSend: number;
  /** Probability of SEND FAIL; the payload is dropped. */
  sendFail: number;
  /** Probability that QIOPEN answers OK and never reports. */
  silentOpen: number;
  /** Probability that QICLOSE answers OK but leaves the id claimed: the next QIOPEN of it reports 563, once. */
  stickyId: number;
  /** Every QIOPEN reports this (565, 566 or 569) until QIACT has activated a new PDP context; 0: none. */
  contextOpenError: number;
  /** Every QIOPEN reports this (565, 566 or 569), whatever is done, for as long as it is set; 0: none. */
  openError: number;
  /** QIOPEN always fails, with 553 or 563: until a reset (RESET_N, CFUN=1,1, a crash), or the second power cycle. */
  deadSockets: boolean;
  /** What +QSSLOPEN says of a handshake that failed, whatever the reason: 566, or 550, 569, 579 as other firmware does. */
  handshakeError: number;
  /** Probability that the server says nothing in a TLS handshake, until "negotiatetime" is over. */
  silentHandshake: number;
  /** Probability that the server's first answer in a TLS handshake is the end of the connection. */
  brokenHandshake: number;
  /** Sockets open, and nothing passes either way: until QIDEACT and QIACT. */
  deadData: boolean;
  /** Probability that a command gets no answer at all. */
  mute: number;
  /** Commands that get no answer, by name: "+CSQ". */
  muted: Set<string>;
  /**
   * Commands that block the port, by name: neither they nor what comes after them is answered while they are in here, as QIACT,
   * QIDEACT and QICLOSE do on a real modem until they have their result (TCP 2.1.2, 2.1.3, 2.1.5). After that they run.
   */
  blocking: Set<string>;
  /** The network takes a PDP context away so many seconds after its activation; 0: never. */
  contextLife_s: number;
  /** Bytes from the server come so much later, in their order; so does the end of the connection. */
  downlink_ms: number;
  /** The recv and closed URCs of a socket come so much later than what they tell of. */
  lateUrc_ms: number;
  /**
   * After RDY the modem works and registers at once, and only so much later says APP RDY, +CPIN: READY, +QUSIM: 1 and
   * +QIND: SMS DONE; 0: as its model does.
   */
  lateReady_ms: number;
  /** The next AT+CPIN= get these CME errors (14, 13, 3 …), one each, and the card does not count them. */
  pinErrors: number[];
  /** AT+QFLST answers +CME ERROR: 405 where there is no such file, instead of OK alone. */
  listError: boolean;
  /** AT+CCLK? answers +CME ERROR: 3. */
  clockError: boolean;
  /** AT+CCLK? gives local time with its zone, as CTZU=3 leaves it on an EC2x. */
  localClock: boolean;
  /** AT+QLTS gives "", though the network may have set the clock. */
  noNetworkTime: boolean;
  /** AT+QNTP reports this error (565, 569 …), or "silent": never anything; 0: the time. */
  ntpError: number | "silent";
  /** The time that the network gives, and the clock it set, are so far off. */
  networkTimeOff_ms: number;
  /** Fields of QGPSLOC that are replaced by these texts. */
  location: LocationFields;
  /** The receiver's date and time are so far off: a week number that came round is -1,024 weeks. */
  gnssTimeOff_ms: number;
  /** That is so for as many fixes told by QGPSLOC; counts down. */
  gnssTimeOffFixes: number;
  /** CREG and CGREG say 4 (unknown) while CEREG says registered. */
  cgreg4: boolean;
  /** Buffer mode recv URC with (true) or without (false) length, whatever the model does. */
  recvLength: boolean | undefined;
  /** Prompt `> ` (true) or `>` (false), whatever the model does. */
  promptSpace: boolean | undefined;
  /** QISTATE gives 3 for a live TCP client. */
  state3: boolean;
  /** QGPSLOC says 516 (not fixed) for so many polls more; counts down. */
  noFixPolls: number;
  /** CPIN? says 14 (SIM busy) for so many polls more; counts down. */
  simBusyPolls: number;
  /** ATE0 answers OK, and the echo stays on. */
  echoStuck: boolean;
  /** Probability of noise bytes before a chunk to the MCU. */
  garbage: number;
  /** Both directions are garbled as by different baud rates. */
  baudMismatch: boolean;
  /** So many presses of PWRKEY do nothing, be they to switch on, off or to wake; counts down. */
  deafKey: number;
  /** What the network grants from the next tracking area update on, whatever `options.psm` says; undefined: as that says. */
  psmGrant: PsmGrant | undefined;
  /** No coverage: searching, data stand still, after a while the PDP context is lost. */
  coverageHole: boolean;
  /** Probability that a URC is lost. */
  lostUrc: number;
  /** Events that strike by themselves, as expected number a minute. `modem.inject` does each at will. */
  perMinute: Partial<Record<FaultEvent, number>>;
}

/** `reset`: crash and reboot (RDY). `psm`: PSM POWER DOWN. `hole`: 20 s without coverage. `close`: every peer closes. */
export type FaultEvent = "reset" | "pdpdeact" | "close" | "psm" | "garbage" | "hole";

/** Seconds: T3324, from the release of the radio connection to PSM; and T3412, to the next tracking area update. */
export interface PsmTimes {
  active_s: number;
  tau_s: number;
}

/** What the network makes of AT+CPSMS, at each tracking area update. */
export type PsmGrant = "as asked" | "refused" | PsmTimes;

/** The fields of `+QGPSLOC:`, in their order. `position` is both, with the comma between them. */
export type LocationField =
  | "utc"
  | "position"
  | "hdop"
  | "altitude"
  | "fix"
  | "course"
  | "speed_kmh"
  | "speed_knots"
  | "date"
  | "satellites";
export type LocationFields = Partial<Record<LocationField, string>>;

/** Locations as real receivers have told them: `Object.assign(faults.location, ODD_LOCATIONS.letters)`. */
export const ODD_LOCATIONS = {
  letters: {
    hdop: "a.b",
    altitude: "nan",
    course: "x",
    speed_kmh: "inf",
    speed_knots: "inf",
    satellites: "zz",
  },
  empty: { hdop: "", altitude: "", course: "", speed_kmh: "", speed_knots: "", satellites: "" },
  /** Two satellites give no place. */
  poor: { hdop: "500.0", satellites: "02" },
  /** The Gulf of Guinea, and no satellite. */
  nowhere: { position: "0.00000,0.00000", satellites: "00" },
} satisfies Record<string, LocationFields>;

/** GPS counts 1,024 weeks, and begins again. */
export const WEEKS_1024_MS = 1024 * 7 * 86_400_000;

export function createFaults(initial: Partial<Faults> = {}): Faults {
  return {
    splitChunk: 0,
    glueUrcs: 0,
    urcInSend: 0,
    sendFail: 0,
    silentOpen: 0,
    stickyId: 0,
    contextOpenError: 0,
    openError: 0,
    deadSockets: false,
    handshakeError: 566,
    silentHandshake: 0,
    brokenHandshake: 0,
    deadData: false,
    mute: 0,
    muted: new Set(),
    blocking: new Set(),
    contextLife_s: 0,
    downlink_ms: 0,
    lateUrc_ms: 0,
    lateReady_ms: 0,
    pinErrors: [],
    listError: false,
    clockError: false,
    localClock: false,
    noNetworkTime: false,
    ntpError: 0,
    networkTimeOff_ms: 0,
    location: {},
    gnssTimeOff_ms: 0,
    gnssTimeOffFixes: Number.POSITIVE_INFINITY,
    cgreg4: false,
    recvLength: undefined,
    promptSpace: undefined,
    state3: false,
    noFixPolls: 0,
    simBusyPolls: 0,
    echoStuck: false,
    garbage: 0,
    baudMismatch: false,
    deafKey: 0,
    psmGrant: undefined,
    coverageHole: false,
    lostUrc: 0,
    perMinute: {},
    ...initial,
  };
}

/** Bytes as a floating or mismatched line gives them; never a CR or LF, so that they stick to what follows. */
export function noise(random: () => number, length: number): string {
  const typical = "\xff\xfe\xe0\x80\xc0\x00\xf8";
  let bytes = "";
  for (let i = 0; i < length; i++) bytes += typical[Math.floor(random() * typical.length)];
  return bytes;
}
