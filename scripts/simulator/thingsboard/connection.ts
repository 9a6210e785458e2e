/**
 * One connection of a device, with the behaviour of ThingsBoard's MQTT transport. Towards MQTT 3 its way of saying no is to
 * close without a word: only the log here tells why. MQTT 5 clients are told a reason code.
 */

import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import type { IConnectPacket, IPublishPacket, ISubscribePacket, Packet } from "mqtt-packet";
import { MAX_QUEUED } from "./client-rpc.ts";
import type { Core } from "./core.ts";
import { ConnackCode } from "./credentials.ts";
import type { Device, DeviceSession } from "./device.ts";
import { nextRandom } from "./faults.ts";
import { PayloadCrash, PayloadError } from "./lenient-json.ts";
import { Downloads } from "./ota-chunks.ts";
import { isProvisioning, processProvisioning } from "./provision-session.ts";
import { type Publishing, publishRouted } from "./publish.ts";
import { afterRefusal, connackReason, Reason } from "./reasons.ts";
import type { RpcSession } from "./rpc.ts";
import { Subscriptions } from "./subscriptions.ts";
import { RPC_REQUEST_TOPICS } from "./topics.ts";
import { Wire, type WireEnd } from "./wire.ts";

export class Connection implements RpcSession, DeviceSession, Publishing, WireEnd {
  device: Device | undefined;
  connect: IConnectPacket | undefined;
  connected_ms = 0;
  readonly wire: Wire;
  readonly subscriptions = new Subscriptions();
  readonly downloads = new Downloads();
  /** It may ask for credentials, and nothing else. */
  private provisioning = false;
  /** What came before the CONNACK. */
  private readonly queued: Packet[] = [];
  /** Requests sent with QoS 1 whose PUBACK is missing. */
  private readonly unacknowledged = new Map<number, () => void>();
  private readonly timers = new Set<unknown>();
  /** How the topics of replies to the device's own calls begin: as its last call's. */
  rpc_reply_topic = "";
  private active_ms = 0;
  over = false;

  constructor(
    socket: Duplex,
    readonly core: Core<Connection>,
    /** The client's certificate, shown in the TLS handshake. */
    private readonly shown?: X509Certificate,
  ) {
    this.wire = new Wire(socket, core.clock, core.faults, this);
  }

  close(reason: string, code?: Reason): void {
    this.wire.close(reason, code);
  }

  cut(reason: string): void {
    this.wire.cut(reason);
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
    this.wire.outlet.together(send);
  }

  sendPublish(topic: string, payload: string | Buffer): { qos: 0 | 1; messageId: number } {
    const qos = this.subscriptions.qosOf(topic);
    return { qos, messageId: this.wire.publish(topic, payload, qos) };
  }

  sendAttributes(update: object): void {
    const topic = this.subscriptions.attributes;
    if (topic !== undefined && !this.over) this.sendPublish(topic, JSON.stringify(update));
  }

  handle(packet: Packet): void {
    const { faults } = this.core;
    const doomed = faults.random_close > 0 && nextRandom(faults) < faults.random_close;
    if (doomed && nextRandom(faults) < 0.5) {
      this.cut(`fault: random close before ${packet.cmd}`);
      return;
    }
    if (doomed) this.wire.outlet.abandon();
    if (packet.cmd === "connect") this.acceptConnect(packet);
    else if (this.provisioning) processProvisioning(this, packet);
    else if (this.device) this.process(this.device, packet);
    else if (this.queued.length >= MAX_QUEUED)
      this.close(`over ${MAX_QUEUED} packets before CONNACK`, Reason.QuotaExceeded);
    else this.queued.push(packet);
    if (doomed) this.cut(`fault: random close after ${packet.cmd}`);
  }

  private acceptConnect(packet: IConnectPacket): void {
    const delay_ms = this.core.faults.connack_delay_ms;
    if (delay_ms > 0) this.later(delay_ms, () => this.answerConnect(packet));
    else this.answerConnect(packet);
  }

  private answerConnect(packet: IConnectPacket): void {
    const { core } = this;
    const provisioning = core.faults.refuse === 0 && isProvisioning(packet);
    const result = provisioning ? undefined : this.loginResult(packet);
    const code = typeof result === "number" ? result : ConnackCode.Accepted;
    const reason = connackReason(code, packet, this.shown !== undefined);
    this.wire.send({
      cmd: "connack",
      ...(this.wire.tells ? { reasonCode: reason } : { returnCode: code }),
      // No session is ever kept, whatever this says.
      sessionPresent: packet.clean === false,
    });
    if (typeof result === "number") {
      this.close(
        `CONNECT of ${packet.username ?? packet.clientId} refused with code ${result}`,
        afterRefusal(reason),
      );
      return;
    }
    if (this.over) return;
    this.provisioning = provisioning;
    if (result) this.open(result, packet);
    for (const queued of this.queued.splice(0))
      if (this.over) return;
      else if (result) this.process(result, queued);
      else processProvisioning(this, queued);
  }

