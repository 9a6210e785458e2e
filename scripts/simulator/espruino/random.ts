/** The interpreter's random numbers: two multiply-with-carry generators, one half of the result each. */
export interface RandomNumbers {
  /** 31 bits. */
  next(): number;
  /** `E.srand`. */
  seed(value: number): void;
}

/**
 * As at the start of the chip. Boards then seed them with noise (nRF52: its random number generator; STM32F4: its voltage
 * reference, as read while it comes up). Espruino for Linux never does, so there every start draws the same numbers.
 */
export function createRandomNumbers(): RandomNumbers {
  let low = 0xdeadbeef;
  let high = 0xcafebabe;
  return {
    next() {
      high = (36969 * (high & 0xffff) + (high >>> 16)) >>> 0;
      low = (18000 * (low & 0xffff) + (low >>> 16)) >>> 0;
      return ((high << 16) + low) & 0x7fffffff;
    },
    seed(value) {
      low = ((value & 0xffff) | (value << 16)) >>> 0;
      high = ((value & 0xffff0000) | (value >>> 16)) >>> 0;
    },
  };
}
