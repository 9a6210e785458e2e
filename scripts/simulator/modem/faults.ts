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
  /** QIOPEN always fails, with 553 or 563: until a reset (RESET_N, CFUN=1,1, a crash), or the second power cycle. */
  deadSockets: boolean;
  /** Sockets open, and nothing passes either way: until QIDEACT and QIACT. */
  deadData: boolean;
  /** Probability that a command gets no answer at all. */
  mute: number;
  /** Commands that get no answer, by name: "+CSQ". */
  muted: Set<string>;
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
  /** No coverage: searching, data stand still, after a while the PDP context is lost. */
  coverageHole: boolean;
  /** Probability that a URC is lost. */
  lostUrc: number;
  /** Events that strike by themselves, as expected number a minute. `modem.inject` does each at will. */
  perMinute: Partial<Record<FaultEvent, number>>;
}

/** `reset`: crash and reboot (RDY). `psm`: PSM POWER DOWN. `hole`: 20 s without coverage. `close`: every peer closes. */
export type FaultEvent = "reset" | "pdpdeact" | "close" | "psm" | "garbage" | "hole";

export function createFaults(initial: Partial<Faults> = {}): Faults {
  return {
    splitChunk: 0,
    glueUrcs: 0,
    urcInSend: 0,
    sendFail: 0,
    silentOpen: 0,
    stickyId: 0,
    deadSockets: false,
    deadData: false,
    mute: 0,
    muted: new Set(),
    cgreg4: false,
    recvLength: undefined,
    promptSpace: undefined,
    state3: false,
    noFixPolls: 0,
    simBusyPolls: 0,
    echoStuck: false,
    garbage: 0,
    baudMismatch: false,
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
