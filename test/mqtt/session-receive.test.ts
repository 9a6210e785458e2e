import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parser } from "mqtt-packet";
import type { Session } from "../../firmware/mqtt/owner.ts";
import { PublishFlag } from "../../firmware/mqtt/packet.ts";
import { publish, Role } from "../../firmware/mqtt/session.ts";
import { Reason } from "../../firmware/reason.ts";
import { latin1 } from "./bytes.ts";
import { encodePublish } from "./publish.ts";
import { ANSWER, CONNACK, DISCONNECT, message, puback, sessionRig, suback } from "./session-rig.ts";

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

  it("of QoS 2, for which we never ask, are handed over, and the server may forget them", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    network.respond(down("a", 7, PublishFlag.QOS_2));
    assert.deepEqual(told, ["message down a"]);
    network.expect("\x50\x02\0\x07");
    network.respond("\x62\x02\0\x07");
    network.expect("\x70\x02\0\x07");
    assert.equal(session.status, true);
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
    network.respond("\x36\x05\0\x01t\0\x01");
    assert.deepEqual(told, ["end MQTT error"]);
    assert.equal(session.last_error, "MQTT error: flags");
    assert.equal(network.closed, 1);
    open();
    network.up();
    network.respond(CONNACK);
    assert.equal(session.status, true, "the next connection starts afresh");
  });

  const forbidden = [
    ["with a wildcard", "a/+"],
    ["that is empty", ""],
    ["that is not UTF-8", "\xff"],
    ["longer than a packet may be", "t".repeat(5000)],
  ] as const;
  for (const [name, topic] of forbidden)
    it(`of a topic ${name} are passed over and acknowledged: they would come again for ever`, () => {
      const { session, network, told, connect } = sessionRig();
      connect();
      network.respond(encodePublish(7, topic, "x") + down("after", 8));
      assert.deepEqual(told, ["message down after"]);
      assert.equal(session.status, true);
      // Of the last one not even the identifier is kept.
      network.expect(...(topic.length > 4096 ? [] : [puback(7)]), puback(8));
    });

  it("without an identifier are handed over, and there is nothing to acknowledge", () => {
    const { network, told, connect } = sessionRig();
    connect();
    network.respond("\x32\x09\0\x04down\0\0a");
    assert.deepEqual(told, ["message down a"]);
    network.expect();
  });

  for (const id of [0, 7])
    it(`that are too large are passed over, told without payload${id ? ", and acknowledged" : ""}`, () => {
      const { session, network, told, connect, send } = sessionRig();
      connect();
      const large = down("x".repeat(4200), id);
      for (const size of [1, 7, 100, 512, 5000]) {
        network.read_size = size;
        network.respond(large + down("after"));
        assert.deepEqual(told.splice(0), ["message down undefined", "message down after"]);
        network.expect(...(id ? [puback(id)] : []));
      }
      send("a");
      network.respond(puback(1));
      assert.deepEqual([told, session.status], [["a true"], true]);
    });

  it("of the largest size there is are counted down, and none of it is kept", () => {
    const { session, network, told, connect, send, tick } = sessionRig({}, 0);
    connect();
    send("a");
    network.respond(`\x32\xff\xff\xff\x7f\0\x04down\0\x07`);
    const piece = "x".repeat(1 << 20);
    let left = 268_435_455 - 8;
    for (; left > piece.length; left -= piece.length) {
      network.respond(piece);
      // What is awaited comes behind it.
      tick(ANSWER - 1);
    }
    network.respond(piece.slice(0, left) + puback(1));
    assert.deepEqual(told, ["message down undefined", "a true"]);
    assert.equal(session.status, true);
  });

  it("that are too large, in the next connection are none of its", () => {
    const { network, told, connect } = sessionRig();
    connect();
    network.respond(down("x".repeat(4200), 7).slice(0, 100));
    network.down(Reason.LinkLost);
    connect();
    network.respond(down("a", 1));
    assert.deepEqual(told, ["message down a"]);
  });

  it("can be answered from the callback; the answer leaves after it, from a shallower stack", () => {
    const { session, network, told, connect } = sessionRig({
      onMessage_: () => {
        publish(session, "up", "answer", () => {}, 1, Role.Message);
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

  it("42 in one read are acknowledged in one send", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    const ids = Array.from({ length: 42 }, (_, i) => i + 1);
    network.respond(ids.map((id) => down("a", id)).join(""));
    assert.deepEqual(network.writes, [ids.map(puback).join("")]);
    assert.deepEqual([told.length, session.status], [42, true]);
  });

  it("are not taken from the network while more than a quarter of a send waits for the socket", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    network.room = 0;
    network.read_size = 512;
    const ids = Array.from({ length: 5000 }, (_, i) => i + 1);
    network.respond(ids.map((id) => down("a", id)).join(""));
    const before = told.length;
    assert.ok(before > 90 && before < 240, `${before} handled`);
    for (let sends = 0; network.backlog; sends++) {
      assert.ok(sends < 60);
      network.writable(1460);
    }
    network.writable();
    network.expect(...ids.map(puback));
    assert.deepEqual([told.length, session.status], [5000, true]);
  });
});

type Outcome = ((ok: boolean) => void) | 0;
const reply = (session: Session, payload: string, done: Outcome, role = Role.Reply) =>
  publish(session, "up", payload, done, session.config_.qos, role);

describe("replies", () => {
  /** A client that answers each message at once, or a hundred bytes more. */
  const answering = (changes: object = {}, size = 0) => {
    const rig = sessionRig({
      onMessage_: (_topic, payload) => {
        rig.told.push(`asked ${payload}`);
        reply(rig.session, `${payload}${"!".repeat(size)}`, 0, Role.OwnReply);
      },
      ...changes,
    });
    return rig;
  };

  it("acknowledge their request once the server acknowledged them", () => {
    const { network, connect } = answering();
    connect();
    network.respond(down("a", 7));
    network.expect(message(1, "a"));
    network.respond(puback(1));
    network.expect(puback(7));
    network.respond(puback(1));
    network.expect();
  });

  it("of QoS 0: their request behind them", () => {
    const { session, network, connect } = answering();
    connect();
    session.config_.qos = 0;
    network.respond(down("a", 7));
    network.expect(encodePublish(0, "up", "a"), puback(7));
  });

  it("to a request of QoS 0 acknowledge nothing", () => {
    const { network, connect } = answering();
    connect();
    network.respond(down("a"));
    network.respond(puback(1));
    network.expect(message(1, "a"));
  });

  it("are not sent again: the server sends the request again", () => {
    const { network, told, connect } = answering();
    connect();
    network.respond(down("a", 7));
    network.down(Reason.LinkLost);
    connect();
    network.expect();
    network.respond(down("a", 3));
    network.respond(puback(1));
    network.expect(message(1, "a"), puback(3));
    assert.deepEqual(told, ["asked a"]);
  });

  it("that stay without PUBACK end the session", () => {
    const { network, told, connect, tick } = answering({}, 0);
    connect();
    network.respond(down("a", 7));
    tick(ANSWER - 1);
    assert.deepEqual(told, ["asked a"]);
    tick(1);
    assert.deepEqual(told, ["asked a", "end no answer from the server"]);
  });

  it("one that cannot go leaves the acknowledgement to the session", () => {
    const { session, network, connect } = answering({}, 5000);
    connect();
    network.respond(down("a", 7));
    network.expect(puback(7));
    assert.equal(session.last_error, "too large");
  });

  it("given later acknowledge nothing: that was done when the callback returned", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    network.respond(down("a", 7));
    network.expect(puback(7));
    reply(session, "late", (ok) => told.push(`late ${ok}`));
    network.expect(message(1, "late"));
    network.respond(puback(1));
    network.expect();
    assert.deepEqual(told, ["message down a", "late true"]);
  });

  it("tell their outcome; it is false when the connection ends, and nothing is left to wait for", () => {
    const { session, network, told, connect, timers } = sessionRig();
    connect();
    reply(session, "a", (ok) => told.push(`a ${ok}`));
    network.down(Reason.LinkLost);
    assert.deepEqual(told, ["a false", "end link lost"]);
    assert.equal(timers(), 0);
  });

  it("given from elsewhere while the socket takes nothing are bounded", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    network.room = 0;
    for (let i = 0; i < 30; i++) reply(session, "x".repeat(1000), (ok) => told.push(`${i} ${ok}`));
    assert.ok(told.length >= 20 && told.every((line) => line.endsWith("false")), `${told}`);
    assert.equal(session.last_error, "busy");
  });

  for (const size of [0, 100, 600])
    for (const read of [1, 512, Number.POSITIVE_INFINITY])
      it(`to a hundred requests at once all go, ${size} bytes more each, read by ${read}`, () => {
        const { session, network, told, connect, send } = answering({}, size);
        connect();
        network.read_size = read;
        network.room = 0;
        send("sample");
        told.length = 0;
        const ids = Array.from({ length: 100 }, (_, i) => i + 1);
        const acknowledged: number[] = [];
        const server = parser();
        server.on("packet", (packet) => {
          if (packet.cmd === "puback") acknowledged.push(packet.messageId as number);
          if (packet.cmd === "publish") network.respond(puback(packet.messageId as number));
        });
        network.respond(ids.map((id) => down(`request ${id}`, id)).join(""));
        for (let turn = 0; turn < 200; turn++) {
          network.writable(1460);
          server.parse(latin1(network.writes.splice(0).join("")));
        }
        assert.deepEqual(acknowledged, ids);
        assert.equal(told.filter((line) => line.startsWith("asked")).length, 100);
        assert.ok(told.includes("sample true"));
        assert.equal(session.status, true);
      });
});
