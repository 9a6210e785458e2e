/**
 * MQTT 3.1.1 control packets, for a client: pure functions between values and strings of bytes. Topics, user names and
 * the like are UTF-8 bytes already (text.ts). Clauses are those of the OASIS standard. What the blob does not use costs
 * it nothing.
 */
import { chr, fromUtf8 } from "./text.ts";

/** Packet types a client receives: the upper half of the first byte [2.2.1]. */
const enum Type {
  CONNACK = 2,
  PUBLISH = 3,
  PUBACK = 4,
  SUBACK = 9,
  UNSUBACK = 11,
  PINGRESP = 13,
}

/** First bytes of packets: type and flags [2.2]. */
export const enum First {
  CONNECT = 0x10,
  CONNACK = 0x20,
  PUBLISH = 0x30,
  PUBLISH_QOS_1 = 0x32,
  PUBACK = 0x40,
  SUBSCRIBE = 0x82,
  UNSUBSCRIBE = 0xa2,
}

/** Bits of PUBLISH's first byte. */
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

/** First byte of a PUBLISH of QoS 1 that is sent again, as a string. */
export const PUBLISH_DUP = "\x3a";

/** PINGREQ [3.12]. */
export const PINGREQ = "\xc0\0";

/** DISCONNECT [3.14]. */
export const DISCONNECT = "\xe0\0";

/**
 * A packet, its remaining length in one to four digits [2.2.3]. Bodies: PUBLISH: the topic as a `field`, at QoS 1 and 2
 * the identifier as `uint16`, the message [3.3]; PUBACK: the identifier [3.4]; SUBSCRIBE: that, then for each filter a
 * `field` and the highest QoS, one byte [3.8]; UNSUBSCRIBE: the identifier, then a `field` for each filter [3.10].
 */
export function packet(first: First, body: string): string {
  let head = chr(first);
  let length = body.length;
  for (; length > 127; length >>= 7) head += chr(128 | (length & 127));
  return head + chr(length) + body;
}

/** A packet identifier, 1 to 65,535 [2.3.1], and the like. */
export function uint16(value: number): string {
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
  return packet(
    First.CONNECT,
    "\0\x04MQTT\x04" + chr(flags) + uint16(keep_alive_s) + fields.map(field).join(""),
  );
}

/**
 * What `decode` finds. `first`: the first byte, with flags only in PUBLISH. `id`: packet identifier, 0 in PUBLISH QoS 0;
 * CONNACK: the return code, and 256 if a session was present. `payload`: PUBLISH: the message; SUBACK: a return code for
 * each filter, 128 where it was refused. Returns what is wrong with it, if anything.
 */
export type Take = (first: number, id: number, topic: string, payload: string) => string | undefined;

/**
 * Takes the packet that `bytes` begin with, and returns how many bytes it has; 0: more are needed; or what is wrong.
 * `most`: the largest remaining length to accept. Errors, but those of `take`: "type" (not for a client), "flags",
 * "length" (remaining length, or a body that does not fill or fit it), "size" (more than `most`), "topic" (empty,
 * wildcard, not UTF-8), "id" (0), "code" (a reserved return code).
 */
export function decode(bytes: string, most: number, take: Take): number | string {
  const first = bytes.charCodeAt(0);
  const type = first >> 4;
  let at = 1;
  let size = 0;
  let value: number;
  let topic = "";
  do {
    value = bytes.charCodeAt(at);
    size += (value & 127) << (7 * at++ - 7);
  } while (value > 127 && at < 5);
  if (bytes.length < at) return 0;
  let error =
    // One bit for each member of Type.
    !((0x2a1c >> type) & 1)
      ? "type"
      : // One bit for each allowed value: not QoS 3, DUP not at QoS 0 [MQTT-3.3.1-2, -4]; else 0 [MQTT-2.2.2-2].
        !(((type === Type.PUBLISH ? 0x3c3f : 1) >> (first & 15)) & 1)
        ? "flags"
        : value > 127 ||
            (type === Type.SUBACK
              ? size < 3
              : type !== Type.PUBLISH && size !== (type === Type.PINGRESP ? 0 : 2))
          ? "length"
          : size > most
            ? "size"
            : "";
  size += at;
  if (!error) {
    if (bytes.length < size) return 0;
    // Two-byte numbers: a topic's length, a packet identifier, CONNACK's body.
    for (let left = first & 6 ? 2 : type === Type.PINGRESP ? 0 : 1; left; left--) {
      value = (bytes.charCodeAt(at++) << 8) | bytes.charCodeAt(at++);
      if (type === Type.PUBLISH && !topic) {
        topic = bytes.substr(at, value);
        at += value;
        value = 0;
        // [MQTT-4.7.3-1], [MQTT-3.3.2-2], [MQTT-1.5.3-2], [MQTT-1.5.3-1]
        const wild = topic.indexOf("+") >= 0 || topic.indexOf("#") >= 0;
        if (wild || topic.indexOf("\0") >= 0 || !fromUtf8(topic)) error = "topic";
        // [3.2.2.3], [MQTT-2.3.1-1]
      } else if (type === Type.CONNACK ? (value & ~256) > 5 : !value) error = value ? "code" : "id";
    }
    if (at > size) error = "length";
    // SUBACK's return codes [MQTT-3.9.3-2].
    for (let i = at; type === Type.SUBACK && i < size; i++)
      if (bytes.charCodeAt(i) & 127 && bytes.charCodeAt(i) > 2) error = "code";
  }
  return error || take(first, value, topic, bytes.slice(at, size)) || size;
}
