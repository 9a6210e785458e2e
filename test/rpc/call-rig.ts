/** Calls as the client hands them over, of a tracker that does what they ask only in name; its journal is on simulated flash. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import { check } from "../../firmware/check.ts";
import type * as connections from "../../firmware/mqtt/connection.ts";
import { Reason } from "../../firmware/reason.ts";
import type * as commandsOf from "../../firmware/rpc/command.ts";
import type * as locates from "../../firmware/rpc/locate.ts";
import type * as onces from "../../firmware/rpc/once.ts";
import type { Actions } from "../../firmware/rpc/request.ts";
import type * as clients from "../../firmware/thingsboard/client.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import type * as logs from "../../firmware/tracker/log.ts";
import type * as queues from "../../firmware/tracker/queue.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { bootableParts } from "../modem/fresh.ts";
import { type Server, server } from "../thingsboard/server.ts";
import { type Board, Reboot, switchOn } from "../tracker/espruino.ts";

interface Parts {
  command: typeof commandsOf;
  once: typeof onces;
  locate: typeof locates;
  journal: typeof journals;
  queue: typeof queues;
  log: typeof logs;
  connection: typeof connections;
  client: typeof clients;
}
const boot = bootableParts<Parts>({
  command: "rpc/command.ts",
  once: "rpc/once.ts",
  locate: "rpc/locate.ts",
  journal: "tracker/journal.ts",
  queue: "tracker/queue.ts",
  log: "tracker/log.ts",
  connection: "mqtt/connection.ts",
  client: "thingsboard/client.ts",
});

export function createCalls(t: TestContext) {
  const chip = createFlash({ start: 0, length: 0x4000, pageSize: 4096 });
  const clock: Clock = install({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  t.after(() => clock.uninstall());
  const rig = {
    clock,
    far: undefined as unknown as Server,
    board: undefined as unknown as Board,
    parts: undefined as unknown as Parts,
    /** What was done: `interval 60`, `locate`, `reboot`, `AT+CSQ`. */
    done: [] as string[],
    /** Over those that a tracker with all that can be built in has. */
    actions: {} as Partial<Actions>,

    /** The board starts, and connects. */
    async start() {
      rig.board = switchOn();
      rig.parts = boot();
      rig.far = server({ keep_alive: 0 }, { ...rig.parts.connection, ...rig.parts.client });
      rig.parts.journal.openJournal(rawFlash(chip), 0, chip.length);
      rig.far.client.set_callback((_topic, request) =>
        rig.parts.command.command(rig.far.client, request, {
          modem_: {
            at: (text: string, done: (error: string, lines: string[]) => void) => {
              rig.done.push(text);
              clock.setTimeout(() => done("", [`answer to ${text}`]), 100);
              return true;
            },
          } as unknown as Actions["modem_"],
          remote_at_: 1,
          status_: () => ({ state: "online" }),
          position_: (fresh) => ({ fresh }),
          locate_: () => void rig.done.push("locate"),
          setSettings_(values) {
            const fault = check(values, { interval_s: [0, 1, 86400] });
            if (fault) return { error: fault };
            rig.done.push(`interval ${values.interval_s}`);
            return values;
          },
          ...rig.actions,
        }),
      );
      await rig.connect();
    },
    async connect() {
      assert.equal(await rig.far.client.connect(), true);
      rig.parts.once.connected(rig.far.client);
      await rig.settled();
      rig.far.received.length = 0;
    },
    async settled() {
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    /** The server calls; its answer, if one came within so long. */
    async call(id: number, method: string, params?: unknown, seconds = 0): Promise<unknown> {
      const before = rig.far.published().length;
      rig.far.publish(`v1/devices/me/rpc/request/${id}`, JSON.stringify({ method, params }));
      await rig.settled();
      if (seconds) await rig.run(seconds);
      await rig.settled();
      const [topic, payload] = rig.far.published()[before] ?? [];
      if (topic === undefined) return undefined;
      assert.equal(topic, `v1/devices/me/rpc/response/${id}`);
      return JSON.parse(payload as string);
    },
    /** Time passes; a board that reboots starts again. */
    async run(seconds: number) {
      try {
        clock.tick(seconds * 1000);
      } catch (error) {
        if (!(error instanceof Reboot)) throw error;
        rig.done.push("reboot");
        await rig.start();
      }
    },
    async lose() {
      rig.far.network.down(Reason.LinkLost);
      await rig.settled();
    },
  };
  return rig;
}
