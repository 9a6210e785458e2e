import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { DeviceError, EvaluationError } from "../../scripts/device/device.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { createFlash, cutPowerAfter } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { type ConsoleOptions, startSimulatedConsole } from "./rig.ts";

async function opened(t: TestContext, options: ConsoleOptions = {}) {
  const rig = await startSimulatedConsole(options);
  t.after(() => rig.close());
  const device = await openDevice({ tcp: rig.tcp });
  t.after(() => device.close());
  let heard = "";
  device.onData((bytes) => {
    heard += bytes;
  });
  return { rig, device, heard: () => heard };
}

/** A program that says something all the time. */
const CHATTER = "setInterval(function(){print('tick <<')},1)";
/** In which whoever answers does so, on a machine that has much to do, too; whoever does not is waited for as long. */
const ANSWER_MS = 1000;
const OLD = { ...boardSpecs.linux, version: "2v24" };
const ALL_BYTES = String.fromCharCode(...Array(256).keys());

/** Something on a port that is no board. */
async function stranger(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    t.after(() => socket.destroy());
    answer(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe("evaluate", () => {
  test("gives values by way of JSON", async (t) => {
    const { device } = await opened(t);
    assert.equal(device.env.BOARD, "LINUX");
    assert.equal(await device.evaluate("6*7"), 42);
    assert.deepEqual(await device.evaluate('{a:[1,"é\\n"],b:null}'), { a: [1, "é\n"], b: null });
    assert.equal(await device.evaluate("undefined"), undefined);
    assert.equal(await device.evaluate("var a = 1; a + 1"), 2);
    assert.equal(await device.evaluate("// nothing\n1"), 1);
    assert.equal(((await device.evaluate("Array(5000).join('x')")) as string).length, 4999);
  });

  test("says what the interpreter said was wrong", async (t) => {
    const { device } = await opened(t);
    await assert.rejects(device.evaluate("foo()"), new EvaluationError("ReferenceError: foo is not defined"));
    await assert.rejects(device.evaluate("1+"), /SyntaxError: /);
    await assert.rejects(device.evaluate("throw 'ha'"), /^Error: ha$/);
    assert.equal(await device.evaluate("1"), 1);
  });

  test("answers come while the program prints, and stay out of what is heard", async (t) => {
    const { device, heard } = await opened(t, { files: { ".bootcde": CHATTER } });
    const asked = Array.from({ length: 30 }, (_, i) => device.evaluate(`${i}+'<<>>'`));
    assert.deepEqual(
      await Promise.all(asked),
      asked.map((_, i) => `${i}<<>>`),
    );
    const lines = heard().split("\r\n").slice(1, -1);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /^>?(\r.\[J)?tick <<$/s);
  });

  test("gives up on a hung board, and goes on when it is back", async (t) => {
    const { rig, device } = await opened(t);
    rig.board.powerCut();
    await assert.rejects(device.evaluate("1", 20), /no answer to 1 in 0\.02 s/);
    rig.boot();
    assert.equal(await device.evaluate("2"), 2);
  });

  test("what was not answered since a byte was lost does not swallow the next question", async (t) => {
    const { device } = await opened(t);
    device.write("\x10print((");
    await assert.rejects(device.evaluate("1", 50), /no answer to 1/);
    assert.equal(await device.evaluate("2"), 2);
  });

  test("what has no answer is told without the long texts in it, which may be secret", async (t) => {
    const { device } = await opened(t);
    device.write("\x10print((");
    await assert.rejects(
      device.evaluate('f("a short one","a key\\", \x7f and its bytes","its rest and the settings")', 50),
      /no answer to f\("a short one","…","…"\) in/,
    );
  });

  test("outlives reset(), load() and E.reboot()", async (t) => {
    const { device, heard } = await opened(t, { files: { ".bootcde": "var started=1;print('started')" } });
    const again = (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!pattern.test(heard())) return;
          stop();
          resolve();
        };
        const stop = device.onData(look);
        // It may have come in one piece with the answer before.
        look();
      });
    await device.evaluate("reset()");
    await again(/espruino\.com/);
    assert.equal(await device.evaluate("global.started"), undefined);
    await device.evaluate("load()");
    await again(/started\r\n/);
    assert.equal(await device.evaluate("started"), 1);
    device.write("\x10E.reboot()\n");
    await again(/started\r\n.*started\r\n/s);
    assert.equal(await device.evaluate("started"), 1);
  });
});

describe("opening", () => {
  test("takes back what an earlier terminal left half typed", async (t) => {
    const rig = await startSimulatedConsole();
    t.after(() => rig.close());
    const before = connect(rig.port, "127.0.0.1");
    before.write("print('no')+(\n1,");
    await once(before, "data");
    before.end();
    await once(before, "close");
    const device = await openDevice({ tcp: rig.tcp });
    assert.equal(await device.evaluate("6*7"), 42);
    assert.deepEqual(rig.lines, []);
    await device.close();
  });

  /** Answers a question as an interpreter does. */
  const answer = (socket: Socket, asked: string): void => {
    const [, mark] = /"<([^"]+=)"/.exec(asked) ?? [];
    if (mark) socket.write(`<<${mark}{"BOARD":"LINUX","VERSION":"2v29"}>>\r\n>`);
  };

  test("leaves the program alone where the interpreter answers", async (t) => {
    let received = "";
    const tcp = await stranger(t, (socket) =>
      socket.on("data", (data) => {
        received += data;
        answer(socket, String(data));
      }),
    );
    const device = await openDevice({ tcp });
    assert.ok(!received.includes("\x03"));
    await device.close();
  });

  test("sends Ctrl-C where it does not", async (t) => {
    let broken = false;
    const tcp = await stranger(t, (socket) =>
      socket.on("data", (data) => {
        broken ||= String(data).includes("\x03");
        if (broken) answer(socket, String(data));
      }),
    );
    const device = await openDevice({ tcp }, { answer_ms: ANSWER_MS });
    assert.deepEqual(device.env, { BOARD: "LINUX", VERSION: "2v29" });
    await device.close();
  });
});

