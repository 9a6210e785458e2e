import type { TestContext } from "node:test";
import { bringUp, createModem, type SimConfig } from "../../firmware/modem/network.ts";
import { FakeSerial, fakeClock, healthy, OK, ok } from "./fake-serial.ts";

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
  /** Starts to bring it up; the result is put in what this returns. */
  const start = () => {
    const results: string[] = [];
    bringUp((reason) => results.push(reason));
    return results;
  };
  const lost: string[] = [];
  /** Brings it up and opens a connection; why that ends is put in `lost`. */
  const up = () => {
    start();
    clock.tick(1000);
    const nothing = () => {};
    const onClose = (reason: string) => void lost.push(reason);
    Object.assign(serial.answers, {
      "AT+QICLOSE=0": OK,
      'AT+QIOPEN=1,0,"TCP","h",1,0,0': ok("+QIOPEN: 0,0"),
      "AT+QIRD=0,512": ok("+QIRD: 0"),
    });
    modem.open("h", 1, { onOpen: nothing, onData: nothing, onWritable: nothing, onClose });
    clock.tick(1000);
    serial.commands = [];
  };
  return { clock, serial, modem, pins, lost, start, up };
}
