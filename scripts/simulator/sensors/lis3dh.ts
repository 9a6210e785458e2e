/**
 * An LIS3DH as far as a driver that wakes on motion uses it: its registers, INT1's first generator with threshold, duration,
 * latch and high-pass filter, and the pin. Sources: ST's data sheet DocID17530, chapters 6 and 8, and application note AN3308,
 * 6.3. It samples only while it is moved or its filter settles, so that a year of rest costs no time.
 *
 * Not modelled: click, free fall as such, FIFO, the second generator, the temperature sensor.
 */
import type { Clock } from "../clock.ts";
import type { I2cDevice } from "../espruino/i2c-device.ts";
import type { AccelerometerSpec } from "../espruino/specs.ts";

const WHO_AM_I = 0x0f;
const CTRL1 = 0x20;
const CTRL2 = 0x21;
const CTRL3 = 0x22;
const CTRL4 = 0x23;
const CTRL5 = 0x24;
const REFERENCE = 0x26;
const OUT_X_L = 0x28;
const INT1_CFG = 0x30;
const INT1_SRC = 0x31;
const INT1_THS = 0x32;
const INT1_DURATION = 0x33;

/** What each register has when the power comes; the others have 0. */
const AT_START: [register: number, value: number][] = [
  [WHO_AM_I, 0x33],
  [CTRL1, 0x07],
];
/** By CTRL1's ODR bits, with LPen for the last two. */
const RATES_HZ = [0, 1, 10, 25, 50, 100, 200, 400, 1600, 5376];
/** A digit of INT1_THS, by CTRL4's full scale: the data sheet's table of the register. */
const THRESHOLD_MG = [16, 32, 62, 186];
const FULL_SCALE_G = [2, 4, 8, 16];
/** Samples until the high-pass filter forgot how the chip lay before: three time constants of its cut-off, ODR / 50. */
const SETTLING = 24;
const MOST_INT1_DURATION = 127;

type Vector = [x: number, y: number, z: number];

export interface Accelerometer extends I2cDevice {
  /** Shakes it, g beside gravity, from now on for so long. */
  move(g: number, seconds: number): void;
  /** True: it does not answer, and its pin is low. */
  dead: boolean;
  /** The level of INT1. */
  readonly interrupt: boolean;
  /** Told of each change of it. */
  onInterrupt: ((level: boolean) => void) | undefined;
  /** Samples per second, 0 while it is off; what it draws depends on it. */
  readonly rate_hz: number;
  readonly lowPower: boolean;
  /** The power went, and came back. */
  powerCut(): void;
}

