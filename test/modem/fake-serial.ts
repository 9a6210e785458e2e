import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { SerialPort } from "../../firmware/modem/serial-port.ts";

/** What the modem says to a command: the bytes, several in turn (the last one stays), or nothing. */
export type Answers = Record<string, string | string[] | undefined>;

/** How long the scripted modem takes to answer. */
export const ANSWER_MS = 10;

/**
 * The modem's end of a serial line, scripted: it says what the test tells it, and answers the commands in `answers`.
 * `AT+QISEND` is followed by the bytes sent for it; they are answered by the entry `payload`.
 */
export class FakeSerial implements SerialPort {
  /** Written by the firmware and not yet expected. */
  written = "";
  /** The commands since `answers` was set, without the payloads. */
  commands: string[] = [];
  /** The payloads sent. */
  payloads: string[] = [];
  /** Bytes come one by one. */
  bytewise = false;
  /** Echoes commands, as a modem before ATE0. */
  echo = false;
  answers: Answers = {};
  private listener: (bytes: string) => void = () => assert.fail("nobody listens");
  private owed = 0;

  write(bytes: string): void {
    this.written += bytes;
    // A payload goes out whole. After a timeout there are commands instead, prompt or not.
    if (this.owed > 0 && bytes.length === this.owed) {
      this.owed = 0;
      this.payloads.push(bytes);
      this.answer("payload");
      return;
    }
    assert.match(bytes, /^AT[^\r\n]*\r$/, "a command line");
    const text = bytes.slice(0, -1);
    this.commands.push(text);
    if (this.echo) this.later(bytes);
    if (text !== "AT") this.owed = Number(/^AT\+Q(?:I|SSL)SEND=\d+,(\d+)$/.exec(text)?.[1] ?? 0);
    this.answer(text);
  }

  on(_event: "data", listener: (bytes: string) => void): void {
    this.listener = listener;
  }

  /** The modem says this, in one chunk. */
  say(bytes: string): void {
    if (this.bytewise) for (const byte of bytes) this.listener(byte);
    else this.listener(bytes);
  }

  /** The firmware has written exactly this since the last time. */
  expect(bytes: string): void {
    assert.equal(this.written, bytes);
    this.written = "";
  }

  private answer(to: string): void {
    const answer = this.answers[to];
    const bytes = Array.isArray(answer) ? (answer.length > 1 ? answer.shift() : answer[0]) : answer;
    if (bytes !== undefined) this.later(bytes);
  }

  private later(bytes: string): void {
    setTimeout(() => this.say(bytes), ANSWER_MS);
  }
}

/** A fake clock for one test. */
export function fakeClock(t: TestContext): Clock {
  const clock = install({ toFake: ["setTimeout", "clearTimeout"] });
  t.after(() => clock.uninstall());
  return clock;
}

/** An information line, or several, and OK. */
export function ok(...lines: string[]): string {
  return `${lines.map((line) => `\r\n${line}\r\n`).join("")}\r\nOK\r\n`;
}

export const OK = ok();
export const ERROR = "\r\nERROR\r\n";

/** `+CME ERROR`. */
export const cme = (code: number): string => `\r\n+CME ERROR: ${code}\r\n`;

export const CONTEXT = 'AT+QICSGP=1,1,"iot.example","","",0';
export const SIGNAL = '+QCSQ: "CAT-M1",-52,-81,195,-10';

/** What a modem says that is on and registered. */
export function healthy(): Answers {
  return {
    AT: OK,
    ATE0: OK,
    "AT+CMEE=1": OK,
    'AT+QURCCFG="urcport","uart1"': OK,
    "AT+QISDE=0": OK,
    "AT+QSCLK=0": OK,
    "AT+CPSMS=0": OK,
    "AT+CFUN=1": OK,
    "AT+CPIN?": ok("+CPIN: READY"),
    "AT+CGSN": ok("861234567890123"),
    "AT+QCCID": ok("+QCCID: 89860025128306012474"),
    "AT+CEREG?": ok("+CEREG: 0,1"),
    "AT+QIDEACT=1": OK,
    [CONTEXT]: OK,
    "AT+QIACT=1": OK,
    "AT+QCSQ": ok(SIGNAL),
    "AT+QLTS=1": ok('+QLTS: "2026/07/04,08:09:10+08,0"'),
  };
}

/** Bring-up of a modem that is on, in order. */
export const BRING_UP = Object.keys(healthy());

/** What is asked besides, when the answers to those do not suffice. */
export function unasked(): Answers {
  return {
    'AT+QPINC="SC"': ok('+QPINC: "SC",3,10'),
    "AT+CGREG?": ok("+CGREG: 0,0"),
    "AT+CREG?": ok("+CREG: 0,0"),
    "AT+CTZU?": ok("+CTZU: 0"),
    "AT+CCLK?": ok('+CCLK: "80/01/06,00:01:13+00"'),
  };
}
