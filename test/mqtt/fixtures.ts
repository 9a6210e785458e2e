/** One packet of each kind and size, for every test of the codec. */
import {
  ConnectFlag,
  DISCONNECT,
  encodeConnect,
  First,
  field,
  PINGREQ,
  PublishFlag,
  packet,
  uint16,
} from "../../firmware/mqtt/packet.ts";
import { latin1, utf8 } from "./bytes.ts";
import { encodePublish } from "./publish.ts";
import type { Packet } from "./stream.ts";

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

const none = { id: 0, topic: "", payload: "" };
/** 200 bytes, so that the remaining length takes two. */
const long = "0123456789".repeat(20);

/** CONNECT with each set of flags the standard allows: 2 times 7 wills times 3 ways to log in. */
const connects = Array.from({ length: 256 }, (_, flags) => flags)
  .filter((flags) => {
    const will = flags & ConnectFlag.WILL;
    const qos = (flags >> 3) & 3;
    return (
      !(flags & 1) && // [MQTT-3.1.2-3]
      (will || !(qos || flags & ConnectFlag.WILL_RETAIN)) && // [MQTT-3.1.2-11]
      qos < 3 && // [MQTT-3.1.2-14]
      (flags & ConnectFlag.USERNAME || !(flags & ConnectFlag.PASSWORD)) // [MQTT-3.1.2-22]
    );
  })
  .map((flags): Fixture & { encode: () => string } => {
    const will = (flags & ConnectFlag.WILL) > 0;
    const username = (flags & ConnectFlag.USERNAME) > 0;
    const password = (flags & ConnectFlag.PASSWORD) > 0;
    // 10 bytes of header, and the client identifier.
    const length = 13 + (will ? 9 : 0) + (username ? 6 : 0) + (password ? 3 : 0);
    return {
      name: `CONNECT, flags ${flags.toString(2).padStart(8, "0")}`,
      bytes:
        `\x10${String.fromCharCode(length)}\0\x04MQTT\x04${String.fromCharCode(flags)}\x01\x2c\0\x01a` +
        (will ? "\0\x03a/w\0\x02\xff\0" : "") +
        (username ? "\0\x04user" : "") +
        (password ? "\0\x01p" : ""),
      encode: () =>
        encodeConnect(flags, 300, [
          "a",
          ...(will ? ["a/w", "\xff\0"] : []),
          ...(username ? ["user"] : []),
          ...(password ? ["p"] : []),
        ]),
      mqttPacket: {
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 4,
        clean: (flags & 2) > 0,
        clientId: "a",
        keepalive: 300,
        ...(will
          ? {
              will: {
                topic: "a/w",
                payload: latin1("\xff\0"),
                qos: (flags >> 3) & 3,
                retain: (flags & 32) > 0,
              },
            }
          : {}),
        ...(username ? { username: "user" } : {}),
        ...(password ? { password: latin1("p") } : {}),
      },
    };
  });

const sent: (Fixture & { encode: () => string })[] = [
  ...connects,
  {
    name: "CONNECT, session kept, longest keep alive",
    bytes: "\x10\x0d\0\x04MQTT\x04\0\xff\xff\0\x01a",
    encode: () => encodeConnect(0, 65_535, ["a"]),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: false,
      clientId: "a",
      keepalive: 65_535,
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
    encode: () => packet(First.SUBSCRIBE, `${uint16(65_535) + field("a/+")}\x01`),
    mqttPacket: { cmd: "subscribe", messageId: 65535, subscriptions: [{ topic: "a/+", qos: 1 }] },
  },
  {
    name: "SUBSCRIBE, several filters",
    bytes: `\x82\x0f\0\x01\0\x01#\0\0\x02${utf8("é")}\x01\0\x01+\x02`,
    encode: () =>
      packet(First.SUBSCRIBE, `${uint16(1)}${field("#")}\0${field(utf8("é"))}\x01${field("+")}\x02`),
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
    bytes: "\xa2\x05\xff\xff\0\x01a",
    encode: () => packet(First.UNSUBSCRIBE, uint16(65_535) + field("a")),
    mqttPacket: { cmd: "unsubscribe", messageId: 65_535, unsubscriptions: ["a"] },
  },
  {
    name: "UNSUBSCRIBE, several filters",
    bytes: `\xa2\x0c\x01\0\0\x01#\0\x02${utf8("é")}\0\x01+`,
    encode: () => packet(First.UNSUBSCRIBE, uint16(256) + field("#") + field(utf8("é")) + field("+")),
    mqttPacket: { cmd: "unsubscribe", messageId: 256, unsubscriptions: ["#", "é", "+"] },
  },
  { name: "PINGREQ", bytes: "\xc0\0", encode: () => PINGREQ, mqttPacket: { cmd: "pingreq" } },
  { name: "DISCONNECT", bytes: "\xe0\0", encode: () => DISCONNECT, mqttPacket: { cmd: "disconnect" } },
];

