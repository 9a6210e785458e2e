import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type * as channels from "../../firmware/modem/at.ts";
import type * as sockets from "../../firmware/modem/socket.ts";
import { Reason } from "../../firmware/reason.ts";
import type { Socket } from "../../firmware/socket.ts";
import { words } from "../../firmware/words.ts";
import { FakeSerial, fakeClock, OK } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

const boot = bootable<typeof channels & typeof sockets>("modem/at.ts", "modem/socket.ts");

export const OPEN = 'AT+QIOPEN=1,0,"TCP","broker.example",1883,0,0';
export const READ = "AT+QIRD=0,512";
export const CLOSE = "AT+QICLOSE=0";
export const EMPTY = "\r\n+QIRD: 0\r\n\r\nOK\r\n";
export const data = (bytes: string) => `\r\n+QIRD: ${bytes.length}\r\n${bytes}\r\n\r\nOK\r\n`;
export const SENT = "\r\nSEND OK\r\n";

/** The AT channel and the socket on a scripted line that answers what a socket asks; nothing to read. */
export function setup(t: TestContext) {
  const clock = fakeClock(t);
  const serial = new FakeSerial();
  const parts = boot();
  serial.answers = { AT: OK, [CLOSE]: OK, [READ]: EMPTY, [OPEN]: OK };
  /** As network.ts does: the connection is gone with the modem, and nothing in flight will be answered. */
  const lost = (reason: Reason) => {
    parts.endSocket(reason);
    parts.abandon(reason);
  };
  parts.listen({
    port_: serial,
    urc_: (line) => {
      parts.socketUrc(line);
      if (line === "RDY") lost(Reason.ModemRestarted);
      return line === "RDY";
    },
    silent_: () => lost(Reason.ModemSilent),
  });

  const events: string[] = [];
  let calling = 0;
  /** What the next handlers say to "shall I read"; and whether it was asked. */
  const user = { takes: true };
  const handlersOf = (name: string) => {
    const told = (what: string) => {
      assert.equal(calling, 0, `${what} came from inside a call`);
      events.push(name + what);
    };
    return {
      onOpen: () => told("open"),
      onData: (bytes: string) => told(`data ${bytes}`),
      takesData: () => user.takes,
      onWritable: () => told("writable"),
      onClose: (reason: Reason) => told(`close ${words(reason)}`),
    };
  };
  /** Nothing may call back from inside `open` and `write`. */
  const guard = <T>(call: () => T): T => {
    calling++;
    const result = call();
    calling--;
    return result;
  };
  const open = (name = "", handlers: Partial<ReturnType<typeof handlersOf>> = {}) =>
    guard(() => parts.open("broker.example", 1883, { ...handlersOf(name), ...handlers }, {}));
  const write = (socket: Socket, bytes: string) => guard(() => socket.write(bytes));
  const opened = (handlers = {}) => {
    const socket = open("", handlers);
    clock.tick(50);
    serial.say("\r\n+QIOPEN: 0,0\r\n");
    clock.tick(50);
    assert.deepEqual(events.splice(0), ["open"]);
    serial.commands = [];
    return socket;
  };
  /** The modem takes payloads of these lengths. */
  const takes = (...lengths: number[]) => {
    for (const length of lengths) serial.answers[`AT+QISEND=0,${length}`] = "\r\n> ";
    serial.answers.payload = SENT;
  };
  return { clock, serial, parts, events, user, open, opened, write, takes };
}
