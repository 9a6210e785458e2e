/** Parts of a board that are tested by themselves: "nothing is wrong" is no line, else what to do is in it. */
import { type Device, EvaluationError } from "../device/device.ts";
import type { Relay } from "../flash/relay.ts";
import { askAll, found } from "./modem-answers.ts";

const ON = "AT+QGPS=1";
const WHERE = "AT+QGPSLOC=2";
const OFF = "AT+QGPSEND";
/** Quectel BG96 GNSS manual, 3: the session is ongoing; busy; not fixed now. */
const ONGOING = 504;
const BUSY = 503;
const NO_FIX = 516;
const BUSY_TRIES = 5;

/** Whether the modem's engine runs. A fix is not waited for: there is no sky above a bench. */
export async function gnssFault(relay: Relay): Promise<string[]> {
  for (let left = BUSY_TRIES; ; left--) {
    const answers = await askAll(relay, [ON, WHERE, OFF]);
    const [on, where] = [answers[ON]?.reason, answers[WHERE]?.reason];
    if ((on === 0 || on === ONGOING) && (where === 0 || where === NO_FIX)) return [];
    if (on === BUSY && left > 1) continue;
    const told = on === 0 || on === ONGOING ? `${WHERE}: ${where ?? "nothing"}` : `${ON}: ${on ?? "nothing"}`;
    return [
      `the GNSS engine does not run (the modem answers ${told}): this modem's variant may come without it, see its data sheet; or --skip gnss`,
    ];
  }
}

/** LIS3DH (ST DocID17530): its address with SA0 high, the register with its name, and the name. */
const ADDRESS = 0x19;
const WHO_AM_I = 0x0f;
const NAME = 0x33;

export async function accelerometerFault(
  device: Device,
  pins: { scl: string; sda: string },
): Promise<string[]> {
  const ask = `(function(b){b.setup({scl:${pins.scl},sda:${pins.sda}});b.writeTo(${ADDRESS},${WHO_AM_I});return b.readFrom(${ADDRESS},1)[0]})(new I2C())`;
  let told: string;
  try {
    const name = await device.evaluate(ask);
    if (name === NAME) return [];
    told = `it says ${name}, not ${NAME}`;
  } catch (error) {
    // A bus that is held low throws.
    if (!(error instanceof EvaluationError)) throw error;
    told = error.message;
  }
  return [`the accelerometer does not answer (${told}): set the board aside; or --skip accelerometer`];
}

/** V: what a modem needs to register and send (BG96 Hardware Design, 3.3 V), with some to spare; and more than any cell has. */
const LEAST_V = 3.4;
const MOST_V = 4.5;

/** `by`: see `BoardEntry`. */
export async function batteryFault(by: string, device: Device, relay: Relay): Promise<string[]> {
  const volts =
    by === "modem"
      ? Number(found(await askAll(relay, ["AT+CBC"]), "AT+CBC", /^\+CBC: \d+,\d+,(\d+)/)) / 1000
      : Number(await device.evaluate(by));
  if (volts >= LEAST_V && volts <= MOST_V) return [];
  return [
    `the battery is at ${volts.toFixed(2)} V (${LEAST_V} to ${MOST_V} is right): connect it, charge it, or exchange it; or --skip battery`,
  ];
}
