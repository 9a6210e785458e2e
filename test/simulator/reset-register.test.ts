import assert from "node:assert/strict";
import { test } from "node:test";
import { createResetRegister, resetLayouts } from "../../scripts/simulator/espruino/reset-register.ts";
import { rig } from "./espruino-rig.ts";

const NRF52 = resetLayouts.nrf52;
const STM32F4 = resetLayouts.stm32f4;

for (const [name, layout] of Object.entries(resetLayouts))
  test(`${name}: the reasons add up until the power goes`, () => {
    const register = createResetRegister(layout);
    register.poweredOn();
    assert.equal(register.peek(layout.address), layout.power);
    register.wasReset("watchdog");
    register.wasReset("E.reboot()");
    const all = register.peek(layout.address) as number;
    assert.equal(all, layout.power | layout.watchdog | layout.software);
    register.poweredOn();
    assert.equal(register.peek(layout.address), layout.power);
  });

test("stm32f4: cleared by its bit, and by nothing else", () => {
  const register = createResetRegister(STM32F4);
  register.poweredOn();
  register.wasReset("watchdog");
  assert.equal(register.poke(STM32F4.address, STM32F4.watchdog), true);
  assert.notEqual(register.peek(STM32F4.address), 0);
  register.poke(STM32F4.address, STM32F4.clear);
  assert.equal(register.peek(STM32F4.address), 0);
});

test("nrf52: a write ends in a hard fault, as the SoftDevice guards it", () => {
  const register = createResetRegister(NRF52);
  assert.equal(register.poke(NRF52.address, 0xffffffff), false);
  const { board, lines, run, store, tick } = rig("rak8212");
  store(".bootcde", "print('starts')");
  run(`poke32(${NRF52.address},2);print('not reached')`);
  tick(100);
  assert.deepEqual(lines, ["starts"]);
  board.dispose();
});

test("other addresses have nothing, and Linux has none", () => {
  for (const register of [createResetRegister(NRF52), createResetRegister(undefined)]) {
    assert.equal(register.peek(0x40000404), undefined);
    assert.equal(register.poke(0x40000404, 1), true);
  }
});

for (const name of ["rak8212", "wio-lte"] as const)
  test(`${name}: a watchdog that bites is told, at each start until the power goes or it was cleared`, () => {
    const layout = name === "wio-lte" ? STM32F4 : NRF52;
    const { board, run, tick } = rig(name);
    const told = () => (Number(run(`peek32(${layout.address})`)) & layout.watchdog) !== 0;
    assert.equal(told(), false);
    run("E.reboot()");
    tick(100);
    assert.equal(told(), false);
    run("E.enableWatchdog(5,false)");
    tick(6000);
    assert.equal(told(), true);
    run("E.reboot()");
    tick(100);
    assert.equal(told(), true);
    board.powerCut();
    board.boot();
    assert.equal(told(), false);
    board.dispose();
  });
