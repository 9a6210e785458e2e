import { generate, type Packet, parser } from "mqtt-packet";
import type { ServerConfig } from "../../firmware/device-config.ts";
import { useNetwork } from "../../firmware/mqtt/connection.ts";
import type * as clients from "../../firmware/thingsboard/client.ts";
import { type Client, TBDeviceMQTTClient } from "../../firmware/thingsboard/client.ts";
import { fromBuffer, latin1 } from "../mqtt/bytes.ts";
import { type FakeNetwork, fakeNetwork } from "../mqtt/fake-network.ts";

export const CONFIG: ServerConfig = { host: "tb", port: 1883, username: "token", qos: 1, client_id: "imei" };

export interface Server {
  client: Client;
  network: FakeNetwork;
  /** Everything the client sent, decoded by mqtt-packet. */
  received: Packet[];
  /** Whether it answers each packet as ThingsBoard does; else it is silent. */
  answers: boolean;
  /** The topics and payloads of what the client published. */
  published(): [topic: string, payload: string][];
  /** Sends a PUBLISH of QoS 1. */
  publish(topic: string, payload: string | Buffer): void;
}

/** The firmware's modules, which may be fresh ones. */
interface Parts {
  useNetwork: typeof useNetwork;
  TBDeviceMQTTClient: typeof clients.TBDeviceMQTTClient;
}
const OURS = { useNetwork, TBDeviceMQTTClient };

let last: Client | undefined;

/**
 * A client on a fake network, and a server at its far end that is made of mqtt-packet, not of our codec. The network
 * brings the connection up, and the server answers, a moment later, as in the world.
 */
export function server(changes: Partial<ServerConfig> = {}, parts: Parts = OURS): Server {
  // What the last test left.
  last?.disconnect(() => {});
  const network = fakeNetwork();
  const { open } = network;
  let decoder = parser();
  let messageId = 0;
  const answer = (packet: Packet) =>
    setImmediate(() => {
      if (self.answers) network.respond(fromBuffer(generate(packet)));
    });
  network.open = (host, port, handlers, protection) => {
    const socket = open(host, port, handlers, protection);
    decoder = parser();
    decoder.on("packet", (packet) => {
      self.received.push({ ...packet } as Packet);
      if (packet.cmd === "connect") answer({ cmd: "connack", returnCode: 0, sessionPresent: false });
      if (packet.cmd === "subscribe")
        answer({
          cmd: "suback",
          messageId: packet.messageId,
          granted: packet.subscriptions.map(() => 1),
        } as Packet);
      if (packet.cmd === "publish" && packet.qos)
        answer({ cmd: "puback", messageId: packet.messageId } as Packet);
    });
    setImmediate(() => network.up());
    return {
      ...socket,
      write(bytes) {
        const taken = socket.write(bytes);
        if (taken > 0) decoder.parse(latin1(bytes.slice(0, taken)));
        return taken;
      },
    };
  };
  parts.useNetwork(network);
  last = new parts.TBDeviceMQTTClient({ ...CONFIG, ...changes });
  const self: Server = {
    client: last,
    network,
    received: [],
    answers: true,
    published: () =>
      self.received.flatMap((it) => (it.cmd === "publish" ? [[it.topic, it.payload.toString("utf8")]] : [])),
    publish(topic, payload) {
      messageId++;
      const packet = {
        cmd: "publish",
        topic,
        payload,
        qos: 1,
        messageId,
        dup: false,
        retain: false,
      } as const;
      network.respond(fromBuffer(generate(packet as Packet)));
    },
  };
  return self;
}
