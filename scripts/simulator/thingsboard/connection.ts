/**
 * One connection of a device, with the behaviour of ThingsBoard's MQTT transport towards MQTT 3.1.1 clients.
 * Its way of saying no is to close without a word: only the log here tells why.
 */

import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscribePacket,
  type Packet,
} from "mqtt-packet";
import { MAX_QUEUED } from "./client-rpc.ts";
import type { Core } from "./core.ts";
import { ConnackCode } from "./credentials.ts";
import { Decoder, MalformedPacket } from "./decoder.ts";
import type { Device } from "./device.ts";
import { nextRandom } from "./faults.ts";
import { PayloadError } from "./lenient-json.ts";
import { Outlet } from "./outlet.ts";
import { type Publishing, publishRouted } from "./publish.ts";
import type { RpcSession } from "./rpc.ts";
import { Subscriptions } from "./subscriptions.ts";
import { RPC_REQUEST_TOPICS } from "./topics.ts";

export class Connection implements RpcSession, Publishing {
  device: Device | undefined;
  connect: IConnectPacket | undefined;
  connected_ms = 0;
  bytes_received = 0;
  readonly outlet: Outlet;
  readonly subscriptions = new Subscriptions();
  private readonly decoder = new Decoder();
  /** What came before the CONNACK. */
  private readonly queued: Packet[] = [];
  /** Requests sent with QoS 1 whose PUBACK is missing. */
  private readonly unacknowledged = new Map<number, () => void>();
  private readonly timers = new Set<unknown>();
  private packet_id = 0;
  /** How the topics of replies to the device's own calls begin: as its last call's. */
  rpc_reply_topic = "";
  private active_ms = 0;
  over = false;

  constructor(
    private readonly socket: Duplex,
    readonly core: Core<Connection>,
    /** The client's certificate, shown in the TLS handshake. */
    private readonly shown?: X509Certificate,
  ) {
    this.outlet = new Outlet(socket, core.clock, core.faults);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("end", () => this.close("the client closed the connection", true));
    socket.on("error", (error) => this.close(`connection lost: ${error.message}`, true));
    socket.on("close", () => this.close("connection lost", true));
  }

  /** Closes after what is queued is sent; `abrupt`: now. */
  close(reason: string, abrupt = false): void {
    if (abrupt) {
      this.outlet.abandon();
      this.socket.destroy();
    } else this.outlet.end();
    this.finish(reason);
  }

  sendRpcRequest(id: number, payload: string, delivered: () => void): 0 | 1 | undefined {
    const { requests } = this.subscriptions;
    if (requests === undefined || this.over) return undefined;
    const topic = requests + id;
    const { qos, messageId } = this.sendPublish(topic, payload);
    if (qos === 1) this.unacknowledged.set(messageId, delivered);
    for (let more = this.core.faults.repeat_requests; more > 0; more--) this.sendPublish(topic, payload);
    return qos;
  }

  together(send: () => void): void {
    this.outlet.together(send);
  }

  sendPublish(topic: string, payload: string): { qos: 0 | 1; messageId: number } {
    const qos = this.subscriptions.qosOf(topic);
    // Counts QoS 0 messages too, so gaps are normal; ThingsBoard does not skip 0 either.
    this.packet_id = (this.packet_id + 1) & 0xffff;
    const messageId = this.packet_id;
    this.send({ cmd: "publish", topic, payload, qos, messageId, dup: false, retain: false });
    return { qos, messageId };
  }

  private receive(bytes: Buffer): void {
    if (this.over) return;
    this.bytes_received += bytes.length;
    this.decoder.push(bytes);
    try {
      for (let packet = this.decoder.next(); packet && !this.over; packet = this.decoder.next())
        this.handle(packet);
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      this.close(`malformed packet: ${error.message}`);
    }
  }

  private handle(packet: Packet): void {
    const { faults } = this.core;
    const doomed = faults.random_close > 0 && nextRandom(faults) < faults.random_close;
    if (doomed && nextRandom(faults) < 0.5) {
      this.close(`fault: random close before ${packet.cmd}`, true);
      return;
    }
    if (doomed) this.outlet.abandon();
    if (packet.cmd === "connect") this.acceptConnect(packet);
    else if (this.device) this.process(this.device, packet);
    else if (this.queued.length >= MAX_QUEUED) this.close(`over ${MAX_QUEUED} packets before CONNACK`);
    else this.queued.push(packet);
    if (doomed) this.close(`fault: random close after ${packet.cmd}`, true);
  }

  private acceptConnect(packet: IConnectPacket): void {
    const delay_ms = this.core.faults.connack_delay_ms;
    if (delay_ms > 0) this.later(delay_ms, () => this.answerConnect(packet));
    else this.answerConnect(packet);
  }

  private answerConnect(packet: IConnectPacket): void {
    const { core } = this;
    const result = this.loginResult(packet);
    const refused = typeof result === "number";
    this.send({
      cmd: "connack",
      returnCode: refused ? result : ConnackCode.Accepted,
      // No session is ever kept, whatever this says.
      sessionPresent: packet.clean === false,
    });
    if (refused) {
      this.close(`CONNECT of ${packet.username ?? packet.clientId} refused with code ${result}`);
      return;
    }
    if (this.over) return;
    const first = !this.device;
    if (this.device !== result) this.device?.rpc.gone(this);
    this.device = result;
    this.connect = packet;
    this.connected_ms = core.clock.now();
    this.active_ms = this.connected_ms;
    core.opened(this, result);
    if (first) this.watchInactivity(core.inactivity_timeout_ms);
    if (core.faults.rival_ms > 0)
      this.later(core.faults.rival_ms, () =>
        this.close("fault: somebody else logged in with the same token"),
      );
    for (const queued of this.queued.splice(0)) if (!this.over) this.process(result, queued);
  }

