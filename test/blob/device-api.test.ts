/** The rest of ThingsBoard's device API, from the board's console to the stand-in and back. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { Packet } from "mqtt-packet";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { serveProvisioning } from "../thingsboard/provisioning-server.ts";
import { createWorld, type WorldChanges } from "./world.ts";

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** A tracker that is online. `topics`: of the server's settings. */
async function online(topics: 1 | 2, changes?: WorldChanges) {
  world = createWorld({
    config: { server: { host: "server.example", username: "A1_TEST_TOKEN", topics } },
    ...changes,
  });
  const { board, run, lines } = world;
  await run(30);
  let count = 0;
  /** Calls a method of `server`; what becomes of it is printed after the number that this gives. */
  const call = (method: string, ...args: unknown[]): RegExp => {
    const given = args.map((arg) => `${JSON.stringify(arg)},`).join("");
    const mark = `told ${++count} `;
    board.evaluate(
      `server.${method}(${given}function(ok,answer){print(${JSON.stringify(mark)}+JSON.stringify([ok,answer,ok?"":server.last_error]))})`,
    );
    return new RegExp(`^${mark}`);
  };
  return {
    ...world,
    call,
    /** What became of it, within so many seconds. */
    async outcome(mark: RegExp, seconds = 5): Promise<unknown> {
      await run(seconds);
      const told = lines.filter((line) => mark.test(line));
      assert.equal(told.length, 1, lines.join("\n"));

      return JSON.parse((told[0] as string).replace(mark, ""));
    },
  };
}

describe("the device API", () => {
  for (const topics of [1, 2] as const) {
    test(`attributes go up, are asked for, and their changes come down, topics ${topics}`, async () => {
      const { thingsboard, board, call, outcome } = await online(topics);
      assert.deepEqual(await outcome(call("send_attributes", { fw: "0.1.0", n: 5 })), [true, null, ""]);
      const { fw, n } = thingsboard.attributes("tracker");
      assert.deepEqual({ fw, n }, { fw: "0.1.0", n: 5 });
      thingsboard.share("tracker", { interval_s: 30, name: "Bus 7" });
      assert.deepEqual(await outcome(call("request_attributes", ["fw", "none"], ["interval_s", "name"])), [
        true,
        { client: { fw: "0.1.0" }, shared: { interval_s: 30, name: "Bus 7" } },
        "",
      ]);
      assert.deepEqual(await outcome(call("request_attributes", null, ["nope"])), [true, {}, ""]);
      assert.deepEqual(board.errorFlags, []);
    });

    test(`changes of shared attributes come to a callback of the user's, topics ${topics}`, async () => {
      const { thingsboard, board, run, lines } = await online(topics);
      board.evaluate(
        'server.set_callback(function(topic,data){print("heard "+JSON.stringify([topic,data]))})',
      );
      thingsboard.share("tracker", { interval_s: 60, cfg: { a: 1 } });
      thingsboard.share("tracker", { interval_s: undefined });
      await run(5);
      const topic = topics === 1 ? "v1/devices/me/attributes" : "v2/a";
      assert.deepEqual(
        lines.filter((line) => line.startsWith("heard ")),
        [
          `heard ["${topic}",{"interval_s":60,"cfg":{"a":1}}]`,
          `heard ["${topic}",{"deleted":["interval_s"]}]`,
        ],
      );
    });

    test(`a call without a rule fails with the server's own text, topics ${topics}`, async () => {
      const { call, outcome, board } = await online(topics);
      const told = await outcome(call("send_rpc_call", "getTime", { zone: "UTC" }), 65);
      assert.deepEqual(told, [false, null, "server says: timeout"]);
      assert.deepEqual(board.errorFlags, []);
    });
  }

  test("a claim is acknowledged", async () => {
    const { call, outcome } = await online(1);
    assert.deepEqual(await outcome(call("claim", "s3", 60000)), [true, null, ""]);
  });

  test("a call that waits fails once when the connection is lost, and the tracker goes on", async () => {
    const { thingsboard, run, call, outcome, status, lines } = await online(1);
    const mark = call("send_rpc_call", "getTime", {});
    await run(1);
    thingsboard.faults.drop();
    assert.deepEqual(await outcome(mark, 120), [false, null, "closed by server"]);
    assert.equal(status().state, "online", lines.join("\n"));
  });

  test("wrong arguments throw on the console", async () => {
    const { board, lines } = await online(1);
    for (const [code, text] of [
      ["send_attributes([])", "values: use {}"],
      ['request_attributes("a")', "keys: use [names], without commas"],
      ["send_rpc_call()", "method: use a name"],
      ["claim(5)", "secret_key: use text"],
      ["provision({})", "provision: provision_device_key: must be plain text of 1 to 255"],
    ] as const) {
      board.evaluate(`try{server.${code}}catch(e){print(e.message)}`);
      assert.equal(lines.at(-1), text);
    }
  });

  test("a board asks for credentials of its own, and the tracker comes back after it", async () => {
    let received: Packet[] | undefined;
    let due = false;
    const answer = { credentialsValue: "TkxPMSM6", credentialsType: "ACCESS_TOKEN", status: "SUCCESS" };
    const { board, run, lines, status } = await online(1, {
      connect: () => {
        const [near, far] = duplexPair();
        if (due) received = serveProvisioning(far, JSON.stringify(answer));
        else world?.thingsboard.accept(far);
        due = false;
        return near;
      },
    });
    due = true;
    board.evaluate(
      'server.disconnect(function(){server.provision({provision_device_key:"k",provision_device_secret:"s",device_name:"imei"},function(ok,answer){print("told "+JSON.stringify([ok,answer]))})})',
    );
    await run(120);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("told ")),
      [`told ${JSON.stringify([true, answer])}`],
    );
    assert.deepEqual(
      received?.map(({ cmd }) => cmd).filter((cmd) => cmd !== "puback"),
      ["connect", "subscribe", "publish", "disconnect"],
    );
    assert.equal(status().state, "online", lines.join("\n"));
    assert.deepEqual(board.errorFlags, []);
  });
});
