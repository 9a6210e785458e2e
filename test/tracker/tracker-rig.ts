/** Health and recovery with a scripted modem, a server that does as it is told, and simulated flash; on a fake clock. */

import type { TestContext } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type * as channels from "../../firmware/modem/at.ts";
import type { Modem } from "../../firmware/modem/modem.ts";
import type * as networks from "../../firmware/modem/network.ts";
import { Reason } from "../../firmware/reason.ts";
import type { Client } from "../../firmware/thingsboard/client.ts";
import type * as clocks from "../../firmware/tracker/clock.ts";
import type * as healths from "../../firmware/tracker/health.ts";
import type * as jitters from "../../firmware/tracker/jitter.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import type * as outboxes from "../../firmware/tracker/outbox.ts";
import type * as recoveries from "../../firmware/tracker/recovery.ts";
import { State } from "../../firmware/tracker/recovery.ts";
import type * as restarts from "../../firmware/tracker/restart.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { type Answers, FakeSerial, healthy, OK, ok, unasked } from "../modem/fake-serial.ts";
import { bootableParts } from "../modem/fresh.ts";
import { type Board, Reboot, switchOn } from "./espruino.ts";

interface Parts {
  clock: typeof clocks;
  channel: typeof channels;
  network: typeof networks;
  health: typeof healths;
  journal: typeof journals;
  outbox: typeof outboxes;
  recovery: typeof recoveries;
  jitter: typeof jitters;
  restart: typeof restarts;
}
const boot = bootableParts<Parts>({
  clock: "tracker/clock.ts",
  channel: "modem/at.ts",
  network: "modem/network.ts",
  health: "tracker/health.ts",
  journal: "tracker/journal.ts",
  outbox: "tracker/outbox.ts",
  recovery: "tracker/recovery.ts",
  jitter: "tracker/jitter.ts",
  restart: "tracker/restart.ts",
});

/** The firmware as it is before it opened its journal. */
export const unopened = boot;

const CONNECT_MS = 1000;
const BORN = Date.UTC(2026, 5, 1, 12);

/** What may be taken, and the count of each in what the tracker reports. */
const RUNGS = ["context", "radio", "modem", "power"];
const COUNTERS = ["contexts", "radio_resets", "modem_resets", "power_cycles"];

