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
  /** The server may forget a message of QoS 2 that we received. */
  PUBREL = 6,
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
  PUBREC = 0x50,
  PUBREL = 0x62,
  PUBCOMP = 0x70,
  SUBSCRIBE = 0x82,
  SUBACK = 0x90,
  UNSUBSCRIBE = 0xa2,
  UNSUBACK = 0xb0,
  PINGRESP = 0xd0,
}

/** Bits of PUBLISH's first byte. */
export const enum PublishFlag {
  RETAIN = 1,
  QOS_1 = 2,
  QOS_2 = 4,
  /** Both bits: above 0 the packet has an identifier. */
  QOS = 6,
  DUP = 8,
}

/** CONNACK's two bytes as one number [3.2.2]. */
export const enum Connack {
  /** The return code; */
  Code = 0xff,
  /** the highest that there is. */
  LastCode = 5,
  /** The server has a session of before. */
  SessionPresent = 0x100,
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
 * the identifier as `uint16`, the message, which may be given apart as `payload` [3.3]; PUBACK: the identifier [3.4]; SUBSCRIBE: that, then for each filter a
 * `field` and the highest QoS, one byte [3.8]; UNSUBSCRIBE: the identifier, then a `field` for each filter [3.10].
 */
export function packet(first: First, body: string, payload?: string): string {
  let bytes = chr(first);
  let length = body.length + (payload ? payload.length : 0);
  for (; length > 127; length >>= 7) bytes += chr(128 | (length & 127));
  // Appended, not joined: a payload takes its own size once more, not twice.
  bytes += chr(length);
  bytes += body;
  if (payload) bytes += payload;
  return bytes;
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
 * CONNACK: the number that `Connack` divides. `topic`: "" where the server sent one that MQTT forbids
 * (empty, wildcard, U+0000, not UTF-8). `payload`: PUBLISH: the message, undefined where the packet is too large to be kept;
 * SUBACK: a return code for each filter, 128 where it was refused. Returns what is wrong with it, if anything.
 */
export type Take = (
  first: number,
  id: number,
  topic: string,
  payload: string | undefined,
) => string | undefined;

/** The number that two bytes are. */
export function wordAt(bytes: string, at: number): number {
  return (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
}

/** Whether MQTT allows the topic name [MQTT-4.7.3-1], [MQTT-3.3.2-2], [MQTT-1.5.3-2], [MQTT-1.5.3-1]. */
function isTopic(topic: string): boolean {
  return (
    topic.indexOf("+") < 0 && topic.indexOf("#") < 0 && topic.indexOf("\0") < 0 && fromUtf8(topic) !== ""
  );
}

/**
 * Takes the packet that `bytes` begin with, and returns how many bytes it has; 0: more are needed; or what is wrong, after
 * which nothing that follows can be trusted. `most`: the largest remaining length to keep. A PUBLISH that is larger is taken
 * as soon as its topic and identifier are here, without its message; the number returned is then more than `bytes` have, and
 * the rest is to be passed over. Errors, but those of `take`: "type" (not for a client), "flags", "length" (remaining length,
 * or a body that does not fill or fit it), "size" (more than `most`, and no PUBLISH), "id" (0), "code" (CONNACK's).
 */
export function decode(bytes: string, most: number, take: Take): number | string {
  const first = bytes.charCodeAt(0);
  // Its lower half; the upper one is the type.
  const flags = first & 15;
  let at = 1;
  let size = 0;
  let digit: number;
  do {
    digit = bytes.charCodeAt(at);
    size += (digit & 127) << (7 * at++ - 7);
  } while (digit > 127 && at < 5);
  // Also where there was none: NaN is not above 127.
  if (bytes.length < at) return 0;
  const end = at + size;
  let fits = size === 2;
  let flags_fit = flags === 0;
  switch (first >> 4) {
    case Type.PUBLISH:
      fits = size > 1;
      // There is no QoS 3 [MQTT-3.3.1-4].
      flags_fit = (flags & PublishFlag.QOS) !== PublishFlag.QOS;
      break;
    case Type.SUBACK:
      fits = size > 2;
      break;
    case Type.PINGRESP:
      fits = size === 0;
      break;
    case Type.PUBREL:
      // [MQTT-3.6.1-1]
      flags_fit = flags === 2;
      break;
    case Type.CONNACK:
    case Type.PUBACK:
    case Type.UNSUBACK:
      break;
    default:
      return "type";
  }
  if (!flags_fit) return "flags";
  if (digit > 127 || !fits) return "length";
  let id = 0;
  let topic = "";
  if (first >> 4 === Type.PUBLISH) {
    const large = size > most;
    if (bytes.length < (large ? at + 2 : end)) return 0;
    const length = wordAt(bytes, at);
    const named = at + 2 + length;
    const message = flags & PublishFlag.QOS ? named + 2 : named;
    if (message > end) return "length";
    // Not even the topic can be kept: nobody who should talk to us has one that long.
    if (large && length + 4 > most) return take(first, 0, "", undefined) || end;
    if (bytes.length < message) return 0;
    topic = bytes.substr(at + 2, length);
    if (flags & PublishFlag.QOS) id = wordAt(bytes, named);
    return (
      take(
        first,
        id,
        isTopic(topic) ? topic : "",
        large ? undefined : bytes.substr(message, end - message),
      ) || end
    );
  }
  if (size > most) return "size";
  if (bytes.length < end) return 0;
  if (size) {
    id = wordAt(bytes, at);
    // [3.2.2.3], [MQTT-2.3.1-1]
    if (first === First.CONNACK) {
      if ((id & ~Connack.SessionPresent) > Connack.LastCode) return "code";
    } else if (!id) return "id";
    at += 2;
  }
  return take(first, id, topic, bytes.substr(at, end - at)) || end;
}
