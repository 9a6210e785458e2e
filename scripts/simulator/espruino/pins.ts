import type { Clock } from "../clock.ts";
import { analogLevel, type Sensors } from "../sensors/sensors.ts";
import type { Loop } from "./loop.ts";
import type { Realm } from "./realm.ts";
import type { BoardSpec } from "./specs.ts";

/** What the board's pins do, for whoever is wired to them. */
export interface Pins {
  /** The outside drives an input. */
  setInput(pin: string, level: boolean): void;
  read(pin: string): boolean;
}

/** What the pins need of the machine that they are part of. */
interface PinsParts {
  spec: BoardSpec;
  clock: Clock;
  realm: Realm;
  loop: Loop;
  sensors: Sensors;
  time: { now_ms(): number };
}

type PinObserver = (pin: string, level: boolean) => void;

interface Watch {
  id: number;
  pin: string;
  callback: unknown;
  repeat: boolean;
  edge: number;
  lastTime: number | undefined;
}

/** Levels outlive a reset, as on the chip. */
export type PinLevels = Map<string, boolean>;

const EDGES: Record<string, number> = { rising: 1, falling: -1, both: 0 };

export function createPins(
  machine: () => PinsParts,
  levels: PinLevels,
  observe: PinObserver,
): Pins & { install(): void } {
  let watches: Watch[] = [];
  const modes = new Map<string, string>();
  const names = new Map<object, string>();

  const drive = (pin: string, level: unknown): void => {
    modes.set(pin, "output");
    set(pin, Boolean(level));
  };
  const set = (pin: string, level: boolean): void => {
    const before = levels.get(pin) ?? false;
    levels.set(pin, level);
    if (modes.get(pin) === "output") observe(pin, level);
    if (before !== level) for (const watch of watches.filter((one) => one.pin === pin)) fire(watch, level);
  };
  const fire = (watch: Watch, level: boolean): void => {
    if (watch.edge !== 0 && watch.edge > 0 !== level) return;
    const { realm, loop, time } = machine();
    const now = time.now_ms() / 1000;
    const event = realm.object({ state: level, time: now, lastTime: watch.lastTime });
    watch.lastTime = now;
    if (!watch.repeat) watches = watches.filter((other) => other !== watch);
    loop.queue(undefined, watch.callback, [event]);
  };
  const nameOf = (pin: unknown): string => {
    const name = typeof pin === "string" ? pin : (names.get(pin as object) ?? "");
    if (!machine().spec.pins.includes(name)) throw new Error("Invalid pin");
    return name;
  };

  return {
    read: (pin) => levels.get(pin) ?? false,
    setInput(pin, level) {
      if (modes.get(pin) !== "output") set(pin, level);
    },
    install() {
      const { realm, spec } = machine();
      const prototype = realm.object();
      const pin = (target: object): string => names.get(target) as string;
      realm.define(prototype, {
        write(level) {
          drive(pin(this), level);
        },
        set() {
          drive(pin(this), true);
        },
        reset() {
          drive(pin(this), false);
        },
        toggle() {
          const level = !(levels.get(pin(this)) ?? false);
          drive(pin(this), level);
          return level;
        },
        read() {
          return levels.get(pin(this)) ?? false;
        },
        mode(mode = "auto") {
          modes.set(pin(this), mode);
        },
        getMode() {
          return modes.get(pin(this)) ?? "input";
        },
        toString() {
          return pin(this);
        },
        toJSON() {
          return pin(this);
        },
      });
      for (const name of spec.pins) {
        const object = Object.create(prototype) as object;
        names.set(object, name);
        Object.defineProperty(realm.global, name, { value: object, configurable: true });
      }
      realm.define(realm.global, {
        Pin: (name) => realm.global[nameOf(name)],
        digitalWrite(target, value) {
          const pins: unknown[] = Array.isArray(target) ? target : [target];
          pins.forEach((one, i) => {
            drive(nameOf(one), (value >> (pins.length - 1 - i)) & 1);
          });
        },
        digitalRead: (target) => Number(levels.get(nameOf(target)) ?? false),
        digitalPulse(target, level, durations) {
          const { clock } = machine();
          let at_ms = 0;
          let next = Boolean(level);
          for (const duration of [].concat(durations)) {
            const now = next;
            clock.setTimeout(() => realm.alive && drive(nameOf(target), now), at_ms);
            at_ms += Number(duration);
            next = !next;
          }
          clock.setTimeout(() => realm.alive && drive(nameOf(target), next), at_ms);
        },
        pinMode(target, mode = "auto") {
          modes.set(nameOf(target), mode);
        },
        getPinMode: (target) => modes.get(nameOf(target)) ?? "input",
        analogRead(target) {
          const { sensors } = machine();
          const pin = nameOf(target);
          return analogLevel(spec, sensors, pin) ?? Number(levels.get(pin) ?? false);
        },
        analogWrite(target, value) {
          drive(nameOf(target), value >= 0.5);
        },
        setWatch(callback, target, options = {}) {
          const { repeat = false, edge = "both" } =
            typeof options === "object" ? options : { repeat: options };
          const id = (watches.at(-1)?.id ?? 0) + 1;
          const watch = { id, pin: nameOf(target), callback, repeat, edge: EDGES[edge] ?? Number(edge) };
          watches.push({ ...watch, lastTime: undefined });
          return id;
        },
        clearWatch(...ids) {
          watches = ids.length ? watches.filter((watch) => watch.id !== ids[0]) : [];
        },
      });
    },
  };
}
