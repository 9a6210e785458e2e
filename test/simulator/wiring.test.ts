/** The boards' modems are switched by the boards' pins, as board/*.ts does it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { sharedUart } from "../../scripts/simulator/wiring.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";

function world(name: "rak8212" | "rak5010" | "wio-lte", modem_options: ModemOptions) {
  const timers = createClock(Date.UTC(2026, 0, 1));
  const clock = fromFakeTimers(timers);
  const modem = createModem({ clock, ...modem_options });
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const board = createSimulatedBoard({ clock, modem, spec: boardSpecs[name], print });
  board.boot();
  return {
    lines,
    modem,
    run: (source: string) => board.evaluate(source),
    tick: (ms: number) => timers.tick(ms),
    stop() {
      board.dispose();
      modem.dispose();
    },
  };
}

test("RAK8212: D6 is the supply, D15 presses the key", () => {
  const { modem, run, tick, stop } = world("rak8212", { startsOn: true });
  run("digitalPulse(D6,0,2000);digitalPulse(D15,0,[2500,2000])");
  tick(1000);
  assert.equal(modem.state.power, "unpowered");
  tick(1100);
  assert.equal(modem.state.power, "off", "the supply is back, the key not pressed yet");
  tick(6000);
  assert.equal(modem.state.power, "running");
  run("digitalPulse(D6,0,2000)");
  tick(3000);
  assert.equal(modem.state.power, "off");
  stop();
});

test("RAK5010: D2 low presses the key; from 650 ms on it switches off", () => {
  const { modem, run, tick, stop } = world("rak5010", {});
  run("digitalPulse(D2,0,550)");
  tick(6000);
  assert.equal(modem.state.power, "running");
  run("digitalPulse(D2,0,550)");
  tick(3000);
  assert.equal(modem.state.power, "running", "too short to switch off");
  run("digitalPulse(D2,0,800)");
  tick(3000);
  assert.equal(modem.state.power, "off");
  stop();
});

test("RAK5010: D26 high lets the modem sleep when AT+QSCLK=1 allowed it", () => {
  const { modem, run, tick, stop } = world("rak5010", { startsOn: { echo: false } });
  modem.receive("AT+QSCLK=1\r");
  tick(100);
  assert.equal(modem.state.activity, "idle");
  run("digitalWrite(D26,1)");
  assert.equal(modem.state.activity, "asleep");
  run("digitalWrite(D26,0)");
  assert.equal(modem.state.activity, "idle");
  stop();
});

test("Wio LTE: B5 is the supply, C4 low presses the key, C3 low resets", () => {
  const { modem, run, tick, stop } = world("wio-lte", { model: "EC21", powered: false });
  run("digitalWrite([B10,B5,B12,C5,C3,C0],62);digitalPulse(C4,1,[1100,200])");
  tick(14_000);
  assert.equal(modem.state.power, "running");
  run("digitalPulse(C3,0,200)");
  tick(1000);
  assert.equal(modem.state.power, "booting");
  tick(12_000);
  assert.equal(modem.state.power, "running");
  run("digitalPulse(B5,0,2000)");
  tick(1000);
  assert.equal(modem.state.power, "unpowered");
  tick(2000);
  assert.equal(modem.state.power, "off", "PWRKEY was not pressed");
  stop();
});

test("the RAK8212's only UART is the console's until the program sets it up", () => {
  const { modem, run, tick, stop } = world("rak8212", { startsOn: { echo: false } });
  run("print('to the console')");
  tick(100);
  assert.equal(modem.transcript.bytes("host"), "");
  run("Bluetooth.setConsole(1);Serial1.setup(115200,{tx:D9,rx:D7,cts:D10})");
  run("got='';Serial1.on('data',function(d){got+=d});Serial1.write('AT\\r')");
  tick(100);
  assert.equal(run("got"), '"\\r\\nOK\\r\\n"');
  stop();
});

test("a board's one UART is its console's, the modem's while it is set up for that, and its console's after a start", () => {
  const said: string[] = [];
  const end = (name: string): SerialPeer => ({ write: (bytes) => said.push(`${name} ${bytes}`) });
  const [console, modem] = [end("console"), end("modem")];
  const uart = sharedUart(console, modem, 115_200);
  const heard: string[] = [];
  const listen = (): void => {
    uart.onData = (bytes) => heard.push(bytes);
  };
  const both = (mark: string): void => {
    uart.write(mark);
    console.onData?.(`console ${mark}`);
    modem.onData?.(`modem ${mark}`);
  };
  listen();
  both("1");
  uart.setBaud?.(115_200);
  both("2");
  uart.setBaud?.(9600);
  both("3");
  uart.setBaud?.(115_200);
  uart.onData = undefined;
  listen();
  both("4");
  assert.deepEqual(said, ["console 1", "modem 2", "console 3", "console 4"]);
  assert.deepEqual(heard, ["console 1", "modem 2", "console 3", "console 4"]);
});
