import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Limit } from "../../firmware/mqtt/limits.ts";
import { publish, Role } from "../../firmware/mqtt/session.ts";
import { Reason } from "../../firmware/reason.ts";
import { encodePublish } from "./publish.ts";
import {
  ANSWER,
  again,
  CONNACK,
  CONNECT,
  message,
  puback,
  SECOND,
  SUBSCRIBE,
  sessionRig,
  suback,
} from "./session-rig.ts";

const quiet = (payload: string) => encodePublish(0, "up", payload);

describe("QoS 1", () => {
  it("a message is done at its PUBACK, whatever the order of the PUBACKs", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    send("a");
    send("b");
    network.expect(message(1, "a"), message(2, "b"));
    assert.deepEqual(told, []);
    network.respond(puback(2));
    network.respond(puback(1));
    assert.deepEqual(told, ["b true", "a true"]);
  });

  it("a PUBACK for a later message gives the oldest no more time", () => {
    const { session, network, told, connect, send, tick } = sessionRig();
    connect();
    send("a");
    tick(ANSWER / 2);
    send("b");
    network.respond(puback(2));
    tick(ANSWER / 2 - SECOND);
    assert.equal(session.status, true);
    tick(SECOND);
    assert.equal(session.status, false);
    assert.deepEqual(told, ["b true", "end no answer from the server"]);
  });

  it("a PUBACK for nothing in flight, or a second one, is ignored", () => {
    const { session, network, told, connect, send } = sessionRig();
    connect();
    send("a");
    network.respond(puback(99) + puback(1) + puback(1));
    assert.deepEqual(told, ["a true"]);
    assert.equal(session.status, true);
  });

  it("SUBACK and UNSUBACK with a message's identifier do not acknowledge it", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    send("a");
    network.respond(`${suback(1, 2)}\xb0\x02\0\x02`);
    assert.deepEqual(told, []);
  });

  it("identifiers wrap from 65,534 to 1 and skip those in flight; SUBSCRIBE has 65,535", () => {
    const { network, connect, send } = sessionRig();
    connect();
    send("first");
    network.expect(message(1, "first"));
    for (let id = 2; id <= 65_534; id++) {
      send("x");
      network.respond(puback(id));
    }
    network.writes = [];
    for (const payload of ["a", "b"]) send(payload);
    network.expect(message(2, "a"), message(3, "b"));
  });

  it("no more than 12 are in flight", () => {
    const { session, network, told, connect, send } = sessionRig();
    connect();
    for (const payload of "abcdefghijklm") send(payload);
    assert.deepEqual(told, ["m false"]);
    assert.equal(session.last_error, "busy");
    network.respond(puback(2));
    send("n");
    assert.deepEqual(told, ["m false", "b true"]);
    assert.equal(Limit.Flight, 12);
  });

  it("is refused while not connected, and when too large", () => {
    const { session, network, told, connect, send } = sessionRig();
    send("a");
    assert.deepEqual(told, ["a false"]);
    assert.equal(session.last_error, "not connected");
    connect();
    send("x".repeat(4097), 1, "large");
    assert.deepEqual(told, ["large false"]);
    assert.equal(session.last_error, "too large");
    network.expect();
  });

  it("no PUBACK ends the connection, and the message is sent again, marked DUP, on the next", () => {
    const { network, told, connect, send, open, tick } = sessionRig();
    connect();
    send("a");
    network.expect(message(1, "a"));
    tick(ANSWER - 1);
    assert.deepEqual(told, []);
    tick(1);
    assert.deepEqual(told, ["end no answer from the server"]);
    open();
    network.up();
    network.respond(CONNACK);
    network.expect(CONNECT, SUBSCRIBE, again(message(1, "a")));
    network.respond(puback(1));
    assert.deepEqual(told.slice(1), ["open true", "a true"]);
  });

  it("a PUBACK gives the other messages their time anew", () => {
    const { session, network, connect, send, tick } = sessionRig();
    connect();
    send("a");
    send("b");
    tick(29 * SECOND);
    network.respond(puback(1));
    tick(ANSWER - 1);
    assert.equal(session.status, true);
    tick(1);
    assert.equal(session.status, false);
  });

  it("messages sent one after the other do not put the deadline off", () => {
    const { session, connect, send, tick } = sessionRig();
    connect();
    for (let s = 0; s < 40; s += 10) {
      send(`${s}`);
      tick(10 * SECOND);
    }
    assert.equal(session.status, false);
  });

  it("messages in flight stay in order, before new ones", () => {
    const { network, connect, send, open } = sessionRig();
    connect();
    for (const payload of ["a", "b", "c"]) send(payload);
    network.respond(puback(2));
    network.down(Reason.LinkLost);
    open();
    network.up();
    network.writes = [];
    network.respond(CONNACK);
    send("d");
    network.expect(SUBSCRIBE, again(message(1, "a")), again(message(3, "c")), message(2, "d"));
  });

  it("a message is given up when the third connection ends without its PUBACK: it may be what ends them", () => {
    const { session, network, told, connect, send, open } = sessionRig();
    connect();
    send("poison");
    for (let connection = 2; connection <= Limit.Tries; connection++) {
      network.down(Reason.ClosedByServer);
      open();
      network.up();
      network.respond(CONNACK);
    }
    told.length = 0;
    network.down(Reason.ClosedByServer);
    assert.deepEqual(told, ["poison false", "end closed by server"]);
    assert.equal(session.last_error, "closed by server");
    open();
    network.up();
    network.writes = [];
    network.respond(CONNACK);
    assert.equal(network.writes.length, 1, "only SUBSCRIBE");
  });

  it("a message is given up when no connection follows for 240 s", () => {
    const { network, told, connect, send, tick, timers } = sessionRig();
    connect();
    send("a");
    network.down(Reason.LinkLost);
    told.length = 0;
    tick(239 * SECOND);
    assert.deepEqual(told, []);
    tick(SECOND);
    assert.deepEqual(told, ["a false"]);
    assert.equal(timers(), 0);
  });

  it("disconnecting gives messages up", () => {
    const { session, told, connect, send, close } = sessionRig();
    connect();
    send("a");
    close();
    assert.deepEqual(told, ["a false", "close true"]);
    assert.equal(session.last_error, "disconnected");
  });

  it("so does disconnecting after the connection was lost", () => {
    const { network, told, connect, send, close } = sessionRig();
    connect();
    send("a");
    network.down(Reason.LinkLost);
    close();
    assert.deepEqual(told, ["end link lost", "a false", "close true"]);
  });

  it("a message can be sent from the callback of another", () => {
    const { session, network, told, connect, send } = sessionRig();
    connect();
    publish(session, "up", "a", () => send("b"), 1, Role.Message);
    network.respond(puback(1));
    network.expect(message(1, "a"), message(2, "b"));
    network.respond(puback(2));
    assert.deepEqual(told, ["b true"]);
  });
});

