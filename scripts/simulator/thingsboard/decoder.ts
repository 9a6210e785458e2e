/**
 * Bytes of a device to MQTT packets, as strict as ThingsBoard's decoder (Netty's): whatever that refuses ends the
 * connection. mqtt-packet parses; here stands what it lets pass. Differences left: a body mqtt-packet refuses
 * though Netty reads over it (reserved bits of a SUBSCRIBE option) is refused too.
 *
 * 3.1 (MQIsdp, level 3), 3.1.1 and 5 are accepted.
 */

import { type IConnectPacket, type Packet, parser } from "mqtt-packet";

/** The largest remaining length: `max_payload_size` of the MQTT transport. */
export const MAX_REMAINING_LENGTH = 65_536;

/** What is wrong with a packet, in words for the user. */
export class MalformedPacket extends Error {}

/** Cuts a byte stream into packets. */
export class Decoder {
  private pending: Buffer = Buffer.alloc(0);
  private readonly parsers = [parser(), parser({ protocolVersion: 5 })] as const;
  private version = 4;
  private parsed: Packet | undefined;
  private error: Error | undefined;

  constructor() {
    for (const parser of this.parsers) {
      parser.on("packet", (packet) => {
        this.parsed = packet;
      });
      parser.on("error", (error) => {
        this.error = error;
      });
    }
  }

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
  }

  /** The next whole packet, or undefined when more bytes are needed. Throws MalformedPacket; the stream is then lost. */
  next(): Packet | undefined {
    const header = headerOf(this.pending);
    if (!header) return undefined;
    if (header.remaining_length > MAX_REMAINING_LENGTH)
      throw new MalformedPacket(
        `remaining length ${header.remaining_length} is over ${MAX_REMAINING_LENGTH}`,
      );
    const end = header.length + header.remaining_length;
    if (this.pending.length < end) return undefined;
    const frame = this.pending.subarray(0, end);
    this.pending = this.pending.subarray(end);
    return this.parse(frame, header.remaining_length);
  }

  private parse(frame: Buffer, remaining_length: number): Packet {
    this.parsed = undefined;
    // A frame at a time: mqtt-packet would read a string that is too long on into the next packet.
    this.parsers[this.version === 5 ? 1 : 0].parse(frame);
    if (this.error) throw new MalformedPacket(this.error.message);
    const packet = this.taken();
    if (!packet) throw new MalformedPacket("packet ends before its fields do");
    if (packet.cmd === "connect") this.version = packet.protocolVersion ?? 4;
    check(packet, remaining_length, this.version);
    return packet;
  }

  /** What the parser gave, if anything. */
  private taken(): Packet | undefined {
    return this.parsed;
  }
}

interface Header {
  length: number;
  remaining_length: number;
}

/** Packet type and remaining length [MQTT-2.2.3]; undefined while incomplete. */
function headerOf(bytes: Buffer): Header | undefined {
  let remaining_length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    remaining_length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return { length: i + 1, remaining_length };
  }
  throw new MalformedPacket("remaining length is longer than four bytes");
}

/** What Netty's MqttDecoder checks and mqtt-packet does not. */
function check(packet: Packet, remaining_length: number, version: number): void {
  switch (packet.cmd) {
    case "connect":
      checkConnect(packet, remaining_length);
      break;
    case "publish":
      if (/[+#]/.test(packet.topic))
        throw new MalformedPacket(`PUBLISH topic with a wildcard: ${packet.topic}`);
      if (packet.qos > 0) checkIdentifier(packet);
      break;
    case "subscribe":
    case "unsubscribe":
      checkIdentifier(packet);
      break;
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      checkIdentifier(packet);
      if (version !== 5) checkLength(packet, remaining_length, 2);
      break;
    case "pingreq":
    case "pingresp":
      checkLength(packet, remaining_length, 0);
      break;
    case "disconnect":
      if (version !== 5) checkLength(packet, remaining_length, 0);
      break;
    case "auth":
      if (version !== 5) throw new MalformedPacket("AUTH needs MQTT 5");
  }
}

function checkConnect(packet: IConnectPacket, remaining_length: number): void {
  const { protocolId, protocolVersion, clientId, will, username, password } = packet;
  const known =
    (protocolId === "MQTT" && (protocolVersion === 4 || protocolVersion === 5)) ||
    (protocolId === "MQIsdp" && protocolVersion === 3);
  if (!known || "bridgeMode" in packet)
    throw new MalformedPacket(
      `protocol ${protocolId} level ${protocolVersion} (use MQTT 3.1.1: MQTT, level 4)`,
    );
  if (protocolVersion === 3 && (clientId.length < 1 || clientId.length > 23))
    throw new MalformedPacket("MQTT 3.1 client identifier is not 1 to 23 characters");
  // Its properties are ignored, and so is how long they are.
  if (protocolVersion === 5) return;
  // Field lengths, to find bytes behind the last one.
  const strings = [protocolId, clientId, will?.topic, will?.payload, username, password];
  const expected = strings.reduce<number>(
    (sum, field) => sum + (field === undefined ? 0 : 2 + Buffer.byteLength(field)),
    4,
  );
  checkLength(packet, remaining_length, expected);
}

function checkIdentifier(packet: Packet): void {
  // [MQTT-2.3.1-1]; mqtt-packet gives -1 when the two bytes are missing.
  if ((packet.messageId ?? 0) < 1)
    throw new MalformedPacket(`${packet.cmd.toUpperCase()} with packet identifier 0 or none`);
}

function checkLength(packet: Packet, actual: number, expected: number): void {
  if (actual !== expected)
    throw new MalformedPacket(`${packet.cmd.toUpperCase()} has ${actual} bytes where ${expected} belong`);
}
