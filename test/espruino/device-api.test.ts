/** The device API's methods in the real interpreter, against the stand-in. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import type { Packet } from "mqtt-packet";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { serveProvisioning } from "../thingsboard/provisioning-server.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

const API = { attributes: "yes", client_rpc: "yes", claim: "yes", provision: "yes" };

for (const topics of [1, 2])
  test(`attributes, their changes and a claim, topics ${topics}`, { skip }, async (t) => {
    const tracker = await startRealTracker({ binary, features: API, interval_s: 5, server: { topics } });
    t.after(() => tracker.stop());
    const { thingsboard, evaluate, until } = tracker;
    await until("tracker.status().sent>0", 60);
    /** What became of a call of `server`. */
    const outcome = async (call: string) => {
      await evaluate(
        `(told=0,server.${call}function(ok,answer){told=[ok,answer||0,ok?"":server.last_error]}),1)`,
      );
      await until("told", 30);
      return evaluate("told");
    };
    assert.deepEqual(await outcome('send_attributes({fw:"0.1.0",n:5},'), [true, 0, ""]);
    const { fw, n } = thingsboard.attributes("tracker");
    assert.deepEqual({ fw, n }, { fw: "0.1.0", n: 5 });
    thingsboard.share("tracker", { interval_s: 30, cfg: { a: [1, 2], b: null } });
    assert.deepEqual(await outcome('request_attributes(["fw","none"],["interval_s","cfg"],'), [
      true,
      { client: { fw: "0.1.0" }, shared: { interval_s: 30, cfg: { a: [1, 2], b: null } } },
      "",
    ]);
    assert.deepEqual(await outcome('request_attributes(["fw","n"],["interval_s","cfg"],'), [
      true,
      { client: { fw: "0.1.0", n: 5 }, shared: { interval_s: 30, cfg: { a: [1, 2], b: null } } },
      "",
    ]);
    assert.deepEqual(await outcome('claim("s3",60000,'), [true, 0, ""]);

    // To a callback of the user's, which takes the tracker's place.
    await evaluate("(heard=[],server.set_callback(function(t,d){heard.push(t,d)}))");
    thingsboard.share("tracker", { interval_s: 60 });
    thingsboard.share("tracker", { interval_s: undefined });
    await until("heard.length>3", 30);
    const topic = topics === 1 ? "v1/devices/me/attributes" : "v2/a";
    assert.deepEqual(await evaluate("heard"), [
      topic,
      { interval_s: 60 },
      topic,
      { deleted: ["interval_s"] },
    ]);
    assert.equal(await evaluate("E.getErrorFlags().length"), 0);
  });

test("calls are bounded, fail with their connection, and take no memory once they have", {
  skip,
}, async (t) => {
  const tracker = await startRealTracker({ binary, features: API, interval_s: 5 });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until } = tracker;
  await until("tracker.status().sent>1", 60);
  await evaluate(
    'told=[],ask=function(){server.send_rpc_call("m",{a:1},function(ok){told.push(ok?1:server.last_error)})}',
  );
  const round = async () => {
    await evaluate("(told=[],ask(),ask(),ask(),ask(),ask(),1)");
    thingsboard.faults.drop();
    await until('told.length==5&&tracker.status().state=="online"', 60);
    // The tracker's own questions may be among the four that wait.
    const told = (await evaluate("told")) as string[];
    assert.equal(told[0], "busy");
    assert.ok(
      told.slice(1).every((why) => ["busy", "closed by server", "link lost"].includes(why)),
      `${told}`,
    );
    assert.notEqual(told.at(-1), "busy");
  };
  await round();
  const before = Number(await evaluate("(told=[],process.memory().usage)"));
  for (let i = 0; i < 3; i++) await round();
  const after = Number(await evaluate("(told=[],process.memory().usage)"));
  assert.ok(after <= before + 40, `${before} to ${after}`);
});

test("wrong arguments throw, and a fault in a callback is told", { skip }, async (t) => {
  const tracker = await startRealTracker({ binary, features: API, interval_s: 5 });
  t.after(() => tracker.stop());
  const { evaluate, until } = tracker;
  await until("tracker.status().sent>0", 60);
  for (const [code, text] of [
    ["send_attributes([])", "values: use {}"],
    ["request_attributes(['a,b'])", "keys: use [names], without commas"],
    ["send_rpc_call('')", "method: use a name"],
    ["claim('s',1.5)", "duration_ms: use a whole number"],
    [
      "provision({provision_device_key:'k'})",
      "provision: provision_device_secret: must be plain text of 1 to 255",
    ],
  ])
    assert.equal(await evaluate(`(function(){try{server.${code}}catch(e){return e.message}})()`), text);
  await evaluate("(server.request_attributes([],[],function(){throw Error('mine')}),1)");
  await until("server.last_error=='callback: Error: mine'", 30);
  assert.equal(await evaluate("tracker.status().reboots"), 0);
});

test("a board asks for credentials of its own, and the tracker comes back after it", { skip }, async (t) => {
  const answer = {
    credentialsValue: { clientId: "c-1", userName: "u", password: "p" },
    credentialsType: "MQTT_BASIC",
    status: "SUCCESS",
  };
  const connections: Packet[][] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    connections.push(serveProvisioning(socket, JSON.stringify(answer)));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const tracker = await startRealTracker({
    binary,
    features: API,
    interval_s: 5,
    broker_port: (server.address() as AddressInfo).port,
  });
  t.after(async () => {
    await tracker.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { evaluate, until } = tracker;
  await until("tracker.status().sent>0", 60);
  await evaluate(
    '(told=0,server.disconnect(function(){server.provision({provision_device_key:"k",provision_device_secret:"s",username:"u",password:"p",client_id:"c-1"},function(ok,answer){told=[ok,answer]})}),1)',
  );
  await until("told", 30);
  assert.deepEqual(await evaluate("told"), [true, answer]);
  const [connect, ...others] = connections[1] ?? [];
  assert.equal(connect?.cmd === "connect" && connect.username, "provision");
  const request = others.find(({ cmd }) => cmd === "publish");
  assert.deepEqual(request?.cmd === "publish" && JSON.parse(request.payload.toString()), {
    provisionDeviceKey: "k",
    provisionDeviceSecret: "s",
    credentialsType: "MQTT_BASIC",
    clientId: "c-1",
    username: "u",
    password: "p",
  });
  await until('tracker.status().state=="online"', 60);
});
