/** Health and recovery with a scripted modem, a server that does as it is told, and simulated flash; on a fake clock. */
import type { TestContext } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type * as channels from "../../firmware/modem/at.ts";
import type * as networks from "../../firmware/modem/network.ts";
import type { Client } from "../../firmware/thingsboard/client.ts";
import type * as healths from "../../firmware/tracker/health.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import type * as outboxes from "../../firmware/tracker/outbox.ts";
import type * as recoveries from "../../firmware/tracker/recovery.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { FakeSerial, healthy, OK } from "../modem/fake-serial.ts";
import { bootableParts } from "../modem/fresh.ts";
import { type Board, Reboot, switchOn } from "./espruino.ts";

interface Parts {
  channel: typeof channels;
  network: typeof networks;
  health: typeof healths;
  journal: typeof journals;
  outbox: typeof outboxes;
  recovery: typeof recoveries;
}
const boot = bootableParts<Parts>({
  channel: "modem/at.ts",
  network: "modem/network.ts",
  health: "tracker/health.ts",
  journal: "tracker/journal.ts",
  outbox: "tracker/outbox.ts",
  recovery: "tracker/recovery.ts",
});

/** The firmware as it is before it opened its journal. */
export const unopened = boot;

const CONNECT_MS = 1000;

/** Not booted yet. */
export function createTracker(t: TestContext) {
  const chip = createFlash({ start: 0, length: 0x4000, pageSize: 4096 });
  const { random } = Math;
  let clock: Clock | undefined;
  t.after(() => {
    clock?.uninstall();
    Math.random = random;
  });
  const tracker = {
    chip,
    clock: undefined as unknown as Clock,
    board: undefined as unknown as Board,
    parts: undefined as unknown as Parts,
    serial: undefined as unknown as FakeSerial,
    server: undefined as unknown as Client,
    safe: false,
    /** What the server's answer to a connection is; "": it accepts. */
    refusal: "",
    /** How each try to connect went, before the server was asked. */
    tries: [] as string[],
    /** The reasons are in the outbox. */
    reboots: 0,
    random(value: number): void {
      Math.random = () => value;
    },

    /** The board starts: the journal is opened, health and recovery begin. */
    start({ recovery = true } = {}): void {
      const now = clock?.now ?? Date.UTC(2026, 5, 1, 12);
      clock?.uninstall();
      clock = install({ now, toFake: ["setTimeout", "clearTimeout", "Date"] });
      tracker.clock = clock;
      tracker.board = switchOn();
      const parts = boot();
      tracker.parts = parts;
      const serial = new FakeSerial();
      serial.answers = {
        ...healthy(),
        "AT+CFUN=1": OK,
        "AT+CFUN=4;+CFUN=1": OK,
        "AT+CFUN=1,1": OK,
      };
      tracker.serial = serial;
      let cut = false;
      const power = (on: number) => {
        cut ||= !on;
      };
      const modem = parts.network.createModem(serial, power, {
        apn: "iot.example",
        apn_user: "",
        apn_password: "",
        pin: "",
      });
      const server = {
        status: false,
        last_error: "",
        connect(done: (ok: boolean) => void) {
          const { commands } = serial;
          const way = cut
            ? "power"
            : commands.includes("AT+CFUN=1,1")
              ? "modem"
              : commands.includes("AT+CFUN=4;+CFUN=1")
                ? "radio"
                : commands.includes("AT+QIDEACT=1")
                  ? "context"
                  : "socket";
          tracker.tries.push(way);
          cut = false;
          serial.commands = [];
          setTimeout(() => {
            server.last_error = tracker.refusal;
            server.status = !tracker.refusal;
            // The session says so, too.
            if (tracker.refusal) server.onClose_?.(tracker.refusal);
            done(server.status);
          }, CONNECT_MS);
        },
      } as unknown as Client;
      tracker.server = server;
      parts.journal.openJournal(rawFlash(chip), 0, chip.length);
      parts.outbox.useSettings({ no_time: "hold", keys: "lon,lat" }, false);
      tracker.safe = parts.health.startHealth();
      if (recovery) {
        // Nobody takes fixes here.
        parts.health.due[0] = Number.POSITIVE_INFINITY;
        parts.recovery.startRecovery(modem, server, () => {});
      }
    },

    /** The session ends. */
    lose(why: string): void {
      tracker.server.status = false;
      tracker.server.last_error = why;
      tracker.server.onClose_?.(why);
    },

    /** Time passes; a board that reboots starts again. */
    run(seconds: number, options?: { recovery?: boolean }): void {
      const until = tracker.clock.now + seconds * 1000;
      while (tracker.clock.now < until) {
        try {
          tracker.clock.tick(Math.min(1000, until - tracker.clock.now));
        } catch (error) {
          if (!(error instanceof Reboot)) throw error;
          tracker.reboots++;
          tracker.start(options);
        }
      }
    },

    /** Until so many tries were made since it was called. */
    runTries(count: number): void {
      const end = tracker.tries.length + count;
      for (let s = 0; tracker.tries.length < end; s++) {
        if (s > 1e6) throw new Error(`only ${tracker.tries.length} tries`);
        tracker.run(1);
      }
      tracker.run(CONNECT_MS / 1000);
    },

    /** The delays that were said, seconds; of this start. */
    delays: (): number[] =>
      tracker.board.lines.flatMap((line) => /again in (\d+) s$/.exec(line)?.slice(1).map(Number) ?? []),
  };
  return tracker;
}
export type FakeTracker = ReturnType<typeof createTracker>;
