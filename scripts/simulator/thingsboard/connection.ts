/**
 * One connection of a device, with the behaviour of ThingsBoard's MQTT transport towards MQTT 3.1.1 clients.
 * Its way of saying no is to close without a word: only the log here tells why.
 */

import type { Duplex } from "node:stream";
import {
  generate,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscribePacket,
  type Packet,
} from "mqtt-packet";
import type { Clock } from "../clock.ts";
import { attributesFor, checkClaim } from "./attributes.ts";
import {
  CLIENT_RPC_TIMEOUT_MS,
  methodOf,
  SESSION_LIMITS,
  sessionLimits,
  TIMEOUT_REPLY,
} from "./client-rpc.ts";
import { ConnackCode } from "./credentials.ts";
import { Decoder, MalformedPacket } from "./decoder.ts";
import type { Device } from "./device.ts";
import { type FaultSettings, nextRandom } from "./faults.ts";
import { PayloadError } from "./lenient-json.ts";
import { Outlet } from "./outlet.ts";
import type { RpcSession } from "./rpc.ts";
import { parseAttributes, parseTelemetry, type Sample } from "./telemetry.ts";
import {
  ATTRIBUTE_TOPICS,
  type Route,
  RPC_REQUEST_TOPICS,
  replyPrefix,
  routeOf,
  SUBSCRIBABLE,
  topicMatches,
} from "./topics.ts";

/** What a connection needs of the server. */
export interface Core {
  clock: Clock;
  faults: FaultSettings;
  inactivity_timeout_ms: number;
  login(packet: IConnectPacket): Device | ConnackCode;
  /** The connection became the session of its device. */
  opened(connection: Connection, device: Device): void;
  /** The connection is over, and why. Called once. */
  closed(connection: Connection, reason: string): void;
  /** Takes the tokens of one message with so many values; false when it is over a limit, the device's or its tenant's. */
  take(device: Device, points?: number): boolean;
  telemetry(device: Device, samples: Sample[], packet: IPublishPacket): void;
  /** What is in it closes the connection. */
  refused(device: Device, samples: Sample[]): void;
  log(device: Device | undefined, line: string): void;
}

// transport.mqtt.msg_queue_size_per_device_limit
const MAX_QUEUED = 100;

export class Connection implements RpcSession {
  device: Device | undefined;
  connect: IConnectPacket | undefined;
  connected_ms = 0;
  bytes_received = 0;
  readonly outlet: Outlet;
  /** Granted filters and their QoS, in the order of subscription. */
  readonly subscriptions = new Map<string, 0 | 1>();
  private readonly decoder = new Decoder();
  /** What came before the CONNACK. */
  private readonly queued: Packet[] = [];
  /** Requests sent with QoS 1 whose PUBACK is missing. */
  private readonly unacknowledged = new Map<number, () => void>();
  private readonly timers = new Set<unknown>();
  private packet_id = 0;
  private rpc_topic: string | undefined;
  /** How the topics of replies to the device's own calls begin: as its last call's. */
  private rpc_reply_topic = "";
  private active_ms = 0;
  private over = false;

  constructor(
    private readonly socket: Duplex,
    private readonly core: Core,
  ) {
    this.outlet = new Outlet(socket, core.clock, core.faults);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("end", () => this.lost("the client closed the connection"));
    socket.on("error", (error) => this.lost(`connection lost: ${error.message}`));
    socket.on("close", () => this.lost("connection lost"));
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
    if (this.rpc_topic === undefined || this.over) return undefined;
    const topic = this.rpc_topic + id;
    const { qos, messageId } = this.sendPublish(topic, payload);
    if (qos === 1) this.unacknowledged.set(messageId, delivered);
    for (let more = this.core.faults.repeat_requests; more > 0; more--) this.sendPublish(topic, payload);
    return qos;
  }

  together(send: () => void): void {
    this.outlet.together(send);
  }

