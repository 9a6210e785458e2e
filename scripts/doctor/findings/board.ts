/** Of the board itself: interpreter, memory, flash, firmware, settings. */
import type { Finding } from "../finding.ts";

/** Fewer free variables, and the next long message or a bit of code of one's own ends in "out of memory". */
const LEAST_FREE_VARIABLES = 300;
/**
 * The tracker writes no files, but flash does: where the next tb.json finds no room beside the one that is there, all of
 * Storage is tidied up first, and a power cut during that erases everything. Of a RAK8212's Storage no more is planned to
 * be left, so that it is a fault only where something that is of no use to the tracker is in the way.
 */
const LEAST_FREE_STORAGE = 512;
const FLASH = "npm run flash -- --port …";
const CONFIG = "npm run config, then npm run flash -- --config tracker.json";

export const BOARD_FINDINGS: Finding[] = [
  // Interpreter
  {
    id: "unknown-board",
    area: "interpreter",
    seen: ({ build }) => build === undefined,
    finding: ({ env }) => `there is no firmware for a ${env.BOARD}`,
    cause: "this project knows other boards' pins and modems only",
    remedy: 'use one of the boards in board/README.md, or add this one: board/README.md "Add a board"',
  },
  {
    id: "old-interpreter",
    area: "interpreter",
    seen: ({ old }) => old !== "",
    finding: ({ env }) => `Espruino ${env.VERSION} is too old`,
    cause: ({ old }) => old,
    remedy: `update Espruino, see espruino.com/Download; then ${FLASH}`,
  },

  // Memory
  {
    id: "out-of-memory",
    area: "memory",
    seen: ({ flags }) => flags.includes("MEMORY"),
    finding: "the interpreter ran out of variables",
    cause: "code beside the tracker, or a message of many kilobytes; what was running then was cut off",
    remedy: "take your own code off the board, then restart it: .reboot in npm run repl",
  },
  {
    id: "low-memory",
    area: "memory",
    seen: ({ variables }) => variables.free < LEAST_FREE_VARIABLES,
    finding: ({ variables }) => `low memory: ${variables.free} of ${variables.total} variables are free`,
    cause: "code of the firmware was copied into RAM, or other code runs beside the tracker",
    remedy: `take your own code off the board and flash again, so that the code runs from flash: ${FLASH}`,
  },
  {
    id: "lost-bytes",
    area: "memory",
    seen: ({ flags }) => flags.some((flag) => /FIFO_FULL|BUFFER_FULL|UART_OVERFLOW/.test(flag)),
    finding: "bytes from the modem or the console got lost",
    cause: "a callback took longer than the board's input buffer lasts",
    remedy: "keep your own callbacks below 50 ms; the tracker repeats what got lost",
  },

  // Flash
  {
    id: "low-flash",
    area: "flash",
    seen: ({ storageFree, storageSpare }) =>
      storageFree < LEAST_FREE_STORAGE && storageFree + storageSpare >= LEAST_FREE_STORAGE,
    finding: ({ storageFree }) => `low flash: ${storageFree} bytes of Storage are free`,
    cause:
      "deleted and replaced files keep their place until Storage is compacted, or there are files of your own",
    remedy:
      'on good power, in npm run repl: require("Storage").list() shows the files, .erase(NAME) takes one off; .compact() tidies up, but only when nothing waits in the outbox',
  },

  // Firmware
  {
    id: "no-firmware",
    area: "firmware",
    seen: ({ code }) => !code,
    finding: "no firmware on the board",
    cause: "nothing was flashed yet, or it was erased",
    remedy: FLASH,
  },
  {
    id: "cut-short",
    area: "firmware",
    seen: ({ code }) => code?.isCutShort ?? false,
    finding: "the firmware on the board is not whole",
    cause: ({ code }) =>
      `flashing was interrupted: of its code, ${code?.bytes} bytes, a part was never written`,
    remedy: FLASH,
  },
  {
    id: "other-program",
    area: "firmware",
    seen: ({ code }) => code?.version === undefined,
    finding: "another program is on the board",
    cause: ({ code }) => `its code, ${code?.bytes} bytes, is not this project's`,
    remedy: `${FLASH} replaces it`,
  },
  {
    id: "other-board",
    area: "firmware",
    seen: ({ code, ownBoard }) => !ownBoard && code?.board !== undefined,
    finding: ({ code, env }) => `firmware for ${code?.board} on a ${env.BOARD}`,
    cause: "each board has a build of its own, with its pins",
    remedy: FLASH,
  },
  {
    id: "firmware-stopped",
    area: "firmware",
    seen: ({ booted }) => !booted,
    finding: "the firmware is there but does not run",
    cause:
      "the board was put into plain mode (reset(), a break key), held at its start (clearTimeout()), or the flashing was interrupted",
    remedy: `restart it: .reboot in npm run repl; if that does not help: ${FLASH}`,
  },
  {
    id: "safe-mode",
    area: "firmware",
    seen: ({ status }) => Boolean(status?.safe_mode),
    finding: ({ status }) =>
      `safe mode: the tracker ${status?.safe_mode === 1 ? "keeps fixes and sends none" : "takes no fixes"}; it ends by itself after five minutes online, or an hour`,
    cause: ({ status }) =>
      `it crashed 5 times in a row shortly after its start${status?.reason ? ` (${status.reason})` : ""}: a supply that breaks down, code of your own, or an error in the firmware`,
    remedy: `mend the supply, take your own code off the board, then .reboot in npm run repl and read what it prints; if that does not help: ${FLASH}`,
  },

  // Settings
  {
    id: "no-settings",
    area: "settings",
    seen: ({ settings }) => settings === undefined,
    finding: "no settings on the board",
    cause: "there is no tb.json in its Storage",
    remedy: CONFIG,
  },
  {
    id: "broken-settings",
    area: "settings",
    seen: ({ settings }) => settings === null,
    finding: "the settings cannot be read",
    cause: "tb.json is not JSON: written by hand, or the writing was interrupted",
    remedy: CONFIG,
  },
  {
    id: "wrong-settings",
    area: "settings",
    seen: ({ settingsFaults }) => settingsFaults.length > 0,
    finding: "the settings are wrong",
    cause: ({ settingsFaults }) => settingsFaults.join("; "),
    remedy: CONFIG,
  },
  {
    id: "refused-settings",
    area: "settings",
    seen: ({ booted, status }) => booted && !status,
    finding: "the firmware did not start the tracker",
    cause: "it refuses something in the settings, and said so at boot in a line that begins with tb.json:",
    remedy: "npm run repl, .reboot, read that line; then npm run config",
  },
];