describe("QoS 0", () => {
  it("a message is done when the socket took it", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    send("a", 0);
    network.expect(quiet("a"));
    assert.deepEqual(told, ["a true"]);
  });

  it("while the socket is busy it waits", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    network.room = 0;
    send("a", 0);
    send("b", 0);
    assert.deepEqual(told, []);
    network.writable();
    network.expect(quiet("a"), quiet("b"));
    assert.deepEqual(told, ["a true", "b true"]);
  });

  it("one that is sent from the outcome of another is not done with it", () => {
    const { session, network, told, connect } = sessionRig();
    connect();
    network.room = 0;
    const later = () => {
      network.room = 0;
      publish(session, "up", "b", (ok) => told.push(`b ${ok}`), 0, Role.Message);
    };
    publish(session, "up", "a", later, 0, Role.Message);
    network.writable();
    assert.deepEqual(told, []);
    network.writable();
    assert.deepEqual(told, ["b true"]);
  });

  it("what waits is bounded", () => {
    const { session, network, told, connect, send } = sessionRig();
    connect();
    network.room = 0;
    for (const payload of "abcdefghijklm") send(payload, 0);
    assert.deepEqual(told, ["m false"]);
    assert.equal(session.last_error, "busy");
  });

  it("what the socket did not take is lost with the connection", () => {
    const { network, told, connect, send } = sessionRig();
    connect();
    network.room = 3;
    send("a", 0);
    network.down(Reason.LinkLost);
    assert.deepEqual(told, ["a false", "end link lost"]);
  });

  it("a socket that stays busy ends the session", () => {
    const { network, told, connect, send, tick } = sessionRig({}, 0);
    connect();
    network.room = 0;
    send("a", 0);
    tick(ANSWER);
    assert.deepEqual(told, ["a false", "end link slow"]);
  });
});

describe("the socket", () => {
  it("gets what waits in as few sends as there are segments, and no packet is split that fits one", () => {
    const { network, connect, send } = sessionRig();
    connect();
    const sizes = [10, 700, 700, 100, 1000, 400, 20];
    network.room = 0;
    for (const [i, size] of sizes.entries()) send(String.fromCharCode(97 + i).repeat(size));
    network.writable();
    const packets = sizes.map((size, i) => message(i + 1, String.fromCharCode(97 + i).repeat(size)));
    const joined = [packets.slice(0, 3), packets.slice(3, 5), packets.slice(5)];
    assert.deepEqual(
      network.writes,
      joined.map((it) => it.join("")),
    );
    for (const bytes of network.writes) assert.ok(bytes.length <= 1460);
  });

  it("that takes nothing for 40 s ends the session, also when no answer is awaited", () => {
    const { network, told, connect, tick } = sessionRig({}, 0);
    connect();
    network.room = 0;
    network.respond(encodePublish(7, "down", "a"));
    tick(ANSWER - 1);
    assert.deepEqual(told, ["message down a"]);
    tick(1);
    assert.deepEqual(told, ["message down a", "end link slow"]);
  });

  it("that takes little by little is given its time", () => {
    const { session, network, connect, tick } = sessionRig({}, 0);
    connect();
    network.room = 0;
    network.respond(encodePublish(7, "down", "a"));
    for (let i = 0; i < 4; i++) {
      tick(ANSWER - 1);
      network.writable(1);
    }
    assert.equal(session.status, true);
    network.expect(puback(7));
  });

  it("gets each packet whole, and the rest of one when it is writable again", () => {
    const { network, connect, send } = sessionRig();
    connect();
    const packet = message(1, "x".repeat(3000));
    network.room = 1460;
    send("x".repeat(3000));
    send("b");
    network.writable(1460);
    network.writable(1460);
    network.expect(packet.slice(0, 1460), packet.slice(1460, 2920), packet.slice(2920), message(2, "b"));
  });

  it("that is dead ends the session", () => {
    const { session, network, told, connect, send } = sessionRig();
    connect();
    network.room = -1;
    send("a");
    assert.deepEqual(told, ["end link lost"]);
    assert.equal(session.status, false);
  });
});