const received: (Fixture & { packet: Packet })[] = [
  ...[0, 1, 2, 3, 4, 5].map((code) => ({
    name: `CONNACK ${code}`,
    bytes: `\x20\x02\0${String.fromCharCode(code)}`,
    packet: { ...none, first: 0x20, id: code },
    mqttPacket: { cmd: "connack", returnCode: code, sessionPresent: false } as const,
  })),
  {
    name: "CONNACK, session present",
    bytes: "\x20\x02\x01\0",
    packet: { ...none, first: 0x20, id: 256 },
    mqttPacket: { cmd: "connack", returnCode: 0, sessionPresent: true },
  },
  {
    name: "CONNACK, session present and yet refused, as ThingsBoard does",
    bytes: "\x20\x02\x01\x05",
    packet: { ...none, first: 0x20, id: 261 },
    mqttPacket: { cmd: "connack", returnCode: 5, sessionPresent: true },
  },
  ...[0, 1, 2, 128].map((code) => ({
    name: `SUBACK, return code ${code}`,
    bytes: `\x90\x03\x12\x34${String.fromCharCode(code)}`,
    packet: { ...none, first: 0x90, id: 0x1234, payload: String.fromCharCode(code) },
    mqttPacket: { cmd: "suback", messageId: 0x1234, granted: [code] },
  })),
  {
    name: "SUBACK, every return code",
    bytes: "\x90\x06\x12\x34\0\x01\x02\x80",
    packet: { ...none, first: 0x90, id: 0x1234, payload: "\0\x01\x02\x80" },
    mqttPacket: { cmd: "suback", messageId: 0x1234, granted: [0, 1, 2, 128] },
  },
  {
    name: "SUBACK, 200 return codes",
    bytes: `\x90\xca\x01\xff\xff${"\x80\x02\x01\0".repeat(50)}`,
    packet: { ...none, first: 0x90, id: 65_535, payload: "\x80\x02\x01\0".repeat(50) },
    mqttPacket: { cmd: "suback", messageId: 65_535, granted: Array(50).fill([128, 2, 1, 0]).flat() },
  },
  {
    name: "UNSUBACK",
    bytes: "\xb0\x02\xff\xff",
    packet: { ...none, first: 0xb0, id: 65535 },
    mqttPacket: { cmd: "unsuback", messageId: 65535 },
  },
  {
    name: "PUBREL",
    bytes: "\x62\x02\x12\x34",
    packet: { ...none, first: 0x62, id: 0x1234 },
    mqttPacket: { cmd: "pubrel", messageId: 0x1234 },
  },
  {
    name: "PINGRESP",
    bytes: "\xd0\0",
    packet: { ...none, first: 0xd0 },
    mqttPacket: { cmd: "pingresp" },
  },
];

const both: (Fixture & { encode: () => string; packet: Packet })[] = [
  {
    name: "PUBACK",
    bytes: "\x40\x02\0\x01",
    encode: () => packet(First.PUBACK, uint16(1)),
    packet: { ...none, first: 0x40, id: 1 },
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
        "PUBLISH of QoS 1 again, retained",
        PublishFlag.QOS_1 | PublishFlag.DUP | PublishFlag.RETAIN,
        "\x3b\x06\0\x01t\0\x2b!",
        0x2b,
        "t",
        "!",
      ],
      ["PUBLISH of QoS 2", PublishFlag.QOS_2, "\x34\x06\0\x01t\0\x01!", 1, "t", "!"],
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
      [
        "PUBLISH of 200 bytes of QoS 2",
        PublishFlag.QOS_2,
        `\x34\xcd\x01\0\x01t\x12\x34${long}`,
        0x1234,
        "t",
        long,
      ],
    ] as const
  ).map(([name, flags, bytes, id, topic, payload]) => ({
    name,
    bytes,
    encode: () => encodePublish(id, topic, payload, flags),
    packet: { first: 0x30 | flags, id, topic, payload },
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
