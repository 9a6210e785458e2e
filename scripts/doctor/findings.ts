/**
 * What can be found on a board: from what is seen to the finding, its cause and what to do. In the order of what
 * depends on what; of an area the first that is seen counts.
 */
import type { Area, Finding } from "./finding.ts";
import { BOARD_FINDINGS } from "./findings/board.ts";
import { MODEM_FINDINGS } from "./findings/modem.ts";
import { SERVER_FINDINGS } from "./findings/server.ts";
import { TLS_FINDINGS } from "./findings/tls.ts";

/** What must work before an area can be judged. */
export const NEEDS: Record<Area, Area[]> = {
  interpreter: [],
  memory: ["interpreter"],
  flash: ["interpreter"],
  firmware: ["interpreter"],
  settings: ["interpreter"],
  modem: ["firmware", "settings"],
  sim: ["modem"],
  network: ["sim"],
  context: ["network"],
  server: ["context"],
  outbox: ["firmware", "settings"],
  fix: ["modem"],
};

export const FINDINGS: Finding[] = [
  ...BOARD_FINDINGS,
  ...MODEM_FINDINGS,
  ...TLS_FINDINGS,
  ...SERVER_FINDINGS,
];
