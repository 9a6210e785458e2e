import net from "node:net";
import { type Packet, parser } from "mqtt-packet";

/** A telemetry message that the server has: acknowledged, or sent at QoS 0. */
export type OnDelivered = (payload: string) => void;

/**
 * Connects to a server and listens in, to see what a foreign server was given and what it acknowledged: unlike the
 * stand-in it will not tell.
 */
export function tappedConnect(onDelivered: OnDelivered): (host: string, port: number) => net.Socket {
  return (host, port) => {
    const socket = net.connect(port, host);
    const waiting = new Map<number, string>();

    const listen = (onPacket: (packet: Packet) => void) => {
      const mqtt = parser();
      // A connection that carries no MQTT is the firmware's to report.
      mqtt.on("error", () => {});
      mqtt.on("packet", onPacket);
      return (data: Uint8Array | string) =>
        mqtt.parse(typeof data === "string" ? Buffer.from(data, "latin1") : Buffer.from(data));
    };
    const sent = listen((packet) => {
      if (packet.cmd !== "publish" || !/telemetry$|^v2\/t$/.test(packet.topic)) return;
      const payload = packet.payload.toString();
      if (packet.qos) waiting.set(packet.messageId as number, payload);
      else onDelivered(payload);
    });
    const received = listen((packet) => {
      if (packet.cmd !== "puback") return;
      const payload = waiting.get(packet.messageId as number);
      waiting.delete(packet.messageId as number);
      if (payload !== undefined) onDelivered(payload);
    });

    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = ((chunk: Uint8Array | string, ...rest: unknown[]) => {
      sent(chunk);
      return write(chunk, ...rest);
    }) as typeof socket.write;
    socket.on("data", received);
    return socket;
  };
}
