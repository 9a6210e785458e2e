import type { Fix } from "../../firmware/gnss/fix.ts";
import type * as engine from "../../firmware/gnss/modem.ts";
import type * as channels from "../../firmware/modem/at.ts";
import type { Reason } from "../../firmware/reason.ts";
import { bootable } from "../modem/fresh.ts";

const boot = bootable<typeof engine & typeof channels>("gnss/modem.ts", "modem/at.ts");

/** A modem that answers from a script, behind a real AT channel. */
export interface ScriptedModem {
  getFix(timeout_s: number, done: (fix: Fix | null, reason: Reason) => void): void;
  gnssOff(done: (reason: Reason) => void): void;
  /** The commands it got, in order. */
  commands: string[];
  /** What it answers to a command; undefined: nothing at all. */
  answer: (command: string) => string | undefined;
}

export const OK = "OK";

/** Answers come 20 ms after the command, as on a real line. */
export function scriptedModem(answer: ScriptedModem["answer"]): ScriptedModem {
  const commands: string[] = [];
  let receive: (bytes: string) => void = () => {};
  const channel: channels.Channel = {
    port_: {
      write(bytes) {
        const command = bytes.trim();
        if (command === "AT") return;
        commands.push(command);
        const text = modem.answer(command);
        if (text === undefined) return;
        const framed = text.split("\n").map((line) => `\r\n${line}\r\n`);
        setTimeout(() => receive(framed.join("")), 20);
      },
      on(_event, listener) {
        receive = listener;
      },
    },
    urc_: () => false,
    silent_() {},
  };
  const { getFix, gnssOff, listen } = boot();
  listen(channel);
  const modem: ScriptedModem = {
    getFix: (timeout_s, done) => getFix(timeout_s, done),
    gnssOff: (done) => gnssOff(done),
    commands,
    answer,
  };
  return modem;
}

/** A modem with a GNSS engine in it. */
export interface ScriptedEngine extends ScriptedModem {
  on: boolean;
}

/** An engine that gives `locations` (or three-digit errors) one by one, the last for ever, while it is on. */
export function scriptedEngine(locations: string[], on = true): ScriptedEngine {
  function answer(command: string): string | undefined {
    if (command === "AT+QGPSEND" || command === "AT+QGPS=1") {
      const wanted = command === "AT+QGPS=1";
      if (engine.on === wanted) return wanted ? "+CME ERROR: 504" : "+CME ERROR: 505";
      engine.on = wanted;
      return OK;
    }
    if (command !== "AT+QGPSLOC=2") return "ERROR";
    if (!engine.on) return "+CME ERROR: 505";
    const next = locations.length > 1 ? locations.shift() : locations[0];
    if (next === undefined) return undefined;
    return /^\d{3}$/.test(next) ? `+CME ERROR: ${next}` : `+QGPSLOC: ${next}\n${OK}`;
  }
  const engine: ScriptedEngine = Object.assign(scriptedModem(answer), { on });
  return engine;
}
