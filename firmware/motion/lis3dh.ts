/**
 * An LIS3DH accelerometer that says when the board is moved, and sleeps the rest of the time. Registers and their order: ST's
 * data sheet DocID17530, chapter 8, and application note AN3308, 6.3.3, "wake-up with the high-pass filter".
 *
 *   Off ──the setting──► Settling ──300 ms──► Armed ──INT1 rises──► Quiet ──15 s, or more──► Armed
 *    ▲                                          │ does not answer      │ the same
 *    └──────────────── an hour later ◄──────────┴──────────────────────┘
 *
 * Its interrupt is latched, and read back only when the quiet is over: until then the pin stays high, and wakes nobody however
 * long a ride lasts. Whoever finds that an alarm was false says so (`motionWas`): each makes it less sensitive, and the
 * quiet longer, and each true one undoes one.
 */
import { log } from "#log";
import type { Bus, InputPin } from "./bus.ts";

declare function setWatch(
  callback: () => void,
  pin: InputPin,
  options: { edge: "rising"; repeat: boolean },
): number;
declare function clearWatch(id: number): void;

const enum Chip {
  /** With SDO/SA0 high, as on both RAK boards. */
  Address = 0x19,
  /** What WHO_AM_I says. */
  Name = 0x33,
  /** A bit of INT1_SRC that is always 0; a bus on which nobody answers reads as 1. */
  Silent = 0x80,
}

const enum Register {
  WhoAmI = 0x0f,
  Control1 = 0x20,
  Reference = 0x26,
  Configuration = 0x30,
  Source = 0x31,
  Threshold = 0x32,
  /** Several from here on, as the address goes up by itself. */
  Several = 0x80,
}

const enum Control {
  /** CTRL1: 10 Hz, low power, three axes: 3 µA. */
  Rate = 0x2f,
  /** CTRL2: the high-pass filter for INT1, so that neither gravity nor how it lies counts. */
  Filter = 0x01,
  /** CTRL3: the first generator on INT1. */
  Pin = 0x40,
  /** CTRL4: ±2 g, a digit of the threshold is 16 mg. */
  Range = 0,
  /** CTRL5: latched. */
  Latch = 0x08,
  /** INT1_CFG: any axis above the threshold. */
  Any = 0x2a,
  /** INT1_DURATION: at once. */
  Duration = 0,
}

const enum Limit {
  /** From the power to the first samples, some at 10 Hz: read earlier the filter would begin with no gravity. */
  Settle_ms = 300,
  /** From an alarm to the next, without false ones. */
  Quiet_ms = 15000,
  /** Until it is tried again. */
  Again_ms = 3600000,
  /** Of being less sensitive: three times the threshold, and four minutes' quiet. */
  Steps = 4,
  /** Of one digit. */
  Digit_mg = 16,
}

/** What is to be done with it. */
const enum Task {
  /** The setting says so, or it did not answer an hour ago. */
  SetUp,
  /** It has settled. */
  Engage,
  /** The quiet is over: the pin falls, and rises again if it is still moved. */
  ReadBack,
  /** False alarms, or true ones, changed the threshold. */
  SetThreshold,
  SwitchOff,
}

let makeBus: () => Bus;
let bus: Bus | undefined;
let pin: InputPin;
/** Told of an alarm. */
let moved: () => void;
/** Digits of the setting's threshold; 0: off. */
let digits = 0;
/** By how many steps false alarms raised it. */
let step = 0;
let watch = 0;
/** Settling, quiet, or off for now. */
let timer: ReturnType<typeof setTimeout> | 0 = 0;
/** Why it is not armed, "" when it is. */
let fault = "";

function threshold(): number {
  return digits + ((digits * step) >> 1);
}

/** Nothing is waited for any more. */
function forget(): void {
  if (timer) clearTimeout(timer);
  if (watch) clearWatch(watch);
  timer = watch = 0;
}

/** Talks to the chip. @seldom */
function act(task: Task): void {
  let why = "";

  function write(bytes: number[]): void {
    (bus as Bus).writeTo(Chip.Address, bytes);
  }

  function read(register: Register): number {
    const its_bus = bus as Bus;
    its_bus.writeTo(Chip.Address, register);
    return its_bus.readFrom(Chip.Address, 1)[0] as number;
  }

  if (task !== Task.SetThreshold) timer = 0;
  try {
    bus = bus || makeBus();
    switch (task) {
      case Task.SetUp: {
        const name = read(Register.WhoAmI);
        // All ones, or all zeros, are a bus without anybody.
        if (name !== Chip.Name) why = name && name < 0xff ? "is no LIS3DH but " + name : "does not answer";
        else {
          write([
            Register.Control1 | Register.Several,
            Control.Rate,
            Control.Filter,
            Control.Pin,
            Control.Range,
            Control.Latch,
          ]);
          write([Register.Threshold | Register.Several, threshold(), Control.Duration]);
          timer = setTimeout(act, Limit.Settle_ms, Task.Engage);
        }
        break;
      }
      case Task.Engage:
        // The filter begins with how it lies now; what it saw until then is nothing.
        read(Register.Reference);
        write([Register.Configuration, Control.Any]);
        if (read(Register.Source) & Chip.Silent) why = "does not answer";
        else {
          fault = "";
          watch = setWatch(risen, pin, { edge: "rising", repeat: true });
        }
        break;
      case Task.ReadBack:
        if (read(Register.Source) & Chip.Silent) why = "does not answer";
        break;
      case Task.SetThreshold:
        write([Register.Threshold, threshold()]);
        break;
      default:
        write([Register.Control1, 0]);
    }
  } catch (error) {
    // The interpreter throws where an address is not acknowledged, or the bus hangs.
    why = (error as Error).message;
  }
  if (!why) return;
  forget();
  why = "accelerometer: " + why;
  // Once.
  if (why !== fault) log(why);
  fault = why;
  if (digits) timer = setTimeout(act, Limit.Again_ms, Task.SetUp);
}

/** The pin rose, or is found high. */
function risen(): void {
  if (timer) return;
  timer = setTimeout(act, Limit.Quiet_ms << step, Task.ReadBack);
  moved();
}

/**
 * Begins, or begins anew with another sensitivity. `its_bus` makes the bus, which costs variables only then; `its_pin` is wired
 * to INT1. `word`: "none", "low", "medium", "high". `its_moved` is told of each alarm.
 */
export function listenForMotion(
  its_bus: () => Bus,
  its_pin: InputPin,
  word: string,
  its_moved: () => void,
): void {
  makeBus = its_bus;
  pin = its_pin;
  moved = its_moved;
  forget();
  fault = "";
  step = 0;
  // 48, 96 and 256 mg.
  digits = word === "high" ? 3 : word === "medium" ? 6 : word === "low" ? 16 : 0;
  if (digits) act(Task.SetUp);
  else if (bus) act(Task.SwitchOff);
}

/** To be called now and then: an edge may be lost when the interpreter's queue of events is full, and the latch makes no other. */
export function checkMotion(): void {
  if (watch && !timer && pin.read()) risen();
}

/** An alarm was a move (true), or a fix shows that it was none. */
export function motionWas(true_one: boolean): void {
  const before = step;
  step = true_one ? Math.max(step - 1, 0) : Math.min(step + 1, Limit.Steps);
  if (step !== before && watch) act(Task.SetThreshold);
}

/** Puts what it is doing, or why not, into `into`; nothing while it is off. */
export function tellMotion(into: Record<string, unknown>): void {
  if (digits) into.motion = fault || "above " + threshold() * Limit.Digit_mg + " mg";
}
