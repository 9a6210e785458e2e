/** MQTT packets read off the trace of the modem's line: out in what follows AT+QISEND, in by +QIRD's counted bytes. */
import { type Packet, type Parser, parser } from "mqtt-packet";
import { toText } from "./console-lines.ts";
import type { Traced } from "./trace.ts";

/** More would be no header, but text of a payload that looks like one. */
const LONGEST_HEADER = "+QIRD: 1500\r\n".length;

/** Gives a function that takes what was traced, in order, and gives the lines for the packets that are complete by it. */
export function createMqttTrace(): (traced: Traced) => string[] {
  let shown: string[] = [];
  let sent: Parser;
  let received: Parser;
  /** Bytes that the modem is about to be sent as a payload. */
  let sending = 0;
  /** From the modem and not yet known to be no payload. */
  let pending = "";
  let owed = 0;

  const listen = (direction: string): Parser => {
    const own = parser({ protocolVersion: 4 });
    own.on("packet", (packet) => shown.push(`MQTT ${direction} ${describe(packet)}`));
    own.on("error", (error) => {
      shown.push(`MQTT ${direction} not understood: ${error.message}`);
      // As when the trace begins in the middle of a packet: the next piece may begin one.
      restart();
    });
    return own;
  };
  function restart(): void {
    sent = listen(">");
    received = listen("<");
  }
  restart();

  function takeSent(bytes: string): void {
    const command = /^AT\+QISEND=\d+,(\d+)\r/.exec(bytes);
    if (/^AT\+QIOPEN=/.test(bytes)) restart();
    if (command) sending = Number(command[1]);
    else if (sending && bytes.length === sending) {
      sending = 0;
      sent.parse(Buffer.from(bytes, "latin1"));
    }
  }

  function takeReceived(bytes: string): void {
    pending += bytes;
    for (;;) {
      if (owed) {
        const payload = pending.slice(0, owed);
        pending = pending.slice(payload.length);
        owed -= payload.length;
        if (payload) received.parse(Buffer.from(payload, "latin1"));
        if (owed) return;
      }
      const header = /\+QIRD: (\d+)\r\n/.exec(pending);
      if (!header) {
        pending = pending.slice(-LONGEST_HEADER);
        return;
      }
      // "+QIRD: 0" says that there is nothing.
      owed = Number(header[1]);
      pending = pending.slice(header.index + header[0].length);
    }
  }

  return ({ direction, bytes }) => {
    shown = [];
    if (direction === ">") takeSent(bytes);
    else takeReceived(bytes);
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
function describe(packet: Packet): string {
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
