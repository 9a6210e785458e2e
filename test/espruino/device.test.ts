import assert from "node:assert/strict";
import { test } from "node:test";
import { EvaluationError } from "../../scripts/device/device.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { startRealInterpreter } from "../../scripts/simulator/world.ts";
import { offerConsole } from "../../scripts/start/console.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary
  ? false
  : "skipped: set ESPRUINO=<path of Espruino for Linux> to reach it over a terminal";
const ALL_BYTES = String.fromCharCode(...Array(256).keys());

for (const port of [undefined, 0])
  test(`the real interpreter is reached over ${port === 0 ? "TCP" : "a pseudo-terminal"}`, {
    skip,
  }, async (t) => {
    const terminal = await offerConsole(port);
    const modem = createModem({ startsOn: true });
    const interpreter = await startRealInterpreter({ binary, modem, console: terminal.peer });
    t.after(async () => {
      await interpreter.stop();
      modem.dispose();
      await terminal.close();
    });
    const [, way, place] = /^--(port|tcp) (\S+)$/.exec(terminal.address) ?? [];
    const device = await openDevice(way === "tcp" ? { tcp: place as string } : { port: place as string });
    t.after(() => device.close());
    let heard = "";
    device.onData((bytes) => {
      heard += bytes;
    });
    const hear = (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const stop = device.onData(() => {
          if (!pattern.test(heard)) return;
          stop();
          resolve();
        });
      });

    assert.match(device.env.VERSION, /^2v\d\d/);
    assert.deepEqual(await device.evaluate('{a:[1,"\\xff"]}'), { a: [1, "\xff"] });
    assert.equal(await device.evaluate("undefined"), undefined);
    await assert.rejects(
      device.evaluate("foo()"),
      new EvaluationError('ReferenceError: "foo" is not defined'),
    );
    await assert.rejects(device.evaluate("1+"), EvaluationError);

    await device.evaluate("setInterval(function(){print('tick <<')},10)");
    await device.upload("f", ALL_BYTES.repeat(6));
    assert.equal(await device.evaluate("clearInterval()"), undefined);
    assert.match(heard, /tick <</);
    assert.doesNotMatch(heard, /<<\w+:\d/);

    await device.upload(".bootcde", "print('started')");
    device.write("\x10load()\n");
    await hear(/started\r\n/);
    heard = "";
    // It ends, and is started again.
    device.write("\x10E.reboot()\n");
    await hear(/Not implemented/);
    await device.evaluate("1", 30).catch(() => {});
    for (;;) if ((await device.evaluate("6*7", 200).catch(() => 0)) === 42) break;
    assert.equal(await device.evaluate('require("Storage").read(".bootcde")'), "print('started')");
  });
