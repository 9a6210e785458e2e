/**
 * MCUboot's test, for the slots: the flash operations of updates and of ways back are counted, then the power is cut before each
 * of them, once more at some operation of the recovery, and at random. What runs is always whole.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { Place } from "../../firmware/ota/layout.ts";
import { createFlash, type Flash, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import {
  buildParts,
  flashedBoard,
  keyOf,
  program,
  SLOTTED,
  type SlotBoard,
  slotBoard,
  update,
} from "./rig.ts";

/** Stays, once the server acknowledged something. */
const GOOD = program("B");
/** Crashes before the server has anything. */
const CRASHES = program("C");
/** Lives, and the server never has anything. */
const MUTE = program("D", "E.enableWatchdog(25,true);");
/** Throws before it runs. */
const THROWS = program("T", "nope();");
const TEN_MINUTES = 600_000;
const MOST_STEPS = 60;

interface Verdict {
  key: number;
  why: string;
}

/** Each next cut comes after so many more operations; once there are none left, the power stays. */
function cutAfter(flash: Flash, counts: number[]): void {
  let left = counts.shift() ?? Number.POSITIVE_INFINITY;
  flash.beforeOperation = ({ kind, address }) => {
    if (left-- > 0) return;
    left = 0;
    throw new PowerCut(`before the ${kind} at ${address}`);
  };
}

/** Switches it on until it stays on; what runs must be one of these. */
function switchOn(board: SlotBoard, cuts: number[], allowed: string[]): string {
  for (let tries = 0; tries < MOST_STEPS; tries++) {
    if (board.what) {
      assert.ok(allowed.includes(board.what), `${board.what} runs, not ${allowed}`);
      return board.what;
    }
    cutAfter(board.flash, cuts);
    board.boot();
  }
  throw new Error("it never stays on");
}

const verdictOf = (board: SlotBoard): Verdict | undefined =>
  board.ask("ota.lastVerdict()") as Verdict | undefined;

/** As firmware and server would, whatever happens: until the update runs confirmed (true), or was taken back. */
function bring(board: SlotBoard, code: string, name: string, old: string, cuts: number[]): boolean {
  for (let step = 0; step < MOST_STEPS; step++) {
    const what = switchOn(board, cuts, [old, name]);
    if (what === name && code === GOOD) {
      board.ask("(ota.confirm(),0)");
      if (board.running && board.ask("ota.isTrial()") === false) return true;
    } else if (what === name) {
      if (code === CRASHES) board.reboot();
      else board.tick(TEN_MINUTES + 1000);
    } else if (verdictOf(board)?.key === keyOf(code)) return false;
    else if (board.running) update(board, code);
  }
  throw new Error(`${name}: no end of it`);
}

/** An update that stays, and three that do not, each from where the one before ended. */
const PHASES: [code: string, name: string, old: string][] = [
  [GOOD, "B", "A"],
  [CRASHES, "C", "B"],
  [MUTE, "D", "B"],
  [THROWS, "T", "B"],
];

for (const name of SLOTTED)
  describe(`the slots of a ${name}`, () => {
    /** The flash at the start of each phase, and how many operations that takes. */
    const images: Uint8Array[] = [];
    const operations: number[] = [];

    /** Phases in a row, the first of them on the flash it begins with. */
    function run(phases: number[], cuts: number[], change: (flash: Flash) => void = () => {}): SlotBoard {
      const flash = createFlash(flashOf(boardSpecs[name]), images[phases[0] as number]?.slice());
      change(flash);
      const board = slotBoard(name, flash);
      cutAfter(flash, cuts);
      board.boot();
      let runs: string | undefined;
      for (const [code, its_name, old] of phases.map((phase) => PHASES[phase] as (typeof PHASES)[number])) {
        const stays = bring(board, code, its_name, runs ?? old, cuts);
        if (code !== GOOD) assert.ok(!stays, `${its_name} stays`);
        // Cuts may use its starts up: then it is taken back.
        else runs = stays ? its_name : old;
      }
      return board;
    }

    const eachCut = (step: number, cutsFrom: (cut: number) => number[]): void => {
      for (const [phase, [code]] of PHASES.entries())
        for (let cut = 0; cut < (operations[phase] as number); cut += step) {
          const board = run([phase], cutsFrom(cut));
          if (code === GOOD) assert.equal(board.what, "B", `cut at ${cut}`);
          board.dispose();
        }
    };

    before(async () => {
      images.push(flashedBoard(name, await buildParts(name)).bytes.slice());
      for (const phase of PHASES.keys()) {
        let count = 0;
        const board = run([phase], [], (flash) => {
          const { write, erasePage } = flash;
          flash.write = (address, data) => {
            count += data.length / 4;
            write(address, data);
          };
          flash.erasePage = (address) => {
            count++;
            erasePage(address);
          };
        });
        images.push(board.flash.bytes.slice());
        operations.push(count);
        board.dispose();
      }
    });

    test("outlive a cut before each operation of an update, and of each way back", () => {
      for (const count of operations) assert.ok(count > 30 && count < 100, `${operations} operations`);
      eachCut(1, (cut) => [cut]);
    });

    test("outlive a cut of the recovery, too", () => eachCut(3, (cut) => [cut, (cut * 7) % 29]));

    test("outlive five cuts in a row, anywhere", () => {
      const cuts = fc.array(fc.nat(60), { minLength: 5, maxLength: 5 });
      fc.assert(
        fc.property(cuts, (counts) => run([0, 1, 2, 3], [...counts]).dispose()),
        { numRuns: 20, seed: 12 },
      );
    });

    test("outlive flash that does not take a mark, and the old firmware tells why", () => {
      const worn = (offsets: number[]) => (flash: Flash) => {
        const { write } = flash;
        flash.write = (address, data) => {
          if (!offsets.some((offset) => address % 4096 === offset)) write(address, data);
        };
      };
      // A start that can't be counted is none.
      let board = run([1], [], worn([Place.Starts]));
      assert.equal(verdictOf(board)?.why, "flash does not hold it, or its marks");
      assert.equal(board.what, "B");
      board.dispose();
      // There are two marks for what is confirmed.
      board = run([0], [], worn([Place.Confirmed]));
      assert.equal(board.reboot(), "B");
      assert.equal(board.ask("ota.isTrial()"), false);
      board.dispose();
      // Without a word of why, the starts end it.
      board = run([2], [], worn([Place.Why]));
      assert.match(verdictOf(board)?.why ?? "", /^started three times/);
      board.dispose();
      for (const offset of [Place.Order, Place.Length]) {
        board = slotBoard(name, createFlash(flashOf(boardSpecs[name]), images[0]?.slice()));
        worn([offset])(board.flash);
        board.boot();
        assert.equal(update(board, GOOD), "A");
        assert.equal(board.reboot(), "A");
        board.dispose();
      }
    });
  });