  private loginResult(packet: IConnectPacket): Device | ConnackCode {
    const { faults } = this.core;
    if (faults.refuse > 0) return faults.refuse;
    const result = this.core.login(packet, this.shown);
    if (typeof result === "number") return result;
    return this.core.take(result) ? result : ConnackCode.ServerUnavailable;
  }

  private process(device: Device, packet: Packet): void {
    switch (packet.cmd) {
      case "publish":
        this.active_ms = this.core.clock.now();
        this.publish(device, packet);
        break;
      case "subscribe":
        this.active_ms = this.core.clock.now();
        this.subscribe(device, packet);
        break;
      case "unsubscribe":
        for (const filter of packet.unsubscriptions)
          if (this.subscriptions.remove(filter)) device.rpc.gone(this);
        this.send({ cmd: "unsuback", messageId: packet.messageId, granted: [] });
        break;
      case "puback":
        this.acknowledge(packet.messageId ?? 0);
        break;
      case "pingreq":
        this.active_ms = this.core.clock.now();
        if (!this.core.faults.withhold_pingresp) this.send({ cmd: "pingresp" });
        break;
      case "disconnect":
        this.close("the client disconnected");
        break;
      default:
        // PUBREC, PUBREL and PUBCOMP too: QoS 2 does not exist here.
        this.core.log(device, `${packet.cmd} ignored`);
    }
  }

  private publish(device: Device, packet: IPublishPacket): void {
    if (this.core.faults.forbidden_topics.some((topic) => packet.topic.startsWith(topic))) {
      this.close(`fault: ${packet.topic} is forbidden`);
      return;
    }
    try {
      if (publishRouted(this, device, packet)) this.sendPuback(packet);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.close(`bad payload on ${packet.topic}: ${error.message}`);
    }
  }

  withinRate(device: Device, points = 0): boolean {
    if (this.core.take(device, points)) return true;
    this.close("over the rate limit");
    return false;
  }

  sendPuback(packet: IPublishPacket): void {
    const { faults } = this.core;
    if (packet.qos === 0) return;
    if (faults.close_before_pubacks > 0) {
      faults.close_before_pubacks--;
      this.close("fault: closed in place of PUBACK", true);
    } else if (faults.drop_pubacks > 0) {
      faults.drop_pubacks--;
    } else {
      // ThingsBoard answers QoS 2 with PUBACK as well.
      const puback: Packet = { cmd: "puback", messageId: packet.messageId };
      if (faults.puback_delay_ms > 0) this.later(faults.puback_delay_ms, () => this.send(puback));
      else this.send(puback);
    }
  }

  private subscribe(device: Device, packet: ISubscribePacket): void {
    let requests = 0;
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      const prefix = RPC_REQUEST_TOPICS.get(topic);
      const answer = this.subscriptions.add(topic, qos);
      // Over the rate limit the grant is a lie: nothing will come.
      if (prefix !== undefined && this.core.take(device)) {
        this.subscriptions.requests = prefix;
        requests++;
      }
      return answer;
    });
    this.send({ cmd: "suback", messageId: packet.messageId, granted });
    for (; requests > 0 && !this.over; requests--) device.rpc.subscribed(this);
  }

  /** Tells of a change of shared attributes, if the device subscribed to them. */
  sendAttributes(update: object): void {
    const topic = this.subscriptions.attributes;
    if (topic !== undefined && !this.over) this.sendPublish(topic, JSON.stringify(update));
  }

  private acknowledge(packet_id: number): void {
    const delivered = this.unacknowledged.get(packet_id);
    if (!delivered) return;
    this.active_ms = this.core.clock.now();
    this.unacknowledged.delete(packet_id);
    delivered();
  }

  private send(packet: Packet): void {
    const { faults } = this.core;
    const bytes = generate(packet);
    if (faults.cut_next !== packet.cmd) {
      this.outlet.write(bytes);
      return;
    }
    faults.cut_next = undefined;
    this.outlet.write(bytes.subarray(0, bytes.length >> 1));
    this.close(`fault: closed within ${packet.cmd}`);
  }

  /** Keepalive is not enforced; this is. */
  private watchInactivity(after_ms: number): void {
    this.later(after_ms, () => {
      const left_ms = this.active_ms + this.core.inactivity_timeout_ms - this.core.clock.now();
      if (left_ms > 0) this.watchInactivity(left_ms);
      else this.close(`nothing received for ${this.core.inactivity_timeout_ms / 1000} s`);
    });
  }

  later(ms: number, fn: () => void): void {
    const timer = this.core.clock.setTimeout(() => {
      this.timers.delete(timer);
      fn();
    }, ms);
    this.timers.add(timer);
  }

  private finish(reason: string): void {
    if (this.over) return;
    this.over = true;
    for (const timer of this.timers) this.core.clock.clearTimeout(timer);
    this.timers.clear();
    this.device?.rpc.gone(this);
    // Its end is a message too, and a limit that it is over changes nothing.
    if (this.device) this.core.take(this.device);
    this.core.closed(this, reason);
  }
}
