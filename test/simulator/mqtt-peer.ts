/**
 * A device's side of a connection to the stand-in, packet by packet: in memory, on a fake clock, no ports, no sleeps.
 * Within one turn of the event loop everything that can happen has happened, so silence can be asserted.
 */

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { createClock, type Clock as FakeClock } from "@sinonjs/fake-timers";
import { generate, type IConnectPacket, type Packet, parser } from "mqtt-packet";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createThingsBoard, type ThingsBoardOptions } from "../../scripts/simulator/thingsboard/server.ts";
import type { ThingsBoard } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { duplexPair } from "./duplex-pair.ts";

export const START_MS = Date.UTC(2026, 0, 1);

/** A stand-in on a fake clock. Its one device is "tracker" with token "T1" unless the options say otherwise. */
export function setup(options: Partial<ThingsBoardOptions> = {}) {
  const timers: FakeClock = createClock(START_MS);
  const log: string[] = [];
  const closes: string[] = [];
  const server = createThingsBoard({
    devices: [{ name: "tracker", token: "T1" }],
    clock: fromFakeTimers(timers),
    log: (line) => log.push(line),
    ...options,
  });
  server.on("close", ({ reason }) => closes.push(reason));
  return {
    server,
    timers,
    log,
    /** Reasons of the closed connections. */
    closes,
    /** A connection on which nothing is sent yet. */
    open: (version?: 4 | 5) => new MqttPeer(server, version),
    /** A connection that logged in with token T1. */
    connect: async (connect: Partial<IConnectPacket> = {}) => {
      const peer = new MqttPeer(server);
      const connack = await peer.connect(connect);
      assert.equal(connack.returnCode, 0);
      return peer;
    },
  };
}

export class MqttPeer {
  /** Whatever arrived, by segment. */
  readonly segments: Buffer[] = [];
  private readonly received: Packet[] = [];
  private readonly socket;
  private closed = false;

  constructor(
    server: ThingsBoard,
    private readonly protocolVersion: 4 | 5 = 4,
  ) {
    const [device_end, server_end] = duplexPair();
    const incoming = parser({ protocolVersion });
    incoming.on("packet", (packet) => this.received.push(packet));
    incoming.on("error", (error) => {
      // ThingsBoard sends codes of CONNACK in DISCONNECT, against the standard.
      if (error.message !== "Invalid disconnect reason code")
        assert.fail(`the server sent what is no MQTT: ${error.message}`);
    });
    device_end.on("data", (bytes: Buffer) => {
      this.segments.push(bytes);
      incoming.parse(bytes);
    });
    device_end.on("close", () => {
      this.closed = true;
    });
    this.socket = device_end;
    server.accept(server_end);
  }

  /** Sends packets, or bytes, in one segment. */
  send(...packets: (Packet | Buffer)[]): void {
    this.socket.write(
      Buffer.concat(
        packets.map((p) => (Buffer.isBuffer(p) ? p : generate(p, { protocolVersion: this.protocolVersion }))),
      ),
    );
  }

  /** Publishes with QoS 1, or as the fields say. */
  publish(topic: string, payload: string | Buffer, fields: object = {}): void {
    this.send({ cmd: "publish", topic, payload, qos: 1, messageId: 1, dup: false, retain: false, ...fields });
  }

  /** Subscribes and returns the granted codes. Packets that came before stay. */
  async subscribe(filters: Record<string, 0 | 1 | 2>, messageId = 100): Promise<unknown> {
    const subscriptions = Object.entries(filters).map(([topic, qos]) => ({ topic, qos }));
    this.send({ cmd: "subscribe", messageId, subscriptions });
    const suback = await this.expect("suback");
    assert.equal(suback.messageId, messageId);
    return suback.granted;
  }

  async connect(fields: Partial<IConnectPacket> = {}): Promise<Packet & { cmd: "connack" }> {
    this.send(connectPacket({ protocolVersion: this.protocolVersion, ...fields }));
    return this.expect("connack");
  }

  /** The next packet, which must be there and of this kind. */
  async expect<C extends Packet["cmd"]>(cmd: C): Promise<Packet & { cmd: C }> {
    await turn();
    const packet = this.received.shift();
    assert.equal(packet?.cmd, cmd);
    return packet as Packet & { cmd: C };
  }

  /** Nothing has come and the connection is open. */
  async expectSilence(): Promise<void> {
    await turn();
    assert.deepEqual(this.received, []);
    assert.equal(this.closed, false, "closed");
  }

  /** The connection closed and nothing came before. */
  async expectClose(): Promise<void> {
    await turn();
    await turn();
    assert.deepEqual(this.received, []);
    assert.equal(this.closed, true, "still open");
  }

  /** The link dies: no DISCONNECT. */
  async drop(): Promise<void> {
    this.socket.destroy();
    await turn();
  }
}

/** A CONNECT with token T1, but for the fields given. */
export function connectPacket(fields: Partial<IConnectPacket> = {}): IConnectPacket {
  return { cmd: "connect", clientId: "peer", username: "T1", clean: true, keepalive: 60, ...fields };
}

/** The JSON payload of a PUBLISH. */
export function jsonOf(packet: Packet): unknown {
  assert.equal(packet.cmd, "publish");
  return packet.cmd === "publish" ? JSON.parse(packet.payload.toString()) : undefined;
}
