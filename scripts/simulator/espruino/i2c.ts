/**
 * The interpreter's I2C: `I2C1` and further, of the chip, and `new I2C()`, made of two pins by software. They differ where nobody
 * answers: the chip's throws, with Nordic's code for an address that was not acknowledged; the software's does not look, and
 * reads what the pull-ups give (src/jsi2c.c, I2C_NACK_CHECK; targets/nrf5x/jshardware.c, jshI2CWrite). One that was not set up
 * does nothing, of the chip, and reads noise, here 0.
 */
import { fromBytes } from "./bytes.ts";
import { flatten } from "./data.ts";
import type { I2cDevice } from "./i2c-device.ts";
import type { Machine } from "./machine.ts";
import type { HostFunction } from "./realm.ts";

/** NRF_ERROR_DRV_TWI_ERR_ANACK of Nordic's SDK. */
const NOT_ACKNOWLEDGED = 33_281;

interface Bus {
  hardware: boolean;
  scl?: string;
  sda?: string;
}

/** Gives the program its buses. `device`: the one that there is. */
export function installI2c({ realm, spec }: Machine, device: I2cDevice | undefined): void {
  const buses = new WeakMap<object, Bus>();
  const prototype = realm.object();
  const busOf = (object: object): Bus => {
    const known = buses.get(object) ?? { hardware: false };
    buses.set(object, known);
    return known;
  };
  const addressOf = (address: unknown): number =>
    Number(typeof address === "object" ? (address as { address?: unknown } | null)?.address : address);
  const found = (bus: Bus, address: unknown): I2cDevice | undefined =>
    device?.answers &&
    device.address === addressOf(address) &&
    device.scl === bus.scl &&
    device.sda === bus.sda
      ? device
      : undefined;
  const isSilent = ({ hardware, scl }: Bus): boolean => hardware && scl === undefined;

  function write(bus: Bus, address: unknown, data: unknown): void {
    const bytes = fromBytes(flatten(data));
    if (!bytes.length || isSilent(bus)) return;
    const its = found(bus, address);
    if (its) its.write(bytes);
    else if (bus.hardware) throw new Error(`I2C Write Error ${NOT_ACKNOWLEDGED}`);
  }

  function read(bus: Bus, address: unknown, count: unknown): Uint8Array | undefined {
    const length = Math.trunc(Number(count));
    if (!(length > 0)) return undefined;
    if (isSilent(bus)) return realm.uint8Array(new Uint8Array(length));
    const its = found(bus, address);
    if (!its && bus.hardware) throw new Error(`I2C Read Error ${NOT_ACKNOWLEDGED}`);
    return realm.uint8Array(its ? its.read(length) : new Uint8Array(length).fill(0xff));
  }

  const methods: Record<string, HostFunction> = {
    setup(options = {}) {
      const bus = busOf(this);
      if (Number(options.bitrate ?? 100_000) < 100) throw new Error("Invalid I2C bitrate");
      bus.scl = options.scl && String(options.scl);
      bus.sda = options.sda && String(options.sda);
      this._options = options;
    },
    writeTo(address, ...data) {
      write(busOf(this), address, data);
    },
    readFrom(address, count) {
      return read(busOf(this), address, count);
    },
    readReg(address, register, count) {
      write(busOf(this), address, register);
      return read(busOf(this), address, count);
    },
  };
  realm.define(prototype, methods);
  realm.define(realm.global, {
    I2C() {
      return Object.create(prototype);
    },
  });
  Object.defineProperty(prototype, "constructor", { value: realm.global.I2C });
  for (let i = 1; i <= spec.i2cs; i++) {
    const object = Object.create(prototype) as object;
    buses.set(object, { hardware: true });
    Object.defineProperty(realm.global, `I2C${i}`, { value: object, configurable: true, writable: true });
  }
}
