import { sealedTls, type WorldTls } from "../blob/tls.ts";

const { FAULT_TLS } = process.env;

/** The TLS of the lives: as FAULT_TLS says, none when it says nothing. */
export const tls: WorldTls | undefined = FAULT_TLS
  ? sealedTls({ tls: FAULT_TLS === "2" ? 2 : 1 })
  : undefined;
