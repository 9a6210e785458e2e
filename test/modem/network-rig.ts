import type { TestContext } from "node:test";
import type * as network from "../../firmware/modem/network.ts";
import { type SimConfig, Way } from "../../firmware/modem/network.ts";
import { FakeSerial, fakeClock, healthy, OK, ok } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

export const boot = bootable<typeof network>("modem/network.ts");

/** A modem that is on and healthy but not brought up yet, on a board that notes what is done to its power and when. */
export function setup(t: TestContext, config: Partial<SimConfig> = {}) {
  const clock = fakeClock(t);
  const born = clock.now;
  const serial = new FakeSerial();
  serial.answers = healthy();
  const power: string[] = [];
  const { bringUp, createModem } = boot();
  const modem = createModem(serial, (on) => void power.push(`${clock.now - born}: ${on ? "key" : "cut"}`), {
    apn: "iot.example",
    apn_user: "",
    apn_password: "",
    pin: "",
    ...config,
  });
  /** Starts to bring it up; the result is put in what this returns. */
  const start = (way = Way.Context) => {
    const results: string[] = [];
    bringUp((reason) => results.push(reason), way);
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
  return { clock, serial, modem, power, lost, bringUp, start, up };
}
