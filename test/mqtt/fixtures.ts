import {
  ConnectFlag,
  encodeConnect,
  encodeDisconnect,
  encodeIdentified,
  encodePingreq,
  encodePublish,
  First,
  field,
  type Packet,
  PublishFlag,
  subscription,
  Type,
} from "../../firmware/mqtt/packet.ts";
import { latin1, utf8 } from "./bytes.ts";

/** One packet, as bytes, as our functions have it, and as mqtt-packet has it (its types want more than it needs). */
export interface Fixture {
  name: string;
  bytes: string;
  mqttPacket: object;
  /** Packets a client sends. */
  encode?: () => string;
  /** Packets a client receives. */
  packet?: Packet;
}

const none = { id_: 0, topic_: "", payload_: "", code_: 0 };
/** 200 bytes, so that the remaining length takes two. */
const long = "0123456789".repeat(20);

const sent: (Fixture & { encode: () => string })[] = [
  {
    name: "CONNECT, clean session, nothing else",
    bytes: "\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a",
    encode: () => encodeConnect(ConnectFlag.CLEAN_SESSION, 60, ["a"]),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "a",
      keepalive: 60,
    },
  },
  {
    name: "CONNECT, session kept, longest keep alive",
    bytes: "\x10\x0d\0\x04MQTT\x04\0\xff\xff\0\x01a",
    encode: () => encodeConnect(0, 65535, ["a"]),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: false,
      clientId: "a",
      keepalive: 65535,
    },
  },
  {
    name: "CONNECT, empty client identifier, no keep alive, user name",
    bytes: "\x10\x13\0\x04MQTT\x04\x82\0\0\0\0\0\x05token",
    encode: () => encodeConnect(ConnectFlag.CLEAN_SESSION | ConnectFlag.USERNAME, 0, ["", "token"]),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "",
      keepalive: 0,
      username: "token",
    },
  },
  {
    name: "CONNECT, everything, in UTF-8",
    bytes: `\x10\x26\0\x04MQTT\x04\xee\x01\x2c\0\x02${utf8("é")}\0\x03a/b\0\x04\x01\x02\0\xff\0\x06${utf8("€uro")}\0\x03\xff\0p`,
    encode: () =>
      encodeConnect(
        ConnectFlag.CLEAN_SESSION |
          ConnectFlag.WILL |
          ConnectFlag.WILL_QOS_1 |
          ConnectFlag.WILL_RETAIN |
          ConnectFlag.USERNAME |
          ConnectFlag.PASSWORD,
        300,
        [utf8("é"), "a/b", "\x01\x02\0\xff", utf8("€uro"), "\xff\0p"],
      ),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "é",
      keepalive: 300,
      will: { topic: "a/b", payload: latin1("\x01\x02\0\xff"), qos: 1, retain: true },
      username: "€uro",
      password: latin1("\xff\0p"),
    },
  },
  {
    name: "CONNECT, will of QoS 2, not retained, no payload",
    bytes: "\x10\x12\0\x04MQTT\x04\x16\0\x0a\0\x01a\0\x01w\0\0",
    encode: () =>
      encodeConnect(ConnectFlag.CLEAN_SESSION | ConnectFlag.WILL | ConnectFlag.WILL_QOS_2, 10, [
        "a",
        "w",
        "",
      ]),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "a",
      keepalive: 10,
      will: { topic: "w", payload: latin1(""), qos: 2, retain: false },
    },
  },
  {
    name: "SUBSCRIBE",
    bytes: "\x82\x08\xff\xff\0\x03a/+\x01",
    encode: () => encodeIdentified(First.SUBSCRIBE, 65535, subscription("a/+", 1)),
    mqttPacket: { cmd: "subscribe", messageId: 65535, subscriptions: [{ topic: "a/+", qos: 1 }] },
  },
  {
    name: "SUBSCRIBE, several filters",
    bytes: `\x82\x0f\0\x01\0\x01#\0\0\x02${utf8("é")}\x01\0\x01+\x02`,
    encode: () =>
      encodeIdentified(
        First.SUBSCRIBE,
        1,
        subscription("#", 0) + subscription(utf8("é"), 1) + subscription("+", 2),
      ),
    mqttPacket: {
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [
        { topic: "#", qos: 0 },
        { topic: "é", qos: 1 },
        { topic: "+", qos: 2 },
      ],
    },
  },
  {
    name: "UNSUBSCRIBE",
    bytes: "\xa2\x08\x01\0\0\x01#\0\x01+",
    encode: () => encodeIdentified(First.UNSUBSCRIBE, 256, field("#") + field("+")),
    mqttPacket: { cmd: "unsubscribe", messageId: 256, unsubscriptions: ["#", "+"] },
  },
  { name: "PINGREQ", bytes: "\xc0\0", encode: encodePingreq, mqttPacket: { cmd: "pingreq" } },
  { name: "DISCONNECT", bytes: "\xe0\0", encode: encodeDisconnect, mqttPacket: { cmd: "disconnect" } },
];