export function createLis3dh(spec: AccelerometerSpec, clock: Clock): Accelerometer {
  let registers = new Map(AT_START);
  let pointer = 0;
  let increments = false;
  let shaken_g = 0;
  let until_ms = 0;
  let samples = 0;
  /** Samples left until the filter settled. */
  let settling = 0;
  let sinceStart = 0;
  /** Samples in a row that were above the threshold. */
  let above = 0;
  let latched = false;
  let source = 0;
  let level = false;
  let timer: unknown;
  let dead = false;

  const get = (register: number): number => registers.get(register) ?? 0;
  const rate_hz = (): number => RATES_HZ[get(CTRL1) >> 4] ?? 0;
  const scale = (): number => (get(CTRL4) >> 4) & 3;
  const filters = (): boolean => (get(CTRL2) & 1) !== 0;

  function acceleration(): Vector {
    const shaking = clock.now() < until_ms ? shaken_g * (samples % 2 ? 1 : -1) : 0;
    return [shaking, 0, 1];
  }

  /** What the interrupt's generator sees: gravity is gone once the filter settled. */
  function seen(): Vector {
    const [x, y, z] = acceleration();
    return filters() ? [x, y, z * (settling / SETTLING)] : [x, y, z];
  }

  function setLevel(next: boolean): void {
    const now = next && (get(CTRL3) & 0x40) !== 0 && !dead;
    if (now === level) return;
    level = now;
    sensor.onInterrupt?.(level);
  }

  function sample(): void {
    samples++;
    sinceStart++;
    const threshold_g = ((get(INT1_THS) & 0x7f) * (THRESHOLD_MG[scale()] as number)) / 1000;
    const configured = get(INT1_CFG);
    let its_source = 0;
    seen().forEach((g, axis) => {
      if (!(get(CTRL1) & (1 << axis))) return;
      const high = Math.abs(g) > threshold_g;
      its_source |= (high ? 2 : 1) << (2 * axis);
    });
    const hits = its_source & configured & 0x3f;
    const all = (configured & 0x80) !== 0;
    const enabled = configured & 0x3f;
    const isEvent = enabled !== 0 && (all ? hits === enabled : hits !== 0);
    above = isEvent ? Math.min(above + 1, MOST_INT1_DURATION + 1) : 0;
    const active = above > (get(INT1_DURATION) & 0x7f);
    if (settling) settling--;
    if (get(CTRL5) & 8) {
      if (active && !latched) {
        latched = true;
        source = 0x40 | its_source;
      }
      setLevel(latched);
    } else {
      source = (active ? 0x40 : 0) | its_source;
      setLevel(active);
    }
    plan();
  }

  /** The next sample, while there is something to see. */
  function plan(): void {
    clock.clearTimeout(timer);
    timer = undefined;
    const rate = rate_hz();
    const quiet = clock.now() >= until_ms && !settling && above === 0;
    // Without the filter gravity alone may be above the threshold.
    if (!rate || dead || (quiet && filters() && sinceStart > 0)) return;
    if (quiet && sinceStart > MOST_INT1_DURATION) return;
    timer = clock.setTimeout(sample, 1000 / rate);
  }

  function put(register: number, value: number): void {
    if (register === WHO_AM_I || register === INT1_SRC) return;
    const before = get(register);
    registers.set(register, value);
    if (register === CTRL1 && value >> 4 !== before >> 4) {
      settling = SETTLING;
      sinceStart = 0;
    }
    if (register === CTRL2 && (value & 1) > (before & 1)) settling = SETTLING;
    if (register === INT1_CFG || register === INT1_THS || register === INT1_DURATION) above = 0;
    setLevel(latched);
    sinceStart = Math.min(sinceStart, 1);
    plan();
  }

  function take(register: number): number {
    if (register === REFERENCE && sinceStart) settling = 0;
    if (register === INT1_SRC) {
      const found = source;
      if (get(CTRL5) & 8) {
        latched = false;
        source = 0;
        above = 0;
        setLevel(false);
        plan();
      }
      return found;
    }
    if (register >= OUT_X_L && register < OUT_X_L + 6) {
      const axis = (register - OUT_X_L) >> 1;
      const digits = Math.round(
        ((acceleration()[axis] as number) / (FULL_SCALE_G[scale()] as number)) * 32768,
      );
      return (Math.max(-32768, Math.min(32767, digits)) >> (register & 1 ? 8 : 0)) & 0xff;
    }
    return get(register);
  }

  const next = (): void => {
    if (increments) pointer = (pointer + 1) & 0x7f;
  };

  const sensor: Accelerometer = {
    address: spec.address,
    scl: spec.scl,
    sda: spec.sda,
    onInterrupt: undefined,
    get answers() {
      return !dead;
    },
    get dead() {
      return dead;
    },
    set dead(now) {
      dead = now;
      setLevel(latched);
      plan();
    },
    get interrupt() {
      return level;
    },
    get rate_hz() {
      return dead ? 0 : rate_hz();
    },
    get lowPower() {
      return (get(CTRL1) & 8) !== 0;
    },
    write(bytes) {
      const [first = 0, ...values] = bytes;
      pointer = first & 0x7f;
      increments = first > 0x7f;
      for (const value of values) {
        put(pointer, value);
        next();
      }
    },
    read(count) {
      return Uint8Array.from({ length: count }, () => {
        const value = take(pointer);
        next();
        return value;
      });
    },
    move(g, seconds) {
      shaken_g = g;
      until_ms = clock.now() + seconds * 1000;
      plan();
    },
    powerCut() {
      registers = new Map(AT_START);
      latched = false;
      source = above = settling = sinceStart = 0;
      setLevel(false);
      plan();
    },
  };
  return sensor;
}
