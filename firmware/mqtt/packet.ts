/**
 * MQTT 3.1.1 control packets, as far as our client needs them: pure functions between values and strings of bytes. No
 * QoS 2, and no packet of more than 16,383 bytes: its remaining length has one or two digits. Topics, user names and the
 * like are UTF-8 bytes already (text.ts). Clauses are those of the OASIS standard.
 */
import { chr, fromUtf8 } from "./text.ts";

/** Packet types a client receives: the upper half of the first byte [2.2.1]. */
const enum Type {
  CONNACK = 2,
  PUBLISH = 3,
  SUBACK = 9,
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
}

/** Bits of PUBLISH's first byte. */
export const enum PublishFlag {
  RETAIN = 1,
  QOS_1 = 2,
  DUP = 8,
}

/** CONNECT's flags [3.1.2.3]: the server keeps nothing of an earlier session, there is a user name. */
const enum ConnectFlags {
  USERNAME = 0x82,
  /** And a password. */
  PASSWORD = 0xc2,
}

/** First byte of a PUBLISH of QoS 1 that is sent again, as a string. */
export const PUBLISH_DUP = "\x3a";

/** PINGREQ [3.12]. */
export const PINGREQ = "\xc0\0";

/** DISCONNECT [3.14]. */
export const DISCONNECT = "\xe0\0";

/**
 * A packet. Bodies: PUBLISH: the topic as a `field`, at QoS 1 the identifier as `uint16`, the message [3.3]; PUBACK: the
 * identifier [3.4]; SUBSCRIBE: that, then the filter as a `field` and the highest QoS, one byte [3.8].
 */
export function packet(first: First, body: string): string {
  const length = body.length;
  return (length > 127 ? chr(first, 128 | (length & 127), length >> 7) : chr(first, length)) + body;
}

/** A packet identifier, 1 to 65,535 [2.3.1], and the like. */
export function uint16(value: number): string {
  return chr(value >> 8, value & 255);
}

/** A string with its length before it, at most 65,535 bytes [1.5.3]. */
export function field(bytes: string): string {
  return uint16(bytes.length) + bytes;
}

/** Who connects. */
export interface Login {
  client_id?: string;
  username: string;
  password?: string;
  /** Seconds, 0 to 65,535; 0: none. */
  keep_alive: number;
}

/** CONNECT [3.1]. */
export function encodeConnect(login: Login): string {
  return packet(
    First.CONNECT,
    "\0\x04MQTT\x04" +
      chr(login.password ? ConnectFlags.PASSWORD : ConnectFlags.USERNAME) +
      uint16(login.keep_alive) +
      field(login.client_id || "") +
      field(login.username) +
      (login.password ? field(login.password) : ""),
  );
}

/**
 * What `decode` finds. `first`: the first byte, with flags only in PUBLISH. `id`: packet identifier, 0 in PUBLISH QoS 0;
 * CONNACK: the return code, and 256 if a session was present. `payload`: PUBLISH: the message; SUBACK: the return code,
 * more than 2 where the filter was refused. Returns what is wrong with it, if anything.
 */
export type Take = (first: number, id: number, topic: string, payload: string) => string | undefined;

/**
 * Takes the packet that `bytes` begin with, and returns how many bytes it has; 0: more are needed; or what is wrong.
 * `most`: the largest remaining length to accept. Errors, but those of `take`: "type" (not for a client), "flags or
 * QoS 2", "length" (remaining length, or a body that does not fill or fit it), "size" (more than `most`), "topic" (empty,
 * wildcard, not UTF-8), "id" (0), "code" (a reserved return code of CONNACK).
 */
export function decode(bytes: string, most: number, take: Take): number | string {
  const first = bytes.charCodeAt(0);
  const type = first >> 4;
  let at = 2;
  let value = 0;
  let topic = "";
  let size = bytes.charCodeAt(1);
  // A third digit shows here as a very large number.
  if (size > 127) size = (size & 127) | (bytes.charCodeAt(at++) << 7);
  if (bytes.length < at) return 0;
  let error =
    // One bit for each member of Type.
    !((0x2a1c >> type) & 1)
      ? "type"
      : // One bit for each allowed value: QoS 0 or 1, DUP at QoS 1 only [MQTT-3.3.1-2]; else 0 [MQTT-2.2.2-2].
        !(((type === Type.PUBLISH ? 0xc0f : 1) >> (first & 15)) & 1)
        ? "flags or QoS 2"
        : type !== Type.PUBLISH && size !== (type === Type.PINGRESP ? 0 : type === Type.SUBACK ? 3 : 2)
          ? "length"
          : size > most
            ? "size"
            : "";
  size += at;
  if (!error) {
    if (bytes.length < size) return 0;
    // Two-byte numbers: a topic's length, a packet identifier, CONNACK's body.
    for (let left = first & PublishFlag.QOS_1 ? 2 : type === Type.PINGRESP ? 0 : 1; left; left--) {
      value = (bytes.charCodeAt(at++) << 8) | bytes.charCodeAt(at++);
      if (type === Type.PUBLISH && !topic) {
        topic = bytes.substr(at, value);
        at += value;
        value = 0;
        // [MQTT-4.7.3-1], [MQTT-3.3.2-2], [MQTT-1.5.3-2], [MQTT-1.5.3-1]
        if (/[\0+#]/.test(topic) || !fromUtf8(topic)) error = "topic";
        // [3.2.2.3], [MQTT-2.3.1-1]
      } else if (type === Type.CONNACK ? (value & ~256) > 5 : !value) error = value ? "code" : "id";
    }
    if (at > size) error = "length";
  }
  return error || take(first, value, topic, bytes.slice(at, size)) || size;
}
