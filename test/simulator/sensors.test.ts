/** What a simulated board measures, as its program sees it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rig } from "./espruino-rig.ts";

const SET_UP = "i.setup({scl:D13,sda:D14});";
const READ = "i.writeTo(0x19,0x0f);i.readFrom(0x19,1)[0]";
/** AN3308, 6.3.3: what wakes on motion, 128 mg. */
const WAKE = `i.writeTo(0x19,[0xa0,0x2f,1,0x40,0,8]);i.writeTo(0x19,[0xb2,8,0]);`;
const ENGAGE = `i.writeTo(0x19,0x26);i.readFrom(0x19,1);i.writeTo(0x19,[0x30,0x2a]);`;
const SOURCE = "i.writeTo(0x19,0x31);i.readFrom(0x19,1)[0]";

describe("I2C", () => {
  for (const bus of ["I2C1", "I2C2", "new I2C()"])
    test(`${bus} reads the accelerometer's registers, one or several`, () => {
      const { run, board } = rig("rak5010");
      run(`i=${bus};${SET_UP}`);
      assert.equal(run(READ), "51");
      assert.equal(run("i.readReg(0x19,0x0f,1)[0]"), "51");
      run("i.writeTo(0x19,[0xa0,0x2f,0x09,0x40])");
      assert.equal(run("i.writeTo(0x19,0xa0);i.readFrom(0x19,3).join()"), '"47,9,64"');
      assert.equal(run("i.writeTo({address:0x19,stop:false},0x20);i.readFrom(0x19,2).join()"), '"47,47"');
      board.dispose();
    });

  test("where nobody answers the chip's throws, and software reads what the pull-ups give", () => {
    const { run, board } = rig("rak5010");
    run(`i=I2C1;${SET_UP}`);
    assert.match(run("i.writeTo(0x18,0x0f)"), /^Uncaught .*I2C Write Error 33281/);
    assert.match(run("i.readFrom(0x18,1)"), /^Uncaught .*I2C Read Error 33281/);
    run(`i=new I2C();${SET_UP}`);
    assert.equal(run("i.writeTo(0x18,0x0f);i.readFrom(0x18,2).join()"), '"255,255"');
    run("i.setup({scl:D18,sda:D19})");
    assert.equal(run(READ), "255", "on other pins there is nobody");
    run(SET_UP);
    assert.equal(run(READ), "51");
    if (board.sensors.accelerometer) board.sensors.accelerometer.dead = true;
    assert.equal(run(READ), "255");
    board.dispose();
  });

  test("of the chip that was not set up does nothing; a bit rate of nothing is refused", () => {
    const { run, board } = rig("rak5010");
    assert.equal(run("I2C1.writeTo(0x19,0x0f);I2C1.readFrom(0x19,1)[0]"), "0");
    assert.match(run("I2C1.setup({scl:D13,sda:D14,bitrate:10})"), /^Uncaught .*Invalid I2C bitrate/);
    assert.equal(run("typeof I2C3"), '"undefined"');
    board.dispose();
  });

  test("of a board without an accelerometer finds none", () => {
    const { run, board } = rig("wio-lte");
    run("i=new I2C();i.setup({scl:B6,sda:B7})");
    assert.equal(run(READ), "255");
    assert.equal(board.sensors.accelerometer, undefined);
    board.dispose();
  });
});