  private sendPublish(topic: string, payload: string): { qos: 0 | 1; messageId: number } {
    const qos = this.qosOf(topic);
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
    const result = this.core.login(packet);
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
        for (const filter of packet.unsubscriptions) this.unsubscribe(device, filter);
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
      if (this.publishRouted(device, packet, routeOf(packet.topic))) this.sendPuback(packet);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.close(`bad payload on ${packet.topic}: ${error.message}`);
    }
  }

  /** Does what the topic says; false when no PUBACK is to follow. */
  private publishRouted(device: Device, packet: IPublishPacket, route: Route): boolean {
    const payload = packet.payload.toString();
    const { core } = this;
    switch (route.kind) {
      case "telemetry": {
        const samples = parseTelemetry(payload);
        if (samples.length === 0) {
          core.log(device, "an empty telemetry array is never answered: do not send one");
          return false;
        }
        const fault = faultOf(samples, core.faults);
        if (fault) {
          core.refused(device, samples);
          throw new PayloadError(fault);
        }
        const points = samples.reduce((count, sample) => count + sample.values.size, 0);
        if (!this.withinRate(device, points)) return false;
        core.telemetry(device, samples, packet);
        return true;
      }
      case "attributes": {
        const values = parseAttributes(payload);
        if (!this.withinRate(device, values.size)) return false;
        for (const [key, value] of values) device.store.attributes.set(key, value);
        return true;
      }
      case "rpc_response":
        if (!/^[+-]?\d+$/.test(route.id)) throw new PayloadError("the request id is no number");
        if (!this.withinRate(device)) return false;
        if (core.faults.lose_rpc_answers > 0) {
          core.faults.lose_rpc_answers--;
          core.log(device, `fault: RPC reply ${route.id} lost after its PUBACK`);
        } else if (!device.rpc.answer(Number(route.id), payload))
          core.log(device, `stale RPC reply ${route.id} ignored`);
        return true;
      case "rpc_request":
        return this.answerRpc(device, packet, methodOf(route.id, payload), route.id);
      case "attributes_request": {
        const response = attributesFor(device.store, route.id, payload);
        if (!this.withinRate(device)) return false;
        this.sendPuback(packet);
        if (!this.over && response !== undefined)
          this.sendPublish(replyPrefix(packet.topic) + Number(route.id), response);
        return false;
      }
      case "claim":
        checkClaim(payload);
        return this.withinRate(device);
      case "ota":
        if (!/^\d+$/.test(route.id) || !/^\d+$/.test(route.chunk)) return true;
        if (!this.withinRate(device)) return false;
        // No package is ever assigned here.
        this.sendPublish("v2/fw/error", "NOT_FOUND");
        throw new PayloadError("no firmware is assigned");
      case "protobuf":
        throw new PayloadError("the stand-in speaks JSON only, not protobuf");
      case "gateway":
        core.log(device, `${packet.topic}: the device is no gateway, ignored without PUBACK`);
        return false;
      case "unknown":
        core.log(device, `unknown topic ${packet.topic}: PUBACKed, data dropped`);
        return true;
    }
  }

  /** PUBACK comes before the reply, and the reply whether the device subscribed to it or not. */
  private answerRpc(device: Device, packet: IPublishPacket, method: string, id: string): boolean {
    const prefix = replyPrefix(packet.topic);
    this.rpc_reply_topic = prefix;
    const number = String(Number(id));
    if (method === SESSION_LIMITS && prefix.startsWith("v1/")) {
      this.sendPuback(packet);
      const limits = this.core.faults.told_limits ?? device.rate_limits ?? {};
      if (!this.over) this.sendPublish(prefix + number, sessionLimits(limits, MAX_QUEUED));
      return false;
    }
    if (!this.withinRate(device)) return false;
    this.core.log(device, `no rule answers the RPC ${method}`);
    this.later(CLIENT_RPC_TIMEOUT_MS, () => this.sendPublish(this.rpc_reply_topic + number, TIMEOUT_REPLY));
    return true;
  }

  private withinRate(device: Device, points = 0): boolean {
    if (this.core.take(device, points)) return true;
    this.close("over the rate limit");
    return false;
  }

  private sendPuback(packet: IPublishPacket): void {
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
      if (!SUBSCRIBABLE.has(topic)) return 0x80;
      const granted_qos = qos === 0 ? 0 : 1;
      this.subscriptions.set(topic, granted_qos);
      const rpc_topic = RPC_REQUEST_TOPICS.get(topic);
      // Over the rate limit the grant is a lie: nothing will come.
      if (rpc_topic !== undefined && this.core.take(device)) {
        this.rpc_topic = rpc_topic;
        requests++;
      }
      return granted_qos;
    });
    this.send({ cmd: "suback", messageId: packet.messageId, granted });
    for (; requests > 0 && !this.over; requests--) device.rpc.subscribed(this);
  }

  /** Tells of a change of shared attributes, if the device subscribed to them: on the topic of its last subscription. */
  sendAttributes(update: object): void {
    const topic = [...this.subscriptions.keys()].filter((filter) => ATTRIBUTE_TOPICS.includes(filter)).at(-1);
    if (topic !== undefined && !this.over) this.sendPublish(topic, JSON.stringify(update));
  }

  private unsubscribe(device: Device, filter: string): void {
    this.subscriptions.delete(filter);
    if (!RPC_REQUEST_TOPICS.has(filter)) return;
    this.rpc_topic = undefined;
    device.rpc.gone(this);
  }

  private acknowledge(packet_id: number): void {
    const delivered = this.unacknowledged.get(packet_id);
    if (!delivered) return;
    this.active_ms = this.core.clock.now();
    this.unacknowledged.delete(packet_id);
    delivered();
  }

  /** The granted QoS of the first filter that matches; 1 when none does. */
  private qosOf(topic: string): 0 | 1 {
    for (const [filter, qos] of this.subscriptions) if (topicMatches(filter, topic)) return qos;
    return 1;
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

  private later(ms: number, fn: () => void): void {
    const timer = this.core.clock.setTimeout(() => {
      this.timers.delete(timer);
      fn();
    }, ms);
    this.timers.add(timer);
  }

  private lost(reason: string): void {
    this.outlet.abandon();
    this.socket.destroy();
    this.finish(reason);
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

/** What the server is set up to refuse: one such value refuses the packet. "": nothing. */
function faultOf(samples: Sample[], { refused_keys, max_string_value_length }: FaultSettings): string {
  for (const { values } of samples)
    for (const [key, value] of values) {
      if (refused_keys.includes(key)) return `fault: key ${key} is refused`;
      if (max_string_value_length > 0 && typeof value === "string" && value.length > max_string_value_length)
        return `the text of ${key} is over ${max_string_value_length} characters`;
    }
  return "";
}
