/** `npm run repl` and `npm run doctor` on the real interpreter, over a pseudo-terminal, with the tracker in its Storage. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { doctor } from "../../scripts/doctor.ts";
import { createConversation } from "../../scripts/repl/conversation.ts";
import { repl } from "../../scripts/repl.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { blobFor } from "../../scripts/simulator/real-tracker.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { startRealInterpreter } from "../../scripts/simulator/world.ts";
import { offerConsole } from "../../scripts/start/console.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to open its console";
const TOKEN = "REAL_INTERPRETER";
const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
/** The outbox, with what it needs until its first page begins, and the settings. */
const BESIDE_BYTES = 13_000;
const small = binary && (await interpreterRoom(binary)).variables <= BUDGETS.variables;
const built = binary ? await blobFor(binary) : "";

describe("the console of the real interpreter", { skip }, () => {
  for (const [form, blob] of [
    ["as text", built],
    ["pretokenised", binary ? pretokenise(built, "2v29") : ""],
  ] as const)
    test(`with the firmware ${form}`, async (t) => {
      if ((await interpreterRoom(binary)).storage < blob.length + BESIDE_BYTES)
        return t.skip("no room in its Storage");
      const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: TOKEN }] });
      const { mqttPort } = await thingsboard.listen({ mqttPort: 0 });
      const modem = createModem({
        startsOn: true,
        gnss: { log: readFileSync(TRACK, "latin1"), time: "now", coldStart_ms: 100 },
      });
      const terminal = await offerConsole();
      const interpreter = await startRealInterpreter({
        binary,
        modem,
        blob,
        as_it_is: true,
        config: {
          server: { host: "127.0.0.1", port: mqttPort, username: TOKEN, client_id: "tracker-1" },
          apn: "internet",
          interval_s: 2,
          // For interpreters with a board's Storage, too.
          outbox_bytes: 8192,
        },
        console: terminal.peer,
      });
      t.after(async () => {
        await interpreter.stop();
        modem.dispose();
        await thingsboard.close();
        await terminal.close();
      });
      const port = /^--port (\S+)$/.exec(terminal.address)?.[1] as string;

      async function run(
        args: string[],
        ...lines: string[]
      ): Promise<{ code: number; out: string; err: string }> {
        const input = new PassThrough();
        const output = new PassThrough();
        let out = "";
        let err = "";
        output.on("data", (chunk) => {
          out += chunk;
        });
        input.end(lines.map((line) => `${line}\n`).join(""));
        const code = await repl(["--port", port, ...args], {
          input,
          output,
          complain: (line) => {
            err += `${line}\n`;
          },
          history: undefined,
        });
        return { code, out, err };
      }

      const ours = /^"(LINUX|RASPBERRYPI)/.test((await run(["-e", "process.env.BOARD"])).out);
      await t.test("doctor finds all well, on a board of ours", async () => {
        const lines: string[] = [];
        const code = await doctor(["--port", port, "--wait", "60"], {
          say: (line) => lines.push(line),
          complain: () => {},
        });
        if (ours) assert.equal(code, 0, lines.join("\n"));
        else assert.match(lines.join("\n"), /^FAULT {2}there is no firmware for a \w+$/m);
      });

      await t.test("repl -e 'tracker.status()' answers", async () => {
        const { code, out } = await run(["-e", "tracker.status()"]);
        assert.equal(code, 0);
        assert.equal(JSON.parse(out).state, "online");
        assert.equal((await run(["-e", "print(5)"])).out, "5\n");
        assert.equal((await run(["-e", 'print("a");7'])).out, "a\n7\n");
        assert.deepEqual(await run(["-e", "nope()"]), {
          code: 1,
          out: "",
          err: 'ReferenceError: "nope" is not defined\n',
        });
      });

      await t.test(
        "Ctrl-C breaks what runs, out of the interpreter's debugger too",
        {
          timeout: 60_000,
        },
        async () => {
          const device = await openDevice({ port });
          const shown: string[] = [];
          const conversation = createConversation({ device, show: (line) => shown.push(line) });
          // One a test: Espruino for Linux ends at a second Ctrl-C within 5 s.
          const asked = form === "as text";
          const running = conversation.run(
            asked ? "while(true){}" : "setTimeout(function(){while(true){}},1)",
          );
          if (!asked) await running;
          // What comes before the loop has begun is forgotten.
          if (asked) await new Promise((resolve) => setTimeout(resolve, 500));
          conversation.interrupt();
          while (!shown.some((line) => /^Execution Interrupted/.test(line)))
            await new Promise((resolve) => setTimeout(resolve, 5));
          await running;
          await conversation.run("6*7");
          assert.ok(shown.includes("=42"), shown.join("\n"));
          await conversation.end();
          await device.close();
        },
      );

      await t.test("repl shows values, and errors with the TypeScript's places", async () => {
        const { out } = await run(
          [],
          "function twice(n) {",
          "return 2*n",
          "}",
          "twice(21)",
          "let later = 'x'",
          "later",
          "server.send_telemetry([])",
          ".mem",
        );
        assert.match(out, /^=42$/m);
        assert.match(out, /^="x"\n="x"$/m);
        assert.match(out, /^variables +[\d,]+ of [\d,]+ in use/m);
        // Of dist/linux.js alone the tools have the places.
        if (small) return;
        const lines = [...out.matchAll(/(firmware\/[\w/.-]+):(\d+)/g)].map(([, file, line]) => {
          const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
          return source.split("\n")[Number(line) - 1] ?? "";
        });
        assert.ok(
          lines.some((line) => /throw Error\(.*data: /.test(line)),
          out,
        );
        assert.match(out, /at send_telemetry \(firmware/);
      });
    });
});