  private open(device: Device, packet: IConnectPacket): void {
    const { core } = this;
    const first = !this.device;
    if (this.device !== device) this.device?.rpc.gone(this);
    this.device = device;
    this.connect = packet;
    this.connected_ms = core.clock.now();
    this.active_ms = this.connected_ms;
    core.opened(this, device);
    if (first) this.watchInactivity(core.inactivity_timeout_ms);
    if (core.faults.rival_ms > 0)
      this.later(core.faults.rival_ms, () =>
        this.close("fault: somebody else logged in with the same token", Reason.SessionTakenOver),
      );
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
        this.wire.send({
          cmd: "unsuback",
          messageId: packet.messageId,
          granted: packet.unsubscriptions.map(() => Reason.Success),
        });
        break;
      case "puback":
        this.acknowledge(packet.messageId ?? 0);
        break;
      case "pingreq":
        this.active_ms = this.core.clock.now();
        if (!this.core.faults.withhold_pingresp) this.wire.send({ cmd: "pingresp" });
        break;
      case "disconnect":
        this.close("the client disconnected", Reason.Success);
        break;
      default:
        // PUBREC, PUBREL and PUBCOMP too: QoS 2 does not exist here.
        this.core.log(device, `${packet.cmd} ignored`);
    }
  }

  private publish(device: Device, packet: IPublishPacket): void {
    if (this.core.faults.forbidden_topics.some((topic) => packet.topic.startsWith(topic))) {
      this.close(`fault: ${packet.topic} is forbidden`, Reason.NotAuthorized);
      return;
    }
    this.refusing(packet, () => {
      const code = publishRouted(this, device, packet);
      if (code !== undefined) this.sendPuback(packet, code);
    });
  }

  /** What is wrong with its payload closes the connection; an MQTT 5 client may try again with the next. */
  refusing(packet: IPublishPacket, take: () => void): void {
    try {
      take();
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const why = `bad payload on ${packet.topic}: ${error.message}`;
      if (error instanceof PayloadCrash) this.close(why, Reason.ServerShuttingDown);
      else if (this.wire.tells && packet.qos > 0) {
        this.core.log(this.device, why);
        this.sendPuback(packet, Reason.PayloadFormatInvalid);
      } else this.close(why, Reason.PayloadFormatInvalid);
    }
  }

  withinRate(device: Device, points = 0): boolean {
    if (this.core.take(device, points)) return true;
    this.close("over the rate limit", Reason.ImplementationSpecific);
    return false;
  }

  sendPuback(packet: IPublishPacket, reasonCode = Reason.Success): void {
    const { faults } = this.core;
    if (packet.qos === 0) return;
    if (faults.close_before_pubacks > 0) {
      faults.close_before_pubacks--;
      this.cut("fault: closed in place of PUBACK");
    } else if (faults.drop_pubacks > 0) {
      faults.drop_pubacks--;
    } else {
      // ThingsBoard answers QoS 2 with PUBACK as well.
      const puback: Packet = { cmd: "puback", messageId: packet.messageId, reasonCode };
      if (faults.puback_delay_ms > 0) this.later(faults.puback_delay_ms, () => this.wire.send(puback));
      else this.wire.send(puback);
    }
  }

  private subscribe(device: Device, packet: ISubscribePacket): void {
    let requests = 0;
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      const prefix = RPC_REQUEST_TOPICS.get(topic);
      const answer = this.subscriptions.add(topic, qos, this.wire.tells);
      // Over the rate limit the grant is a lie: nothing will come.
      if (prefix !== undefined && this.core.take(device)) {
        this.subscriptions.requests = prefix;
        requests++;
      }
      return answer;
    });
    this.wire.send({ cmd: "suback", messageId: packet.messageId, granted });
    for (; requests > 0 && !this.over; requests--) device.rpc.subscribed(this);
  }

  private acknowledge(packet_id: number): void {
    const delivered = this.unacknowledged.get(packet_id);
    if (!delivered) return;
    this.active_ms = this.core.clock.now();
    this.unacknowledged.delete(packet_id);
    delivered();
  }

  private watchInactivity(after_ms: number): void {
    this.later(after_ms, () => {
      const left_ms = this.active_ms + this.core.inactivity_timeout_ms - this.core.clock.now();
      if (left_ms > 0) this.watchInactivity(left_ms);
      else
        this.close(
          `nothing received for ${this.core.inactivity_timeout_ms / 1000} s`,
          Reason.MaximumConnectTime,
        );
    });
  }

  later(ms: number, fn: () => void): void {
    const timer = this.core.clock.setTimeout(() => {
      this.timers.delete(timer);
      fn();
    }, ms);
    this.timers.add(timer);
  }

  finish(reason: string): void {
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
