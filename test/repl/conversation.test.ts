import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { Device } from "../../scripts/device/device.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { type Conversation, createConversation } from "../../scripts/repl/conversation.ts";
import { startBoardThread } from "../../scripts/simulator/board-thread/board-thread.ts";
import { serveConsole } from "../../scripts/simulator/console-server.ts";
import { builtBlob, type SimulatedConsole, startSimulatedConsole, TOKEN } from "../device/rig.ts";

let board: SimulatedConsole;
let device: Device;
let conversation: Conversation;
let shown: string[];
let logged: string[];

async function until(what: () => boolean): Promise<void> {
  for (const end_ms = Date.now() + 60_000; !what(); ) {
    assert.ok(Date.now() < end_ms, `within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const has = (lines: string[], pattern: RegExp): boolean => lines.some((line) => pattern.test(line));

describe("a conversation with the tracker's console", () => {
  before(async () => {
    board = await startSimulatedConsole({ blob: builtBlob(), config: {}, modem: {} });
    device = await openDevice({ tcp: board.tcp });
    await until(() => board.lines.includes("tracker: connected"));
  });
  after(async () => {
    await device.close();
    await board.close();
  });
  beforeEach(() => {
    shown = [];
    logged = [];
    conversation = createConversation({
      device,
      show: (line) => shown.push(line),
      log: { write: (line) => logged.push(line), close: () => {} },
    });
  });
  afterEach(() => conversation.end());

  test("shows the modem's lines with .at, MQTT's packets with .mqtt, both with both", async () => {
    await conversation.trace("at", true);
    await until(() => has(shown, /^> "AT\+QIRD/));
    assert.ok(!has(shown, /^MQTT/));

    await conversation.trace("mqtt", true);
    await until(() =>
      has(shown, /^MQTT > PUBLISH #\d+ QoS 1 v1\/devices\/me\/telemetry \[\{"ts":\d+,"values":/),
    );
    await until(() => has(shown, /^MQTT < PUBACK #\d+$/));

    await conversation.trace("at", false);
    shown.length = 0;
    await until(() => has(shown, /^MQTT < PUBACK/));
    assert.ok(!has(shown, /^[<>] /), shown.join("\n"));
    assert.ok(has(logged, /^> "AT\+QISEND/), "the log has it all");
  });

  test("shows no access token when the tracker connects", async () => {
    await conversation.trace("at", true);
    await conversation.trace("mqtt", true);
    board.thingsboard.faults.restart();
    await until(() => has(shown, /^MQTT < CONNACK 0: accepted$/));
    assert.ok(has(shown, /^MQTT > CONNECT client_id "tracker-1", .*username \*\*\*/));
    assert.ok(has(shown, /^> \(MQTT CONNECT/));
    for (const lines of [shown, logged]) assert.ok(!has(lines, new RegExp(TOKEN)));
  });

  test("leaves the trace off", async () => {
    await conversation.trace("mqtt", true);
    await conversation.end();
    board.lines.length = 0;
    const before = board.thingsboard.telemetry("tracker", "Latitude").length;
    await until(() => board.thingsboard.telemetry("tracker", "Latitude").length > before);
    assert.ok(!has(board.lines, /^[<>] "/));
  });

  test("not listening, keeps what the board says, and shows answers", async () => {
    conversation.listening = false;
    await conversation.run("1+1");
    assert.ok(shown.includes("=2"));
    await device.evaluate('setTimeout(function(){print("by itself")},1)');
    await until(() => conversation.recent(5).some((line) => /^\d\d:\d\d:\d\d {2}by itself$/.test(line)));
    assert.ok(!shown.includes("by itself"));
  });

  test("runs one thing after the other", async () => {
    await Promise.all([
      conversation.run("'a'"),
      conversation.after(() => void shown.push("between")),
      conversation.run("'b'"),
    ]);
    assert.deepEqual(
      shown.filter((line) => !line.startsWith("tracker: ")),
      ['="a"', "between", '="b"'],
    );
    assert.equal(conversation.busy, false);
  });

  test("shows the beginning of a long text, and of a function of the firmware", async () => {
    await conversation.run('require("Storage").read(".bootcde")');
    assert.match(shown.join("\n"), /^="!?function.{300,500}"\.\.\. \d{5} characters$/m);
    shown.length = 0;
    await conversation.run("tracker");
    assert.match(shown.join("\n"), /"debug": function \(.*\) ?\{/);
    assert.ok(
      shown.every((line) => line.length < 150),
      shown.join("\n"),
    );
  });

  test("text beyond ASCII arrives as UTF-8 and comes back", async () => {
    await conversation.run("print('21 °C €')");
    assert.ok(shown.includes("21 °C €"), shown.join("\n"));
  });

  test("ends what it waits for when the connection is lost", async () => {
    const other = await startSimulatedConsole();
    const lost = await openDevice({ tcp: other.tcp });
    const own = createConversation({ device: lost, show: () => {} });
    other.board.powerCut();
    const running = own.run("1");
    other.unplug();
    await running;
    await own.end();
    await other.close();
  });
});

describe("Ctrl-C", () => {
  for (const loop of ["while(true){}", 'setTimeout(function(){print("now");while(true){}},1)'])
    test(`breaks ${loop}`, async (t) => {
      const server = await serveConsole();
      const thread = await startBoardThread({ modem: { write() {} }, console: server.peer });
      const own = await openDevice({ tcp: `127.0.0.1:${server.port}` });
      const lines: string[] = [];
      const talk = createConversation({ device: own, show: (line) => lines.push(line) });
      t.after(async () => {
        await talk.end();
        await own.close();
        await thread.stop();
        await server.close();
      });
      const running = talk.run(loop);
      // An idle board has nothing to be broken.
      if (loop.startsWith("setTimeout")) await until(() => has(lines, /^now$/));
      else await until(() => talk.busy);
      talk.interrupt();
      await running;
      await until(() => has(lines, /^Execution Interrupted/));
      await talk.run("6*7");
      assert.equal(lines.at(-1), "=42");
    });

  /** A board that answers what it is sent. */
  function fake(answer: (bytes: string) => string): Device & { written: string[] } {
    const listeners: ((bytes: string) => void)[] = [];
    const written: string[] = [];
    return {
      name: "fake",
      env: { BOARD: "RAK5010", VERSION: "2v29" },
      written,
      evaluate: async () => 0,
      write(bytes) {
        written.push(bytes);
        const said = answer(bytes);
        for (const listener of listeners) for (const byte of said) listener(byte);
      },
      upload: async () => {},
      onData(listener) {
        listeners.push(listener);
        return () => {};
      },
      closed: new Promise(() => {}),
      close: async () => {},
    };
  }

  test("leaves the debugger that an interpreter has", async () => {
    const own = fake((bytes) => (bytes === "\x03" ? "while(true){}\r\n      ^\r\ndebug>" : ""));
    const talk = createConversation({ device: own, show: () => {} });
    void talk.run("while(true){}");
    await until(() => talk.busy);
    talk.interrupt();
    assert.deepEqual(own.written.slice(-2), ["\x03", "\x03"], "and not a third time");
    assert.equal(own.written.filter((bytes) => bytes === "\x03").length, 2);
    await talk.end();
  });

  test("is sent again when it came before the program began", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const own = fake(() => "");
    const talk = createConversation({ device: own, show: () => {} });
    void talk.run("while(true){}");
    await Promise.resolve();
    talk.interrupt();
    t.mock.timers.tick(2000);
    assert.equal(own.written.filter((bytes) => bytes === "\x03").length, 2);
    await talk.end();
    t.mock.timers.tick(10_000);
    assert.equal(own.written.filter((bytes) => bytes === "\x03").length, 2);
  });

  test("is not sent to an idle board", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const own = fake((bytes) => (/print\("\\x02(\d+)"\)/.test(bytes) ? "\x021\r\n" : ""));
    const talk = createConversation({ device: own, show: () => {} });
    talk.interrupt();
    t.mock.timers.tick(10_000);
    assert.equal(own.written.length, 1);
    assert.ok(!own.written.includes("\x03"));
    await talk.end();
  });
});
