/** A modem's current: what the meter hears of it. */
import type { Modem, ModemState } from "../modem/modem.ts";
import type { EngineState, ModemMeter, ModuleState } from "./loads.ts";

/** IPv4 and TCP without options, of each segment. */
export const HEADER_BYTES = 40;

function moduleState({ activity, functionality, edrx_s }: ModemState, engine: EngineState): ModuleState {
  if (activity !== "asleep") return activity;
  // An assumption: no document tells what a module draws that sleeps while its engine works.
  if (engine !== "off") return "idle";
  if (functionality !== 1) return "asleep without radio";
  return edrx_s === undefined ? "asleep" : "asleep, eDRX";
}

/** From now on the meter hears what the modem does. */
export function measureModem(modem: Modem, meter: ModemMeter): void {
  let engine: EngineState = modem.state.gnss.state;
  const tell = (): void => {
    meter.module(moduleState(modem.state, engine));
    meter.engine(engine);
  };
  modem.onMeter = (event) => {
    // One segment each way at least: the other end's acknowledgement.
    if (event.what === "traffic") return meter.air(event.sent + HEADER_BYTES, event.received + HEADER_BYTES);
    if (event.what === "gnss") engine = event.state;
    tell();
  };
  tell();
}
