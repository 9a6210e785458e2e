/** One packet of each kind and size, for every test of the codec. */
import {
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

const sent: (Fixture & { encode: () => string })[] = [
  {
    name: "CONNECT, empty client identifier, no keep alive",
    bytes: "\x10\x13\0\x04MQTT\x04\x82\0\0\0\0\0\x05token",
    encode: () => encodeConnect({ username: "token", keep_alive: 0 }),
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
    name: "CONNECT, everything, in UTF-8, longest keep alive",
    bytes: `\x10\x1b\0\x04MQTT\x04\xc2\xff\xff\0\x02${utf8("é")}\0\x06${utf8("€uro")}\0\x03\xff\0p`,
    encode: () =>
      encodeConnect({
        client_id: utf8("é"),
        username: utf8("€uro"),
        password: "\xff\0p",
        keep_alive: 65_535,
      }),
    mqttPacket: {
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "é",
      keepalive: 65_535,
      username: "€uro",
      password: latin1("\xff\0p"),
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
    name: "UNSUBACK",
    bytes: "\xb0\x02\xff\xff",
    packet: { ...none, first: 0xb0, id: 65535 },
    mqttPacket: { cmd: "unsuback", messageId: 65535 },
  },
  {
    name: "PINGRESP",
    bytes: "\xd0\0",
    packet: { ...none, first: 0xd0 },
    mqttPacket: { cmd: "pingresp" },
  },
];

const both: (Fixture & { packet: Packet })[] = [
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
    // What the client never sends: retained messages; again: see the session.
    ...(flags & ~PublishFlag.QOS_1 ? {} : { encode: () => encodePublish(id, topic, payload) }),
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

export const toSend = [...sent, ...both].flatMap((it) => (it.encode ? [{ ...it, encode: it.encode }] : []));
export const toReceive = [...received, ...both];
