import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ANSWER, message, PINGREQ, PINGRESP, puback, SECOND, sessionRig } from "./session-rig.ts";

const KEEP_ALIVE = 60 * SECOND;

describe("keep alive", () => {
  it("PINGREQ goes out when nothing was written for that long", () => {
    const { network, connect, tick } = sessionRig();
    connect();
    tick(KEEP_ALIVE - 1);
    network.expect();
    tick(1);
    network.expect(PINGREQ);
  });

  it("counts from the last write, not from what the server sends", () => {
    const { network, connect, tick, send } = sessionRig();
    connect();
    tick(50 * SECOND);
    send("x");
    network.expect(message(1, "x"));
    tick(5 * SECOND);
    network.respond(puback(1));
    tick(KEEP_ALIVE - 5 * SECOND - 1);
    network.respond("\x30\x06\0\x04down");
    network.expect();
    tick(1);
    network.expect(PINGREQ);
  });

  it("PINGRESP keeps the session, for hours", () => {
    const { session, network, connect, tick } = sessionRig();
    connect();
    for (let i = 0; i < 200; i++) {
      tick(KEEP_ALIVE);
      network.expect(PINGREQ);
      tick(100);
      network.respond(PINGRESP);
    }
    assert.equal(session.status, true);
  });

  it("no PINGRESP ends it, with the reason", () => {
    const { session, network, told, connect, tick } = sessionRig();
    connect();
    tick(KEEP_ALIVE + ANSWER - 1);
    assert.equal(session.status, true);
    tick(1);
    assert.equal(session.status, false);
    assert.equal(network.closed, 1);
    assert.deepEqual(told, ["end no answer from the server"]);
  });

  it("a keep alive shorter than that deadline does not put it off with each PINGREQ", () => {
    const { session, connect, tick } = sessionRig({}, 15);
    connect();
    tick(15 * SECOND + ANSWER);
    assert.equal(session.status, false);
  });

  it("messages that leave meanwhile do not put it off either", () => {
    const { session, connect, tick, send } = sessionRig({}, 15);
    connect();
    tick(15 * SECOND);
    for (let s = 0; s < 40; s += 10) {
      send(`${s}`, 0);
      tick(10 * SECOND);
    }
    assert.equal(session.status, false);
  });

  it("0 is none", () => {
    const { network, connect, tick, timers } = sessionRig({}, 0);
    connect();
    tick(24 * 3600 * SECOND);
    network.expect();
    assert.equal(timers(), 0, "and nothing wakes the board");
  });

  it("a socket that takes nothing any more ends the session", () => {
    const { session, network, connect, tick } = sessionRig();
    connect();
    network.room = 0;
    tick(KEEP_ALIVE + ANSWER);
    assert.equal(session.status, false);
  });

  it("between writes one timer runs, after the end none", () => {
    const { connect, close, tick, timers } = sessionRig();
    connect();
    tick(ANSWER);
    assert.equal(timers(), 1);
    close();
    assert.equal(timers(), 0);
  });
});