describe("upload", () => {
  for (const spec of [boardSpecs.linux, OLD])
    test(`writes any bytes and tells how far it is, on ${spec.version}, while the program prints`, async (t) => {
      const { rig, device } = await opened(t, { spec, files: { ".bootcde": CHATTER, big: "old" } });
      const bytes = `${ALL_BYTES.repeat(20)}\x03\x10\x01`;
      const progress: number[] = [];
      await device.upload("big", bytes, (done, total) => {
        progress.push(done);
        assert.equal(total, bytes.length);
      });
      assert.equal(rig.file("big"), bytes);
      assert.equal(progress[0], 0);
      assert.equal(progress.at(-1), bytes.length);
      assert.ok(new Set(progress).size > 8);
      assert.deepEqual(
        progress,
        progress.toSorted((a, b) => a - b),
      );
      await device.upload("one", "\xff");
      assert.equal(rig.file("one"), "\xff");
    });

  for (const spec of [boardSpecs.linux, OLD])
    test(`unplugged in mid-write says so, and a second try succeeds, on ${spec.version}`, async (t) => {
      const { rig, device } = await opened(t, { spec });
      const bytes = ALL_BYTES.repeat(20);
      await assert.rejects(
        device.upload("f", bytes, (done) => {
          if (done > 2000) rig.unplug();
        }),
        /connection lost; was the board unplugged/,
      );
      await device.closed;
      await assert.rejects(device.evaluate("1"), DeviceError);
      const again = await openDevice({ tcp: rig.tcp });
      await again.upload("f", bytes);
      assert.equal(rig.file("f"), bytes);
      await again.close();
    });

  test("a power cut in a flash operation ends it", async (t) => {
    const flash = createFlash(flashOf(boardSpecs.linux));
    const { rig, device } = await opened(t, { flash });
    cutPowerAfter(flash, 300);
    await assert.rejects(device.upload("f", ALL_BYTES.repeat(20)), /connection lost/);
    flash.beforeOperation = undefined;
    rig.boot();
    const again = await openDevice({ tcp: rig.tcp });
    await again.upload("f", ALL_BYTES);
    assert.equal(rig.file("f"), ALL_BYTES);
    await again.close();
  });

  for (const spec of [boardSpecs.rak8212, { ...boardSpecs.linux, storageBytes: 8192, version: "2v08" }])
    test(`a full Storage is told, on ${spec.version}`, async (t) => {
      const { device } = await opened(t, { spec });
      await assert.rejects(device.upload("f", ALL_BYTES.repeat(200)), (error: Error) => {
        assert.ok(error instanceof DeviceError);
        assert.match(error.message, /Storage|Unable to/);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      assert.equal(await device.evaluate("1"), 1);
    });

  test("refuses what Storage cannot have", async (t) => {
    const { device } = await opened(t);
    await assert.rejects(device.upload("f", ""), /nothing to write/);
    await assert.rejects(device.upload("x".repeat(29), "a"), /1 to 28 characters/);
  });
});

describe("what cannot be opened is told in a line", () => {
  const faults: [string, Parameters<typeof openDevice>[0], RegExp][] = [
    [
      "no such port",
      { port: "/dev/ttyNONE9" },
      /^\/dev\/ttyNONE9: there is no such port; is the board plugged in/,
    ],
    ["no port at all", { port: "/etc/passwd" }, /not a serial port/],
    ["nobody there", { tcp: "127.0.0.1:1" }, /connection refused/],
  ];
  for (const [name, address, message] of faults)
    test(name, async () => {
      await assert.rejects(openDevice(address), (error: Error) => {
        assert.ok(error instanceof DeviceError);
        assert.match(error.message, message);
        return true;
      });
    });

  test("the console is taken", async (t) => {
    const { rig } = await opened(t);
    await assert.rejects(openDevice({ tcp: rig.tcp }), /is another program connected/);
  });

  test("nothing answers", async (t) => {
    const tcp = await stranger(t, () => {});
    await assert.rejects(openDevice({ tcp }, { answer_ms: 20 }), /nothing answers; is the board on/);
  });

  test("the modem's port", async (t) => {
    const tcp = await stranger(t, (socket) => socket.on("data", () => socket.write("\r\nERROR\r\n")));
    await assert.rejects(openDevice({ tcp }, { answer_ms: ANSWER_MS }), /the modem's AT port/);
  });

  test("something else", async (t) => {
    const tcp = await stranger(t, (socket) => socket.on("data", () => socket.write("login: ")));
    await assert.rejects(openDevice({ tcp }, { answer_ms: ANSWER_MS }), /not Espruino/);
  });

  test("it goes away while it is asked", async (t) => {
    const tcp = await stranger(t, (socket) => socket.on("data", () => socket.end("x")));
    await assert.rejects(openDevice({ tcp }), /connection lost/);
  });
});

test("close ends it, and a question that waits", async (t) => {
  const { device } = await opened(t);
  const asked = assert.rejects(device.evaluate("1"), /closed/);
  await device.close();
  await asked;
  await device.closed;
});
