import type { TestContext } from "node:test";
import type * as network from "../../firmware/modem/network.ts";
import { Rung } from "../../firmware/modem/network.ts";
import type { SimConfig } from "../../firmware/modem/way.ts";
import type { Reason } from "../../firmware/reason.ts";
import { words } from "../../firmware/words.ts";
import { FakeSerial, fakeClock, healthy, OK, ok, unasked } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

export const boot = bootable<typeof network>("modem/network.ts");

/** A modem that is on and healthy but not brought up yet, on a board that notes what is done to its power and when. */
export function setup(t: TestContext, config: Partial<SimConfig> = {}) {
  const clock = fakeClock(t);
  const born = clock.now;
  const serial = new FakeSerial();
  serial.answers = { ...healthy(), ...unasked() };
  const power: string[] = [];
  const { bringUp, createModem, fallAsleep, fellAsleep } = boot();
  const modem = createModem(serial, (on) => void power.push(`${clock.now - born}: ${on ? "key" : "cut"}`), {
    apn: "iot.example",
    apn_user: "",
    apn_password: "",
    pin: "",
    ...config,
  });
  /** Starts to bring it up; the result is put in what this returns. */
  const start = (rung = Rung.Context) => {
    const results: string[] = [];
    bringUp((reason) => results.push(words(reason)), rung);
    return results;
  };
  const lost: string[] = [];
  /** Brings it up and opens a connection; why that ends is put in `lost`. */
  const up = () => {
    start();
    clock.tick(1000);
    const nothing = () => {};
    Object.assign(serial.answers, {
      "AT+QICLOSE=0": OK,
      'AT+QIOPEN=1,0,"TCP","h",1,0,0': ok("+QIOPEN: 0,0"),
      "AT+QIRD=0,512": ok("+QIRD: 0"),
    });
    const handlers = {
      onOpen: nothing,
      onData: nothing,
      onWritable: nothing,
      takesData: () => true,
      onClose: (reason: Reason) => void lost.push(words(reason)),
    };
    modem.open("h", 1, handlers, {});
    clock.tick(1000);
    serial.commands = [];
  };
  /** How often it was sent. */
  const sent = (text: string): number => serial.commands.filter((command) => command === text).length;
  return { clock, serial, modem, power, lost, bringUp, fallAsleep, fellAsleep, start, up, sent };
}