describe("the accelerometer", () => {
  function awake() {
    const world = rig("rak5010");
    world.run(`i=new I2C();${SET_UP}n=0;setWatch(function(){n++},D16,{edge:"rising",repeat:true});${WAKE}`);
    world.tick(300);
    world.run(ENGAGE);
    const accelerometer = world.board.sensors.accelerometer;
    assert.ok(accelerometer);
    return { ...world, accelerometer };
  }

  test("raises its pin once and keeps it high until its source is read, which clears it", () => {
    const { run, tick, board, accelerometer } = awake();
    tick(60_000);
    assert.equal(run("n"), "0");
    accelerometer.move(0.3, 2);
    tick(1000);
    assert.deepEqual([run("n"), board.pin("D16")], ["1", true]);
    tick(10_000);
    assert.deepEqual([run("n"), board.pin("D16")], ["1", true]);
    assert.equal(Number(run(SOURCE)) & 0x42, 0x42, "the interrupt is active, X high");
    assert.deepEqual([run(SOURCE), board.pin("D16")], ["0", false]);
    accelerometer.move(0.1, 2);
    tick(5000);
    assert.equal(run("n"), "1", "below the threshold");
    board.dispose();
  });

  test("without a filter sees gravity, and without a latch its pin follows", () => {
    const { run, tick, board, accelerometer } = awake();
    run("i.writeTo(0x19,[0x24,0]);i.writeTo(0x19,[0x32,8])");
    accelerometer.move(0.3, 1);
    tick(600);
    assert.equal(board.pin("D16"), true);
    tick(2000);
    assert.equal(board.pin("D16"), false);
    run("i.writeTo(0x19,[0x21,0])");
    tick(1000);
    assert.equal(board.pin("D16"), true);
    board.dispose();
  });

  test("engaged before it settled finds gravity a motion", () => {
    const { run, tick, board } = rig("rak5010");
    run(`i=new I2C();${SET_UP}${WAKE}${ENGAGE}`);
    tick(1000);
    assert.equal(Number(run(SOURCE)) & 0x40, 0x40);
    board.dispose();
  });

  test("wants its level for the whole duration", () => {
    const { run, tick, board, accelerometer } = awake();
    run("i.writeTo(0x19,[0x33,5])");
    accelerometer.move(0.3, 0.5);
    tick(2000);
    assert.equal(run("n"), "0");
    accelerometer.move(0.3, 0.9);
    tick(2000);
    assert.equal(run("n"), "1");
    board.dispose();
  });

  test("keeps its settings and its pin while the chip is reset, and loses both with the power", () => {
    const { run, tick, board, accelerometer } = awake();
    accelerometer.move(0.3, 2);
    tick(1000);
    run("setTimeout(function(){E.reboot()},1)");
    tick(1000);
    assert.equal(run("typeof n"), '"undefined"');
    assert.equal(run("D16.read()"), "true");
    board.powerCut();
    board.boot();
    assert.equal(run("D16.read()"), "false");
    run(`i=new I2C();${SET_UP}`);
    assert.equal(run("i.writeTo(0x19,0x20);i.readFrom(0x19,1)[0]"), "7");
    board.dispose();
  });

  test("gives what it feels, in g", () => {
    const { run, tick, board, accelerometer } = awake();
    const xz = () =>
      run("(v=>[v.getInt16(0,1),v.getInt16(4,1)].join())(new DataView(i.readReg(0x19,0xa8,6).buffer))");
    assert.equal(xz(), '"0,16384"');
    accelerometer.move(0.5, 10);
    tick(100);
    assert.match(xz(), /^"-?8192,16384"$/);
    board.dispose();
  });
});

describe("battery and temperature", () => {
  for (const [name, pin, reference_v, divider] of [
    ["rak5010", "D4", 1.8, 2.5],
    ["wio-lte", "B0", 3.3, 2],
  ] as const)
    test(`${name}: the divider is on ${pin}`, () => {
      const { run, board } = rig(name);
      const volts = () => Number(run(`analogRead(${pin})*E.getAnalogVRef()*${divider}`));
      assert.equal(Number(run("E.getAnalogVRef()")), reference_v);
      board.sensors.battery_v = 3.7;
      assert.ok(Math.abs(volts() - 3.7) < 0.001, `${volts()}`);
      board.sensors.divider_error = 0.9;
      assert.ok(Math.abs(volts() - 3.33) < 0.001, `${volts()}`);
      board.sensors.battery_v = 60;
      assert.equal(run(`analogRead(${pin})`), "1");
      board.dispose();
    });

  test("the chip's temperature, which Linux has not", () => {
    const { run, board } = rig("rak8212");
    board.sensors.temperature_c = -7.75;
    assert.equal(run("E.getTemperature()"), "-7.75");
    board.dispose();
    const linux = rig("linux");
    assert.equal(linux.run("E.getTemperature()"), "NaN");
    assert.equal(linux.run("E.getAnalogVRef()"), "NaN");
    linux.board.dispose();
  });
});
