import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PublishFlag } from "../../firmware/mqtt/packet.ts";
import { publish } from "../../firmware/mqtt/session.ts";
import { encodePublish } from "./publish.ts";
import { CONNACK, DISCONNECT, message, puback, sessionRig, suback } from "./session-rig.ts";

const down = (payload: string, id = 0, flags?: number) => encodePublish(id, "down", payload, flags);

describe("messages from the server", () => {
  it("of QoS 0 are handed over", () => {
    const { network, told, connect } = sessionRig();
    connect();
    network.respond(down("a"));
    assert.deepEqual(told, ["message down a"]);
    network.expect();
  });

  it("of QoS 1 are handed over, then acknowledged", () => {
    const { network, told, connect } = sessionRig({
      onMessage_: () => told.push(`handed over, ${network.writes.length} written`),
    });
    connect();
    network.respond(down("a", 7));
    assert.deepEqual(told, ["handed over, 0 written"]);
    network.expect(puback(7));
  });

  it("are acknowledged although the callback throws, and that is told", () => {
    const { session, network, connect } = sessionRig({
      onMessage_: () => {
        throw Error("mine");
      },
    });
    connect();
    network.respond(down("a", 7) + down("b", 8));
    network.expect(puback(7), puback(8));
    assert.equal(session.last_error, "callback: Error: mine");
    assert.equal(session.status, true);
  });

  it("of QoS 2 end the session", () => {
    const { network, told, connect } = sessionRig();
    connect();
    network.respond(down("a", 7, PublishFlag.QOS_2));
    assert.deepEqual(told, ["end MQTT: QoS 2"]);
    network.expect();
    assert.equal(network.closed, 1);
  });

  it("come in any pieces, with other packets around them", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    send("x");
    network.writes = [];
    for (const byte of `${down("a", 1)}${puback(1)}${down("b")}\xd0\0${down("c", 3)}`) network.respond(byte);
    assert.deepEqual(told, ["message down a", "x true", "message down b", "message down c"]);
    network.expect(puback(1), puback(3));
  });

  it("may come in the same piece as CONNACK", () => {
    const { network, told, open } = sessionRig();
    open();
    network.up();
    network.respond(CONNACK + suback(1) + down("a", 9));
    assert.deepEqual(told, ["open true", "message down a"]);
  });

  it("that are malformed end the session with the error's name", () => {
    const { session, network, told, connect, open } = sessionRig();
    connect();
    network.respond("\x30\x05\0\x03a/+");
    assert.deepEqual(told, ["end MQTT: topic"]);
    assert.equal(network.closed, 1);
    open();
    network.up();
    network.respond(CONNACK);
    assert.equal(session.status, true, "the next connection starts afresh");
  });

  it("that are larger than the limit end the session before they are here", () => {
    const { network, told, connect } = sessionRig();
    connect();
    network.respond("\x30\x81\x20");
    assert.deepEqual(told, ["end MQTT: size"]);
  });

  it("can be answered from the callback; the answer leaves after it, from a shallower stack", () => {
    const { session, network, told, connect } = sessionRig({
      onMessage_: () => {
        publish(session, "up", "answer", () => {}, 1);
        told.push(`answered, ${network.writes.length} written`);
      },
    });
    connect();
    network.respond(down("a", 7));
    assert.deepEqual(told, ["answered, 0 written"]);
    network.expect(message(1, "answer"), puback(7));
  });

  it("can make the callback disconnect; what is behind them is not looked at", () => {
    const { session, network, told, connect } = sessionRig({
      onMessage_: () => {
        told.push("message");
        session.disconnect((ok) => told.push(`close ${ok}`));
      },
    });
    connect();
    network.respond(down("a", 7) + down("b", 8));
    assert.deepEqual(told, ["message", "close true"]);
    network.expect(DISCONNECT);
    assert.equal(network.closed, 1);
  });

  it("more than the socket has room to acknowledge: a burst is fine, a flood ends the session", () => {
    const { session, network, connect } = sessionRig();
    connect();
    network.room = 0;
    for (let id = 1; id <= 40; id++) network.respond(down("a", id));
    assert.equal(session.status, true);
    network.writable();
    assert.equal(network.writes.length, 40);
    network.room = 0;
    for (let id = 1; id <= 41; id++) network.respond(down("a", id));
    assert.equal(session.last_error, "link slow");
  });
});