const received: (Fixture & { packet: Packet })[] = [
  ...[0, 1, 2, 3, 4, 5].map((code) => ({
    name: `CONNACK ${code}`,
    bytes: `\x20\x02\0${String.fromCharCode(code)}`,
    packet: { ...none, type_: Type.CONNACK, first_: 0x20, id_: code },
    mqttPacket: { cmd: "connack", returnCode: code, sessionPresent: false } as const,
  })),
  {
    name: "CONNACK, session present",
    bytes: "\x20\x02\x01\0",
    packet: { ...none, type_: Type.CONNACK, first_: 0x20, id_: 256 },
    mqttPacket: { cmd: "connack", returnCode: 0, sessionPresent: true },
  },
  {
    name: "CONNACK, session present and yet refused, as ThingsBoard does",
    bytes: "\x20\x02\x01\x05",
    packet: { ...none, type_: Type.CONNACK, first_: 0x20, id_: 261 },
    mqttPacket: { cmd: "connack", returnCode: 5, sessionPresent: true },
  },
  {
    name: "SUBACK, every return code",
    bytes: "\x90\x06\x12\x34\0\x01\x02\x80",
    packet: {
      ...none,
      type_: Type.SUBACK,
      first_: 0x90,
      id_: 0x1234,
      payload_: "\0\x01\x02\x80",
      code_: 128,
    },
    mqttPacket: { cmd: "suback", messageId: 0x1234, granted: [0, 1, 2, 128] },
  },
  {
    name: "UNSUBACK",
    bytes: "\xb0\x02\xff\xff",
    packet: { ...none, type_: Type.UNSUBACK, first_: 0xb0, id_: 65535 },
    mqttPacket: { cmd: "unsuback", messageId: 65535 },
  },
  {
    name: "PINGRESP",
    bytes: "\xd0\0",
    packet: { ...none, type_: Type.PINGRESP, first_: 0xd0 },
    mqttPacket: { cmd: "pingresp" },
  },
];

const both: (Fixture & { encode: () => string; packet: Packet })[] = [
  {
    name: "PUBACK",
    bytes: "\x40\x02\0\x01",
    encode: () => encodeIdentified(First.PUBACK, 1, ""),
    packet: { ...none, type_: Type.PUBACK, first_: 0x40, id_: 1 },
    mqttPacket: { cmd: "puback", messageId: 1 },
  },
  ...(
    [
      ["PUBLISH of QoS 0", 0, "\x30\x06\0\x01thi!", 0, "t", "hi!"],
      ["PUBLISH of QoS 0, retained", PublishFlag.RETAIN, "\x31\x04\0\x01t!", 0, "t", "!"],
      ["PUBLISH of QoS 1", PublishFlag.QOS_1, "\x32\x06\0\x01t\0\x01!", 1, "t", "!"],
      [
        "PUBLISH of QoS 1 again",
        PublishFlag.QOS_1 | PublishFlag.DUP,
        "\x3a\x06\0\x01t\x80\x00!",
        0x8000,
        "t",
        "!",
      ],
      [
        "PUBLISH of QoS 2, retained",
        PublishFlag.QOS_2 | PublishFlag.RETAIN,
        "\x35\x05\0\x01t\xff\xff",
        65535,
        "t",
        "",
      ],
      ["PUBLISH of QoS 2 again", PublishFlag.QOS_2 | PublishFlag.DUP, "\x3c\x05\0\x01t\0\x02", 2, "t", ""],
      ["PUBLISH without payload", 0, "\x30\x03\0\x01t", 0, "t", ""],
      [
        "PUBLISH of any bytes",
        0,
        "\x30\x0a\0\x01t\0\x01\x80\xff\xc3\x28\x0a",
        0,
        "t",
        "\0\x01\x80\xff\xc3\x28\x0a",
      ],
      [
        "PUBLISH to é, €, 😀, U+10FFFF and U+FEFF",
        0,
        `\x30\x12\0\x10${utf8("é€😀\u{10ffff}\ufeff")}`,
        0,
        utf8("é€😀\u{10ffff}\ufeff"),
        "",
      ],
      ["PUBLISH of 200 bytes", 0, `\x30\xcb\x01\0\x01t${long}`, 0, "t", long],
    ] as const
  ).map(([name, flags, bytes, id, topic, payload]) => ({
    name,
    bytes,
    encode: () => encodePublish(topic, payload, flags, id),
    packet: { ...none, type_: Type.PUBLISH, first_: 0x30 | flags, id_: id, topic_: topic, payload_: payload },
    mqttPacket: {
      cmd: "publish" as const,
      qos: ((flags >> 1) & 3) as 0 | 1 | 2,
      retain: (flags & PublishFlag.RETAIN) > 0,
      dup: (flags & PublishFlag.DUP) > 0,
      topic: latin1(topic).toString("utf8"),
      payload: latin1(payload),
      ...(id ? { messageId: id } : {}),
    },
  })),
];

export const toSend = [...sent, ...both];
export const toReceive = [...received, ...both];
