import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Device } from "../../scripts/device/device.ts";
import { createCompletion } from "../../scripts/repl/completion.ts";

const OBJECTS: Record<string, string> = {
  global: "tracker,modem,server,TBDeviceMQTTClient,D0,$,T$,Tb,Tx,#onerrorFlag",
  tracker: "status,debug",
  server: "M,_e,status,last_error,connect,disconnect,constructor",
};

const asked: string[] = [];
const device = {
  async evaluate(expression: string) {
    const path = /\(([^()]+)\)$/.exec(expression)?.[1] ?? "";
    asked.push(path);
    if (!(path in OBJECTS)) throw new Error("not defined");
    return OBJECTS[path];
  },
} as unknown as Device;
const complete = createCompletion(
  () => device,
  () => ["status", "mem", "mqtt"],
);

describe("completion", () => {
  test("of an object's members", async () => {
    assert.deepEqual(await complete("tracker."), [["tracker.debug", "tracker.status"], "tracker."]);
    assert.deepEqual(await complete("print(tracker.st"), [["tracker.status"], "tracker.st"]);
  });

  test("leaves out what the build shortened", async () => {
    const [names] = await complete("server.");
    assert.deepEqual(names, ["server.connect", "server.disconnect", "server.last_error", "server.status"]);
  });

  test("of globals, the board's and the language's", async () => {
    assert.deepEqual(await complete("tr"), [["tracker", "true", "try"], "tr"]);
    assert.deepEqual(await complete("var x = TBD"), [["TBDeviceMQTTClient"], "TBD"]);
    assert.deepEqual(await complete("T"), [["TBDeviceMQTTClient", "Tx"], "T"]);
  });

  test("of the commands", async () => {
    assert.deepEqual(await complete(".m"), [[".mem", ".mqtt"], ".m"]);
  });

  test("asks nothing that would call something", async () => {
    asked.length = 0;
    for (const line of ["f().", "a[0].b", "'x'.le", "1."])
      assert.deepEqual((await complete(line))[0], [], line);
    assert.deepEqual(asked, []);
  });

  test("of what is not there is nothing", async () => {
    assert.deepEqual((await complete("nothing.here"))[0], []);
  });
});
