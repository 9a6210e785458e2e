import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { First, field, packet } from "../../firmware/mqtt/packet.ts";
import { Reason } from "../../firmware/reason.ts";
import { words } from "../../firmware/words.ts";
import { encodePublish } from "./publish.ts";
import {
  ANSWER,
  CONNACK,
  CONNECT,
  DISCONNECT,
  member,
  message,
  PINGRESP,
  SECOND,
  SUBSCRIBE,
  sessionRig,
  suback,
} from "./session-rig.ts";

describe("connecting", () => {
  it("goes from CONNECT over CONNACK to SUBSCRIBE, each packet in one write", () => {
    const { session, network, told, open } = sessionRig();
    assert.equal(session.status, false);
    open();
    assert.equal(network.address, "host:1883");
    network.expect();
    network.up();
    network.expect(CONNECT);
    assert.equal(session.status, false);
    network.respond(CONNACK);
    network.expect(SUBSCRIBE);
    assert.equal(session.status, true);
    assert.equal(session.last_error, "");
    assert.deepEqual(told, ["open true"]);
  });

  it("subscribes again after each connect, also if the server claims to remember the session", () => {
    const { network, connect, open } = sessionRig();
    connect();
    network.down(Reason.LinkLost);
    open();
    network.up();
    network.respond("\x20\x02\x01\0");
    network.expect(CONNECT, SUBSCRIBE);
  });

  const refusals = [
    [1, Reason.RefusedProtocol, "refused, MQTT 3.1.1"],
    [2, Reason.RefusedClientId, "refused, client_id"],
    [3, Reason.RefusedBusy, "refused, server busy"],
    [4, Reason.RefusedLogin, "refused, check login"],
    [5, Reason.RefusedLogin, "refused, check login"],
    [6, Reason.ProtocolError, "MQTT error: code"],
  ] as const;
  for (const [code, reason, text] of refusals)
    it(`CONNACK ${code} is a refusal with a reason`, () => {
      const { session, network, told, open } = sessionRig();
      open();
      network.up();
      network.respond(`\x20\x02\0${String.fromCharCode(code)}`);
      assert.equal(session.status, false);
      assert.deepEqual([session.last_reason_, session.last_error], [reason, text]);
      assert.equal(network.closed, 1);
      assert.deepEqual(told, ["open false", `end ${words(reason)}`]);
    });

  it("no CONNACK ends the attempt", () => {
    const { session, network, told, open, tick } = sessionRig();
    open();
    tick(100 * SECOND);
    network.up();
    tick(ANSWER - 1);
    assert.deepEqual(told, []);
    tick(1);
    assert.deepEqual(told, ["open false", "end no answer to CONNECT: check host, port"]);
    assert.equal(network.closed, 1);
    assert.equal(session.status, false);
  });

  it("a network that never says whether the connection is up ends the attempt after 240 s", () => {
    const { network, told, open, tick } = sessionRig();
    open();
    tick(239 * SECOND);
    assert.deepEqual(told, []);
    tick(SECOND);
    assert.deepEqual(told, ["open false", "end no reply: check host, port"]);
    assert.equal(network.closed, 1);
  });

  it("a connection that cannot be opened ends the attempt with the network's reason", () => {
    const { session, network, told, open } = sessionRig();
    open();
    network.down(Reason.OpenFailed);
    assert.deepEqual(told, ["open false", "end refused: check host, port"]);
    assert.equal(session.last_error, "refused: check host, port");
  });

  it("anything but CONNACK first is an error, and so is a second CONNACK", () => {
    for (const packets of [PINGRESP, CONNACK + CONNACK]) {
      const { session, network, open } = sessionRig();
      open();
      network.up();
      network.respond(packets);
      assert.equal(session.last_error, "MQTT error: order");
      assert.equal(network.closed, 1);
    }
  });

  it("while connecting, again: both get the outcome of the one attempt", () => {
    const { network, told, open } = sessionRig();
    open("first");
    open("second");
    network.up();
    open("third");
    network.respond(CONNACK);
    assert.deepEqual(told, ["first true", "second true", "third true"]);
    assert.equal(network.opened, 1);
  });

  it("while connecting, ever again: what waits for the outcome is bounded, to the rest it is false at once", () => {
    const { network, open, told } = sessionRig();
    for (let i = 0; i < 30; i++) open();
    const refused = told.filter((line) => line === "open false").length;
    assert.ok(refused > 0 && refused <= 10, `${refused} refused`);
    network.up();
    network.respond(CONNACK);
    assert.equal(told.filter((line) => line === "open true").length, 30 - refused);
  });

  it("while connected, again: true at once", () => {
    const { network, told, open, connect } = sessionRig();
    connect();
    open();
    assert.deepEqual(told, ["open true"]);
    assert.equal(network.opened, 1);
  });

  it("what the network says after the end changes nothing", () => {
    const { session, network, told, connect, close } = sessionRig();
    connect();
    close();
    told.length = 0;
    network.up();
    network.respond(CONNACK);
    network.writable();
    network.down(Reason.LinkLost);
    assert.deepEqual(told, []);
    assert.equal(session.last_error, "disconnected");
    assert.equal(session.status, false);
  });

  it("a callback that throws stops nothing, and is told", () => {
    const { session, network, told, open } = sessionRig();
    session.connect(() => {
      throw Error("mine");
    });
    open();
    network.up();
    network.respond(CONNACK);
    network.expect(CONNECT, SUBSCRIBE);
    assert.equal(session.status, true);
    assert.equal(session.last_error, "callback: Error: mine");
    assert.deepEqual(told, ["open true"]);
  });

  it("a refused subscription is told, and the session stays", () => {
    const { session, network, open } = sessionRig();
    open();
    network.up();
    network.respond(CONNACK + suback(0x80));
    assert.equal(session.last_error, "SUBSCRIBE refused");
    assert.equal(session.status, true);
  });

  for (const code of [3, 127, 129, 255])
    it(`a reserved return code grants nothing, and ends nothing: SUBACK ${code}`, () => {
      const { session, network, told, open } = sessionRig();
      open();
      network.up();
      network.respond(CONNACK + suback(code));
      assert.deepEqual(told, ["open true"]);
      assert.equal(session.status, true);
      assert.equal(session.last_error, "SUBSCRIBE refused");
    });

  for (const code of [0, 1, 2])
    it(`a granted one is fine: SUBACK ${code}`, () => {
      const { session, network, open } = sessionRig();
      open();
      network.up();
      network.respond(CONNACK + suback(code));
      assert.equal(session.last_error, "");
    });

  it("all filters go in one SUBSCRIBE, and one refused is told", () => {
    for (const codes of ["\x01\x01", "\x01\x80"]) {
      const { session, network, open } = sessionRig({ filters_: () => ["down", "other"] });
      open();
      network.up();
      network.respond(CONNACK);
      network.expect(CONNECT, packet(First.SUBSCRIBE, `\xff\xff${field("down")}\x01${field("other")}\x01`));
      network.respond(packet(First.SUBACK, `\xff\xff${codes}`));
      assert.equal(session.last_error, codes === "\x01\x01" ? "" : "SUBSCRIBE refused");
    }
  });

  it("no SUBACK ends the session", () => {
    const { network, told, open, tick } = sessionRig();
    open();
    network.up();
    network.respond(CONNACK);
    told.length = 0;
    tick(ANSWER);
    assert.deepEqual(told, ["end no answer from the server"]);
  });
});

