/**
 * What the programs on the computer know of each board, besides its own file, board/<name>.ts. A new board is that file, its
 * entry here, and what the simulator must know of its chip: simulator/espruino/specs.ts.
 */

interface BoardEntry {
  /** What `process.env.BOARD` may say; the first is the name the board's own file has. */
  env_names: readonly [string, ...string[]];
  /** What helps to choose it, for a person. */
  hint: string;
  /** Budgets, with their reasons in budgets.ts. */
  blob_bytes: number;
  estimated_variables: number;
  /** The oldest interpreter it may have, why, and what to do where it is older. */
  oldest: { version: string; why: string; newer: string };
  /** Where Storage begins, as an expression for the console: only where the outbox is in it, as in the board's own file. */
  storage_start?: string;
  /** The pins of its LIS3DH accelerometer, as in the board's own file; none: it has none. */
  accelerometer?: { scl: string; sda: string };
  /** What gives the battery's voltage: the modem, which it feeds, or an expression for the console; none: nothing does. */
  battery?: "modem" | string;
  /** Its only UART is the modem's while the tracker runs: what gives it back to the console, for the interpreter. */
  cedes_console?: (baud?: number) => string;
}

/** E.CRC32, and Storage.readJSON without exceptions, came with 2v05; 2v06 is the oldest that the tracker was seen to run on. */
const WITH_CRC32 = { version: "2v06", why: "older ones lack E.CRC32, or were not tried" };

/** The first that reads tokens. Of text an interpreter takes 65,535 bytes at once, as a string in flash has two bytes for its length. */
const WITH_TOKENS = {
  version: "2v20.48",
  why: "as text the code is longer than older ones can run, and they take no tokens",
};

/** In the order in which people are told of them. */
export const BOARD_ENTRIES = {
  rak8212: {
    env_names: ["RAK8212"],
    hint: "RAK8212, modem BG96",
    blob_bytes: 40_960,
    estimated_variables: 1_320,
    oldest: {
      version: "2v20.48",
      why: "the board's 40 KB hold the code as tokens only, which older ones do not take",
      newer: "build the current one with `BOARD=RAK8212 RELEASE=1 make`",
    },
    storage_start: "0x6c000",
    accelerometer: { scl: "D18", sda: "D19" },
    battery: "modem",
    // Pins and speed: Espruino's boards/RAK8212.py.
    cedes_console: (baud = 9600) => `Serial1.setup(${baud},{tx:D29,rx:D28});Serial1.setConsole()`,
  },
  rak5010: {
    env_names: ["RAK5010"],
    hint: "RAK5010, modem BG96",
    blob_bytes: 72_000,
    estimated_variables: 1_900,
    oldest: { ...WITH_TOKENS, newer: "install the current one" },
    accelerometer: { scl: "D13", sda: "D14" },
    battery: "modem",
  },
  "wio-lte": {
    env_names: ["WIO_LTE"],
    hint: "Seeed Wio LTE, modem EC21",
    blob_bytes: 65_000,
    estimated_variables: 1_900,
    oldest: { ...WITH_CRC32, newer: "install the last official one, 2v08" },
    battery: "analogRead(B0)*E.getAnalogVRef()*2",
  },
  linux: {
    env_names: ["LINUX", "LINUX2500", "RASPBERRYPI"],
    hint: "Linux or Raspberry Pi with a USB modem",
    blob_bytes: 72_000,
    estimated_variables: 1_900,
    oldest: { ...WITH_TOKENS, newer: "build the current one" },
    storage_start: 'require("Flash").getFree()[0].addr',
  },
} as const satisfies Record<string, BoardEntry>;

export type BoardName = keyof typeof BOARD_ENTRIES;

export const BOARDS = Object.keys(BOARD_ENTRIES) as BoardName[];

/** The entry of a board, with what only some have. */
export const entryOf = (board: BoardName): BoardEntry => BOARD_ENTRIES[board];

/** The board whose interpreter says `env_board` in `process.env.BOARD`; undefined: none of ours. */
export const boardNamed = (env_board: string): BoardName | undefined =>
  BOARDS.find((board) => entryOf(board).env_names.includes(env_board));
