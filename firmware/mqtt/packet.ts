/**
 * MQTT 3.1.1 control packets, for a client: pure functions between values and strings of bytes. Topics, user names and
 * the like are UTF-8 bytes already (text.ts). Clauses are those of the OASIS standard.
 */
import { chr, fromUtf8 } from "./text.ts";

/** Packet types a client receives. */
export const enum Type {
  CONNACK = 2,
  PUBLISH = 3,
  PUBACK = 4,
  SUBACK = 9,
  UNSUBACK = 11,
  PINGRESP = 13,
}

/** Bits of PUBLISH's fixed header. */
export const enum PublishFlag {
  RETAIN = 1,
  QOS_1 = 2,
  QOS_2 = 4,
  DUP = 8,
}

/** Bits of CONNECT's flags [3.1.2.3]. */
export const enum ConnectFlag {
  /** The server keeps nothing of an earlier session. */
  CLEAN_SESSION = 2,
  /** The server publishes a message when the client is gone without DISCONNECT. */
  WILL = 4,
  WILL_QOS_1 = 8,
  WILL_QOS_2 = 16,
  WILL_RETAIN = 32,
  /** Only with a user name [MQTT-3.1.2-22]. */
  PASSWORD = 64,
  USERNAME = 128,
}

/** Fixed header and body: `first` is type and flags, the remaining length takes one to four bytes [2.2.3]. */
function packet(first: number, body: string): string {
  let head = chr(first);
  let length = body.length;
  while (length > 127) {
    head += chr(128 | (length & 127));
    length >>= 7;
  }
  return head + chr(length) + body;
}

function uint16(value: number): string {
  return chr(value >> 8, value & 255);
}

/** A string with its length before it, at most 65,535 bytes [1.5.3]. */
export function field(bytes: string): string {
  return uint16(bytes.length) + bytes;
}

/**
 * CONNECT [3.1]. `flags`: ConnectFlag bits. `keep_alive_s`: 0 to 65,535; 0: none. `fields`: the client identifier, then
 * what the flags announce: the will's topic and payload, user name, password [MQTT-3.1.3-1].
 */
export function encodeConnect(flags: number, keep_alive_s: number, fields: string[]): string {
  return packet(0x10, "\0\x04MQTT" + chr(4, flags) + uint16(keep_alive_s) + fields.map(field).join(""));
}

/** PUBLISH [3.3]. `flags`: PublishFlag bits. `id`: packet identifier, left out at QoS 0 [MQTT-2.3.1-5]. */
export function encodePublish(topic: string, payload: string, flags: number, id: number): string {
  return packet(0x30 | flags, field(topic) + (flags & 6 ? uint16(id) : "") + payload);
}

/** One topic filter of a SUBSCRIBE, with the highest QoS its messages may have [3.8.3]. */
export function subscription(filter: string, qos: number): string {
  return field(filter) + chr(qos);
}

/** First bytes of the packets `encodeIdentified` makes. */
export const enum First {
  PUBACK = 0x40,
  SUBSCRIBE = 0x82,
  UNSUBSCRIBE = 0xa2,
}

/**
 * A packet with an identifier, 1 to 65,535 [2.3.1]. `payload`: PUBACK: "" [3.4]; SUBSCRIBE: at least one `subscription`
 * [3.8]; UNSUBSCRIBE: at least one `field` with a filter [3.10].
 */
export function encodeIdentified(first: First, id: number, payload: string): string {
  return packet(first, uint16(id) + payload);
}

/** PINGREQ [3.12]. */
export function encodePingreq(): string {
  return packet(0xc0, "");
}

/** DISCONNECT [3.14]. */
export function encodeDisconnect(): string {
  return packet(0xe0, "");
}

/** What `decode` keeps between calls; both "" at the start. */
export interface Decoder {
  /** Bytes of a packet that is not complete: never more than the largest packet. */
  buffer_: string;
  /** What was wrong with a packet. It stays: where the next one would begin is unknown. */
  error_: string;
}

/** A packet from the server. */
export interface Packet {
  type_: Type;
  /** First byte: the type, and for PUBLISH the PublishFlag bits. */
  first_: number;
  /** Packet identifier; 0 in PUBLISH QoS 0. CONNACK: the return code, and 256 if a session was present. */
  id_: number;
  /** PUBLISH. */
  topic_: string;
  /** PUBLISH: the message. SUBACK: the return codes. */
  payload_: string;
  /** SUBACK: the highest return code, 128 where a filter was refused. */
  code_: number;
}

/**
 * Takes bytes and gives the first complete packet, or undefined: more bytes are needed, or `decoder.error_` says what
 * is wrong. To be called again with "" until then. `most`: the largest remaining length to accept.
 * Errors: "type" (not for a client), "flags", "length" (remaining length, or a body that does not fill or fit it),
 * "size" (more than `most`), "topic" (empty, wildcard, not UTF-8), "id" (0), "code" (a reserved return code).
 */
export function decode(decoder: Decoder, bytes: string, most: number): Packet | undefined {
  let error = "";
  let at = 1;
  let length = 0;
  let digit = 128;
  let value = 0;
  let code = 0;
  let topic = "";
  if (decoder.error_) return;
  decoder.buffer_ += bytes;
  bytes = decoder.buffer_;
  if (!bytes) return;
  const first = bytes.charCodeAt(0);
  const type = first >> 4;
  while (digit > 127 && at < 5) {
    if (at >= bytes.length) return;
    digit = bytes.charCodeAt(at);
    length += (digit & 127) << (7 * at++ - 7);
  }
  if (length > most) error = "size";
  if (
    digit > 127 ||
    (type === Type.PINGRESP
      ? length
      : type === Type.PUBLISH || type === Type.SUBACK
        ? length < 3
        : length !== 2)
  )
    error = "length";
  // One bit for each allowed value: not QoS 3 [MQTT-3.3.1-4], not DUP at QoS 0 [MQTT-3.3.1-2]; else 0 [MQTT-2.2.2-2].
  if (!(((type === Type.PUBLISH ? 0x3c3f : 1) >> (first & 15)) & 1)) error = "flags";
  // One bit for each member of Type.
  if (!((0x2a1c >> type) & 1)) error = "type";
  length += at;
  if (!error) {
    if (bytes.length < length) return;
    decoder.buffer_ = bytes.substr(length);
    // Two-byte numbers: a topic's length, a packet identifier, CONNACK's body.
    for (let left = type === Type.PINGRESP ? 0 : type === Type.PUBLISH && first & 6 ? 2 : 1; left; left--) {
      value = (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
      at += 2;
      if (type === Type.PUBLISH && !topic) {
        topic = bytes.substr(at, value);
        at += value;
        value = 0;
        // [MQTT-4.7.3-1], [MQTT-3.3.2-2], [MQTT-1.5.3-2], [MQTT-1.5.3-1]
        if (/[\0+#]/.test(topic) || !fromUtf8(topic, "")) error = "topic";
        // [3.2.2.3], [MQTT-2.3.1-1]
      } else if (type === Type.CONNACK ? (value & ~256) > 5 : !value) error = value ? "code" : "id";
    }
    if (at > length) error = "length";
    if (type === Type.SUBACK)
      for (let i = at; i < length; i++) {
        digit = bytes.charCodeAt(i);
        // [MQTT-3.9.3-2]
        if (digit > 2 && digit !== 128) error = "code";
        if (digit > code) code = digit;
      }
  }
  if (!error)
    return {
      type_: type,
      first_: first,
      id_: value,
      topic_: topic,
      payload_: bytes.slice(at, length),
      code_: code,
    };
  decoder.error_ = error;
  decoder.buffer_ = "";
}