describe("a late CONNACK", () => {
  it("leaves SUBACK its own time", () => {
    const { session, network, open, tick } = sessionRig();
    open();
    network.up();
    tick(29 * SECOND);
    network.respond(CONNACK);
    tick(ANSWER - 1);
    assert.equal(session.status, true);
    tick(1);
    assert.equal(session.status, false);
  });
});

describe("disconnecting", () => {
  it("sends DISCONNECT, then closes", () => {
    const { session, network, told, connect, close } = sessionRig();
    connect();
    close();
    network.expect(DISCONNECT);
    assert.equal(network.closed, 1);
    assert.equal(session.status, false);
    assert.deepEqual(told, ["close true"], "and not as an end to recover from");
  });

  it("waits for a busy socket: DISCONNECT is the last it takes", () => {
    const { session, network, told, connect, send, close, timers } = sessionRig();
    connect();
    network.room = 0;
    send("a");
    close();
    network.expect();
    assert.deepEqual([network.closed, session.status, session.last_error], [0, false, "disconnected"]);
    assert.deepEqual(told, []);
    network.writable();
    network.expect(message(1, "a"), DISCONNECT);
    assert.equal(network.closed, 1);
    assert.deepEqual(told, ["a false", "close true"]);
    assert.equal(timers(), 0);
  });

  it("waits 5 s, no more, and hears nothing meanwhile", () => {
    const { network, told, connect, close, tick, timers } = sessionRig({}, 1);
    connect();
    network.room = 0;
    close("first");
    close("second");
    network.respond("\x32\x0b\0\x04down\0\x01msg");
    tick(4999);
    assert.deepEqual([told, network.closed], [[], 0]);
    tick(1);
    assert.deepEqual([told, network.closed], [["first true", "second true"], 1]);
    network.writable();
    network.expect();
    assert.equal(timers(), 0);
  });

  it("a connection that ends by itself meanwhile is one that was closed", () => {
    const { network, told, connect, close } = sessionRig();
    connect();
    network.room = 0;
    close();
    network.down(Reason.ClosedByServer);
    assert.deepEqual(told, ["close true"]);
  });

  it("who connects meanwhile gets a new connection, whoever that is", () => {
    for (const other of [false, true]) {
      const { session, network, told, connect, open, close } = sessionRig();
      connect();
      network.room = 0;
      close();
      network.room = Number.POSITIVE_INFINITY;
      const next = other ? member({}, told) : session;
      if (other) next.connect((ok) => told.push(`open ${ok}`));
      else open();
      network.up();
      network.respond(CONNACK);
      assert.deepEqual(told, ["close true", "open true"]);
      assert.deepEqual([next.status, network.opened], [true, 2]);
      next.disconnect(() => {});
    }
  });

  it("what waited for the socket leaves before DISCONNECT, if it takes it now", () => {
    const { session, network, connect, send, close } = sessionRig();
    connect();
    network.room = 0;
    send("a", 0);
    network.room = Number.POSITIVE_INFINITY;
    close();
    network.expect(encodePublish(0, "up", "a"), DISCONNECT);
    assert.equal(session.status, false);
  });

  it("to a dead socket is an end like any other", () => {
    const { session, network, told, connect, close } = sessionRig();
    connect();
    network.room = -1;
    close();
    assert.deepEqual(told, ["end link lost", "close true"]);
    assert.equal(network.closed, 1);
    assert.equal(session.status, false);
  });

  it("listens no more after it", () => {
    const { network, told, connect, close } = sessionRig();
    connect();
    close();
    told.length = 0;
    network.respond("\x32\x0b\0\x04down\0\x01msg");
    assert.deepEqual(told, []);
  });

  it("ends an attempt to connect", () => {
    const { session, network, told, open, close } = sessionRig();
    open();
    close();
    assert.equal(network.closed, 1);
    assert.deepEqual(told, ["open false", "close true"]);
    assert.equal(session.last_error, "disconnected");
  });

  it("is fine when nothing is connected", () => {
    const { network, told, close } = sessionRig();
    close();
    assert.deepEqual(told, ["close true"]);
    assert.equal(network.closed, 0);
  });

  it("can be followed by a new connection at once", () => {
    const { session, network, told, connect, open, close } = sessionRig();
    connect();
    network.room = 0;
    close();
    network.room = Number.POSITIVE_INFINITY;
    open();
    network.up();
    network.respond(CONNACK);
    assert.deepEqual(told, ["close true", "open true"]);
    assert.equal(session.status, true);
  });
});
