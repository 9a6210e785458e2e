import type { TestContext } from "node:test";
import { bringUp, createModem, type SimConfig } from "../../firmware/modem/network.ts";
import { FakeSerial, fakeClock, healthy } from "./fake-serial.ts";

/** A modem that is on and healthy but not brought up yet, on a board that notes what its pins do and when. */
export function setup(t: TestContext, config: Partial<SimConfig> = {}) {
  const clock = fakeClock(t);
  const born = clock.now;
  const serial = new FakeSerial();
  serial.answers = healthy();
  const pins: string[] = [];
  const pin = (name: string) => ({
    write: (level: 0 | 1) => void pins.push(`${clock.now - born}: ${name} ${level}`),
  });
  const powerSteps = (on: number) =>
    on ? [pin("PWRKEY"), 0, 500, pin("PWRKEY"), 1, 0] : [pin("SUPPLY"), 0, 3000, pin("SUPPLY"), 1, 100];
  const modem = createModem(serial, powerSteps, {
    apn: "iot.example",
    apn_user: "",
    apn_password: "",
    pin: "",
    ...config,
  });
  const lost: string[] = [];
  modem.onDown_ = (reason) => void lost.push(reason);
  /** Starts to bring it up; the result is put in what this returns. */
  const start = () => {
    const results: string[] = [];
    bringUp(modem, (reason) => results.push(reason));
    return results;
  };
  /** Brings it up. */
  const up = () => {
    start();
    clock.tick(1000);
    serial.commands = [];
  };
  return { clock, serial, modem, pins, lost, start, up };
}