interface StartOptions {
  /** Begins the way to the server, too. */
  recovery?: boolean;
  /** What the board says of its watchdog. */
  bitten?: boolean;
}

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
    modem: undefined as unknown as Modem,
    /** Why a connection comes to nothing; None: the server accepts. */
    refusal: Reason.None,
    /** Over those of a modem that is on and healthy, from the next start on. */
    answers: {} as Answers,
    qos: 1,
    /** Chance differs from tracker to tracker; else it is what `random` says. */
    own_chance: false,
    imei: "861234567890123",
    /** How often safe mode ended. */
    ends: 0,
    /** How each try to connect went, before the server was asked; and when, s since the start of the test. */
    tries: [] as string[],
    tried_s: [] as number[],
    /** The reasons are in the outbox. */
    reboots: 0,
    random(value: number): void {
      Math.random = () => value;
    },

    /** The board starts: the journal is opened, health and recovery begin. */
    start({ recovery = true, bitten = false }: StartOptions = {}): void {
      const now = clock?.now ?? BORN;
      clock?.uninstall();
      clock = install({ now, toFake: ["setTimeout", "clearTimeout", "Date"] });
      tracker.clock = clock;
      tracker.board = switchOn();
      if (!tracker.own_chance) {
        const host = globalThis as unknown as { E: { CRC32(bytes: Uint8Array | string): number } };
        const { CRC32 } = host.E;
        host.E.CRC32 = (bytes) => (typeof bytes === "string" ? 0 : CRC32(bytes));
      }
      const parts = boot();
      tracker.parts = parts;
      const serial = new FakeSerial();
      serial.answers = {
        ...healthy(),
        ...unasked(),
        "AT+CGSN": ok(tracker.imei),
        "AT+CFUN=4": OK,
        "AT+CFUN=1,1": OK,
        ...tracker.answers,
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
        last_reason_: Reason.None,
        config_: { qos: tracker.qos },
        connect(done: (ok: boolean) => void) {
          const { commands } = serial;
          const way = cut
            ? "power"
            : commands.includes("AT+CFUN=1,1")
              ? "modem"
              : commands.includes("AT+CFUN=4")
                ? "radio"
                : commands.includes("AT+QIDEACT=1")
                  ? "context"
                  : "connection";
          tracker.tries.push(way);
          tracker.tried_s.push((tracker.clock.now - BORN) / 1000);
          cut = false;
          serial.commands = [];
          setTimeout(() => {
            server.last_reason_ = tracker.refusal;
            server.status = !tracker.refusal;
            // The session says so, too.
            if (tracker.refusal) server.onClose_?.(tracker.refusal);
            done(server.status);
          }, CONNECT_MS);
        },
      } as unknown as Client;
      tracker.server = server;
      tracker.modem = modem;
      parts.journal.openJournal(rawFlash(chip), 0, chip.length);
      parts.clock.startClock(false);
      parts.outbox.useSettings({ no_time: "hold", keys: "lon,lat" });
      parts.health.startHealth(
        bitten,
        () => void tracker.ends++,
        () => {},
      );
      if (recovery) {
        // Nobody takes fixes here.
        parts.health.due[0] = Number.POSITIVE_INFINITY;
        parts.recovery.startRecovery(modem, server, () => {});
      }
    },

    /** Another board: nothing is in its flash. */
    renew(): void {
      chip.bytes.fill(0xff);
      tracker.start();
    },

    /** The session ends. */
    lose(why: Reason): void {
      tracker.server.status = false;
      tracker.server.last_reason_ = why;
      tracker.server.onClose_?.(why);
    },

    /** Time passes; a board that reboots starts again. */
    run(seconds: number, options?: StartOptions): void {
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

    /** The rung that was taken at this start. */
    firstRung: (): string => RUNGS.find((_, i) => tracker.taken()[i] === 1) ?? "none",

    /** How often each of RUNGS was taken, of this start. */
    taken(): number[] {
      const said = tracker.parts.recovery.history({}) as Record<string, number | undefined>;
      return COUNTERS.map((name) => said[name] ?? 0);
    },

    /**
     * Lives through so many failures; gives the rung that came after each, "board" for a restart, and the flash as it was then.
     */
    fails(count: number): { rung: string; flash: Uint8Array }[] {
      const seen: { rung: string; flash: Uint8Array }[] = [];
      const said = () => tracker.delays().length;
      let before = said();
      let taken = tracker.taken();
      for (let s = 0; seen.length < count; s++) {
        if (s > 1e6) throw new Error(`only ${seen.length} failures`);
        const { reboots } = tracker;
        tracker.run(1);
        const failed = said();
        const last = seen.at(-1);
        if (last?.rung === "") {
          const now = tracker.taken();
          if (tracker.reboots > reboots) last.rung = "board";
          else if (tracker.parts.recovery.state !== State.Waiting || failed > before)
            last.rung = RUNGS.find((_, i) => (now[i] as number) > (taken[i] as number)) ?? "connection";
        }
        if (tracker.reboots > reboots) before = 0;
        if (failed > before) {
          seen.push({ rung: "", flash: tracker.chip.bytes.slice() });
          taken = tracker.taken();
        }
        before = failed;
      }
      return seen.slice(0, -1);
    },

    /** The delays that were said, seconds; of this start. */
    delays: (): number[] =>
      tracker.board.lines.flatMap((line) => /again in (\d+) s$/.exec(line)?.slice(1).map(Number) ?? []),
  };
  return tracker;
}
export type FakeTracker = ReturnType<typeof createTracker>;
