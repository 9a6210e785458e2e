import { integer } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./interpreter.ts";

/** Levels are those at the module's own pins: PWRKEY and RESET_N are pressed when 0, whatever the board's transistor does. */
export type Level = 0 | 1;

/** `stopping`: switching off, deaf already. `psm`: asleep until PWRKEY or T3412. */
export type PowerState = "unpowered" | "off" | "booting" | "running" | "stopping" | "psm";

/** What the module boots after: PSM, a reset (RESET_N, CFUN=1,1, a crash), or being off. */
export type BootCause = "psm" | "reset" | "off";

export interface PowerHooks {
  /** RDY is due. */
  alive(after: BootCause): void;
  /** Everything volatile is gone; `abrupt`: so is what still was to be sent. */
  dead(abrupt: boolean): void;
  /** A PDP context is active. */
  hasContext(): boolean;
}

export interface Power {
  commands: Commands;
  readonly state: PowerState;
  /** The STATUS pin. */
  readonly status: Level;
  pwrkey(level: Level): void;
  reset(level: Level): void;
  supply(on: boolean): void;
  /** Running at once, for a modem that was on before. */
  resume(): void;
  /** A crash: no last word, RDY after the reboot. */
  crash(): void;
  enterPsm(sleep_s: number | undefined): void;
  dispose(): void;
}

/** VBAT must be stable for so long before PWRKEY is read. */
const SUPPLY_SETTLE_MS = 30;
const POWERED_DOWN = "\r\nPOWERED DOWN\r\n";

export function createPower(core: Core, hooks: PowerHooks): Power {
  const { model, clock, transcript } = core;
  let state = (core.options.powered === false ? "unpowered" : "off") as PowerState;
  let status: Level = 0;
  let suppliedAt_ms = Number.NEGATIVE_INFINITY;
  const key = { pressed: false, at_ms: 0, pressedIn: state, hold: undefined as unknown };
  const resetLine = { pressed: false, at_ms: 0 };
  /** Runs across the module's death, unlike those of core.after. */
  let transition: unknown;

  function later(ms: number, fn: () => void): void {
    clock.clearTimeout(transition);
    transition = clock.setTimeout(fn, ms);
  }

  function turn(next: PowerState): void {
    state = next;
    core.events.emit("power");
  }

  function boot(ms: number, status_ms = ms): void {
    // A restart is booting already.
    const after = state === "psm" ? "psm" : state === "booting" ? "reset" : "off";
    turn("booting");
    later(Math.min(ms, status_ms), () => {
      status = 1;
      later(ms - Math.min(ms, status_ms), () => {
        turn("running");
        hooks.alive(after);
      });
    });
  }

  function die(next: PowerState, abrupt = false): void {
    state = next;
    core.cancelAll();
    hooks.dead(abrupt);
    core.events.emit("power");
  }

  function switchOff(lastWords: string): void {
    core.tell({ what: "restart", by: "power" });
    core.send(lastWords);
    die("stopping");
    later(model.off_ms, () => {
      turn("off");
      status = 0;
    });
  }

  function restart(lastWords: string): void {
    core.send(lastWords);
    die("booting", lastWords === "");
    status = 0;
    boot(model.restart_ms);
  }

  core.events.on("restart", () => {
    core.tell({ what: "restart", by: "command" });
    const hadContext = hooks.hasContext();
    core.after(core.times.answer_ms + 20, () => {
      restart(POWERED_DOWN);
      // Seen on real units: the old context's end is still told, halfway to RDY
      if (hadContext) core.after(model.restart_ms / 2, () => core.urc('+QIURC: "pdpdeact",1'));
    });
  });

  function pressKey(): void {
    key.at_ms = clock.now();
    key.pressedIn = state;
    if (state !== "off" && state !== "psm") return;
    if (clock.now() - suppliedAt_ms < SUPPLY_SETTLE_MS) {
      transcript.note("PWRKEY before VBAT was stable: ignored");
      return;
    }
    key.hold = clock.setTimeout(() => {
      const held_ms = clock.now() - key.at_ms;
      if (state === "psm") core.tell({ what: "woken", by: "key" });
      boot(Math.max(0, core.times.boot_ms - held_ms), Math.max(0, model.status_ms - held_ms));
    }, model.powerOnPress_ms);
  }

  function releaseKey(): void {
    clock.clearTimeout(key.hold);
    const held_ms = clock.now() - key.at_ms;
    if (key.pressedIn === "running" && state === "running") {
      if (model.resetIsPowerKey && held_ms >= model.resetPress_ms) {
        core.tell({ what: "restart", by: "reset" });
        restart("");
      } else if (held_ms >= model.powerOffPress_ms) switchOff(`\r\n${model.powerKeyOffText}\r\n`);
      else transcript.note(`PWRKEY for ${held_ms} ms: too short to switch off`);
    } else if (key.pressedIn !== "off" && key.pressedIn !== "psm")
      transcript.note(`PWRKEY while ${key.pressedIn}: ignored`);
    else if (held_ms < model.powerOnPress_ms)
      transcript.note(`PWRKEY for ${held_ms} ms: too short to switch on`);
  }

  function pwrkey(level: Level): void {
    const pressed = level === 0;
    if (key.pressed === pressed) return;
    if (pressed && core.faults.deafKey > 0) {
      core.faults.deafKey--;
      transcript.note("fault: PWRKEY does nothing");
      return;
    }
    key.pressed = pressed;
    if (pressed) pressKey();
    else releaseKey();
  }

  const power: Power = {
    get state() {
      return state;
    },
    get status() {
      return status;
    },
    pwrkey,
    reset(level) {
      if (model.resetIsPowerKey) return pwrkey(level);
      const pressed = level === 0;
      if (resetLine.pressed === pressed) return;
      resetLine.pressed = pressed;
      const held_ms = clock.now() - resetLine.at_ms;
      if (pressed) resetLine.at_ms = clock.now();
      else if (held_ms < model.resetPress_ms) transcript.note(`RESET_N for ${held_ms} ms: too short`);
      else if (state === "running" || state === "booting" || state === "stopping") {
        core.tell({ what: "restart", by: "reset" });
        restart("");
      } else transcript.note(`RESET_N while ${state}: ignored`);
    },
    supply(on) {
      if (on === (state !== "unpowered")) return;
      clock.clearTimeout(transition);
      clock.clearTimeout(key.hold);
      status = 0;
      if (on) {
        turn("off");
        suppliedAt_ms = clock.now();
      } else {
        if (state === "running") core.tell({ what: "restart", by: "power" });
        die("unpowered", true);
      }
    },
    resume() {
      state = "running";
      status = 1;
    },
    crash() {
      transcript.note("fault: crash");
      core.tell({ what: "crash" });
      restart("");
    },
    enterPsm(sleep_s) {
      const lastWords = core.options.psm?.lastWords ?? model.psmText;
      if (lastWords !== "") core.send(`\r\n${lastWords}\r\n`);
      core.tell({ what: "psm", sleep_s });
      die("psm");
      status = 0;
      if (sleep_s === undefined) return;
      later(sleep_s * 1000, () => {
        core.tell({ what: "woken", by: "timer" });
        boot(core.times.boot_ms);
      });
    },
    dispose() {
      clock.clearTimeout(transition);
      clock.clearTimeout(key.hold);
    },
    commands: {
      "+QPOWD": (command, reply) => {
        if (integer(command, 0, 0, 1, 1) === undefined) return reply.error();
        reply.ok();
        core.after(core.times.answer_ms + 300, () => switchOff(POWERED_DOWN));
      },
    },
  };
  return power;
}
