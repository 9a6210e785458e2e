/** A server whose TLS says nothing: an hour of handshakes that hang holds up nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sealedTls } from "./tls.ts";
import { createWorld } from "./world.ts";

const INTERVAL_S = 10;
const HOUR_S = 3600;
/** A command of somebody's own is answered within this, as its turn may come after others. */
const ANSWER_S = 2;
/** Not the interval, so that all moments between two fixes are tried. */
const ASK_S = INTERVAL_S + 1;

for (const tls of [1, 2] as const)
  test(`tls ${tls}: fixes are taken and kept, the AT channel is free, no watchdog bites; then all arrives`, async () => {
    const reboots: string[] = [];
    const world = createWorld({
      tls: sealedTls({ tls }),
      config: { interval_s: INTERVAL_S },
      onReboot: (reason) => reboots.push(reason),
    });
    const { board, modem, thingsboard, clock, lines, run, runUntil, status } = world;
    try {
      await runUntil(/^tracker: connected/, 60);
      const from_ms = clock.now();
      modem.faults.silentHandshake = 1;
      thingsboard.faults.restart();
      await runUntil(/closed by server/, 10);
      const begun = lines.length;
      board.evaluate("global.answers=0");
      for (let asked = 1; asked * ASK_S < HOUR_S; asked++) {
        board.evaluate('modem.at("AT+CSQ",function(){answers++})');
        await run(ANSWER_S);
        assert.equal(board.evaluate("answers"), String(asked), `asked ${asked * ASK_S} s on`);
        await run(ASK_S - ANSWER_S);
      }
      const { waiting, reason, contexts, modem_resets } = status();
      assert.ok(Number(waiting) >= HOUR_S / INTERVAL_S - 2, `${waiting} waiting`);
      assert.match(String(reason), /^(TLS failed|no reply)/);
      assert.deepEqual([contexts, modem_resets], [1, undefined], "it never climbs");
      // Trials that hang, too, are given up all at once: then it says that no reply came, once in twelve.
      const said = lines.slice(begun).map((line) => /TLS failed|no reply/.exec(line)?.[0] ?? line);
      assert.equal(said[0], "no reply");
      assert.ok(said.length >= 5 && said.slice(1, 12).every((its) => its === "TLS failed"), `${said}`);

      modem.faults.silentHandshake = 0;
      await runUntil(/^tracker: connected/, HOUR_S);
      await run(60);
      assert.equal(status().waiting, 0);
      const times = thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
      const gaps = times
        .map((ts, i) => ts - (times[i - 1] ?? ts))
        .filter((_, i) => Number(times[i]) > from_ms);
      assert.ok(Math.max(...gaps) < 1500 * INTERVAL_S, `${Math.max(...gaps)} ms between two fixes`);
      assert.deepEqual(reboots, []);
    } finally {
      await world.stop();
    }
  });
