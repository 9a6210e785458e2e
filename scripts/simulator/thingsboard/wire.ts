/** A client's connection as packets: both ways, in the protocol version that its CONNECT named. */

import type { Duplex } from "node:stream";
import { generate, type IConnectPacket, type Packet } from "mqtt-packet";
import type { Clock } from "../clock.ts";
import { Decoder, MalformedPacket } from "./decoder.ts";
import type { FaultSettings } from "./faults.ts";
import { Outlet } from "./outlet.ts";
import { Reason } from "./reasons.ts";

/** Who is told what comes. */
export interface WireEnd {
  readonly over: boolean;
  handle(packet: Packet): void;
  /** It is over, and why. */
  finish(reason: string): void;
}

export class Wire {
  bytes_received = 0;
  readonly outlet: Outlet;
  /** Of the last CONNECT; a refusal of an earlier packet has no words to say. */
  private version: IConnectPacket["protocolVersion"] = 4;
  private readonly decoder = new Decoder();
  private packet_id = 0;

  constructor(
    private readonly socket: Duplex,
    clock: Clock,
    private readonly faults: FaultSettings,
    private readonly end: WireEnd,
  ) {
    this.outlet = new Outlet(socket, clock, faults);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("end", () => this.cut("the client closed the connection"));
    socket.on("error", (error) => this.cut(`connection lost: ${error.message}`));
    socket.on("close", () => this.cut("connection lost"));
  }

  /** Whether it says why it refuses. */
  get tells(): boolean {
    return this.version === 5;
  }

  /** Closes after what is queued is sent. `code`: what MQTT 5's DISCONNECT says. */
  close(reason: string, code?: Reason): void {
    if (this.tells && code !== undefined && !this.end.over)
      this.outlet.write(generate({ cmd: "disconnect", reasonCode: code }, { protocolVersion: 5 }));
    this.outlet.end();
    this.end.finish(reason);
  }

  /** Closes now; what is queued is lost. */
  cut(reason: string): void {
    this.outlet.abandon();
    this.socket.destroy();
    this.end.finish(reason);
  }

  send(packet: Packet): void {
    const bytes = generate(packet, { protocolVersion: this.version ?? 4 });
    if (this.faults.cut_next !== packet.cmd) {
      this.outlet.write(bytes);
      return;
    }
    this.faults.cut_next = undefined;
    this.outlet.write(bytes.subarray(0, bytes.length >> 1));
    this.close(`fault: closed within ${packet.cmd}`);
  }

  /** Returns its packet identifier. */
  publish(topic: string, payload: string | Buffer, qos: 0 | 1): number {
    // Counts QoS 0 messages too, so gaps are normal; ThingsBoard does not skip 0 either.
    this.packet_id = (this.packet_id + 1) & 0xffff;
    this.send({ cmd: "publish", topic, payload, qos, messageId: this.packet_id, dup: false, retain: false });
    return this.packet_id;
  }

  private receive(bytes: Buffer): void {
    if (this.end.over) return;
    this.bytes_received += bytes.length;
    this.decoder.push(bytes);
    try {
      for (let packet = this.decoder.next(); packet && !this.end.over; packet = this.decoder.next()) {
        if (packet.cmd === "connect") this.version = packet.protocolVersion ?? 4;
        this.end.handle(packet);
      }
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      this.close(`malformed packet: ${error.message}`, Reason.MalformedPacket);
    }
  }
}
