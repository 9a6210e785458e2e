/** MQTT packets read off the trace of the modem's line, in words. */
import type { Packet } from "mqtt-packet";
import { toText } from "./console-lines.ts";
import { createModemLine } from "./modem-line.ts";
import type { Traced } from "./trace.ts";

/** Gives a function that takes what was traced, in order, and gives the lines for the packets that are complete by it. */
export function createMqttTrace(): (traced: Traced) => string[] {
  let shown: string[] = [];
  const take = createModemLine({
    packet: (direction, packet) => shown.push(`MQTT ${direction} ${describe(packet)}`),
    broken: (direction, why) => shown.push(`MQTT ${direction} not understood: ${why}`),
  });
  return (traced) => {
    shown = [];
    take(traced);
    return shown;
  };
}

const CONNACK = [
  "accepted",
  "wrong protocol",
  "client_id refused",
  "unavailable",
  "bad login",
  "not authorised",
];

/** A packet as one line. User name and password are not shown. */
export function describe(packet: Packet): string {
  const name = packet.cmd.toUpperCase();
  const id = packet.messageId === undefined ? "" : ` #${packet.messageId}`;
  switch (packet.cmd) {
    case "connect":
      return `${name} client_id "${packet.clientId}", keep alive ${packet.keepalive} s${
        packet.username === undefined ? "" : ", username ***"
      }${packet.password === undefined ? "" : ", password ***"}`;
    case "connack":
      return `${name} ${packet.returnCode}: ${CONNACK[packet.returnCode ?? 0] ?? "?"}`;
    case "publish":
      return `${name}${id} QoS ${packet.qos}${packet.dup ? ", again" : ""} ${packet.topic} ${toText(
        packet.payload.toString("latin1"),
      )}`;
    case "subscribe":
      return `${name}${id} ${packet.subscriptions.map(({ topic, qos }) => `${topic} QoS ${qos}`).join(", ")}`;
    case "suback":
      return `${name}${id} granted ${packet.granted.join(", ")}`;
    default:
      return `${name}${id}`;
  }
}
