import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { Way } from "../../firmware/modem/network.ts";
import type { Socket } from "../../firmware/socket.ts";
import { FakeSerial, fakeClock, healthy, OK } from "./fake-serial.ts";
import { boot } from "./network-rig.ts";

export const OPEN = 'AT+QIOPEN=1,0,"TCP","broker.example",1883,0,0';
export const EMPTY = "\r\n+QIRD: 0\r\n\r\nOK\r\n";
export const data = (bytes: string) => `\r\n+QIRD: ${bytes.length}\r\n${bytes}\r\n\r\nOK\r\n`;

/** A modem that is up, on a scripted line that answers what a socket asks; nothing to read. */
export function setup(t: TestContext) {
  const clock = fakeClock(t);
  const serial = new FakeSerial();
  serial.answers = healthy();
  const { bringUp, createModem } = boot();
  const modem = createModem(serial, () => {}, {
    apn: "iot.example",
    apn_user: "",
    apn_password: "",
    pin: "",
  });
  bringUp(() => {}, Way.Context);
  clock.tick(1000);
  assert.equal(modem.status().state, "up");
  serial.answers = { ...healthy(), "AT+QICLOSE=0": OK, "AT+QIRD=0,512": EMPTY, [OPEN]: OK };

  const events: string[] = [];
  let calling = 0;
  const handlersOf = (name: string) => {
    const told = (what: string) => {
      assert.equal(calling, 0, `${what} came from inside a call`);
      events.push(name + what);
    };
    return {
      onOpen: () => told("open"),
      onData: (bytes: string) => told(`data ${bytes}`),
      onWritable: () => told("writable"),
      onClose: (reason: string) => told(`close ${reason}`),
    };
  };
  /** Nothing may call back from inside `open` and `write`. */
  const guard = <T>(call: () => T): T => {
    calling++;
    const result = call();
    calling--;
    return result;
  };
  const open = (name = "") => guard(() => modem.open("broker.example", 1883, handlersOf(name)));
  const write = (socket: Socket, bytes: string) => guard(() => socket.write(bytes));
  const opened = () => {
    const socket = open();
    clock.tick(50);
    serial.say("\r\n+QIOPEN: 0,0\r\n");
    clock.tick(50);
    assert.deepEqual(events.splice(0), ["open"]);
    serial.commands = [];
    return socket;
  };
  return { clock, serial, modem, bringUp, events, open, opened, write, handlersOf };
}
