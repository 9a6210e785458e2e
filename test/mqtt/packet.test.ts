import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generate, type Packet as MqttPacket, parser } from "mqtt-packet";
import { PublishFlag } from "../../firmware/mqtt/packet.ts";
import { fromBuffer, latin1, utf8 } from "./bytes.ts";
import { toReceive, toSend } from "./fixtures.ts";
import { encodePublish } from "./publish.ts";
import { type Packet, stream } from "./stream.ts";

const MAXIMUM = 268_435_455;
const LIMIT = 4096;

/** Every packet in these pieces, and the error that ended them. */
function decodeAll(pieces: string[], most = LIMIT): { packets: Packet[]; error: string; left: number } {
  const it = stream(most);
  for (const piece of pieces) it.feed(piece);
  return { packets: it.packets, error: it.error, left: it.buffer.length };
}

/** mqtt-packet's view, without what it adds of its own. */
function parse(bytes: string): object {
  const decoder = parser();
  const packets: MqttPacket[] = [];
  decoder.on("packet", (packet) => packets.push(packet));
  decoder.on("error", (error) => {
    throw error;
  });
  decoder.parse(latin1(bytes));
  assert.equal(packets.length, 1);
  return packets[0] as MqttPacket;
}

const hex = (bytes: string) => latin1(bytes).toString("hex");

describe("packets to send", () => {
  for (const { name, bytes, encode, mqttPacket } of toSend)
    it(name, () => {
      assert.equal(hex(encode()), hex(bytes));
      assert.equal(
        generate(mqttPacket as MqttPacket).toString("hex"),
        hex(bytes),
        "mqtt-packet generates the same",
      );
      const parsed = Object.entries(parse(bytes)).filter(([key]) => key in mqttPacket);
      assert.deepEqual(Object.fromEntries(parsed), mqttPacket, "mqtt-packet reads the same");
    });
});

describe("packets received", () => {
  for (const { name, bytes, packet, mqttPacket } of toReceive) {
    it(name, () => {
      assert.deepEqual(decodeAll([bytes]), { packets: [packet], error: "", left: 0 });
      assert.equal(
        generate(mqttPacket as MqttPacket).toString("hex"),
        hex(bytes),
        "mqtt-packet generates the same",
      );
    });

    it(`${name}, split anywhere`, () => {
      for (let at = 1; at < bytes.length; at++) {
        assert.deepEqual(decodeAll([bytes.slice(0, at)]), { packets: [], error: "", left: at });
        assert.deepEqual(
          decodeAll([bytes.slice(0, at), bytes.slice(at)]).packets,
          [packet],
          `split at ${at}`,
        );
      }
      assert.deepEqual(decodeAll([...bytes]).packets, [packet], "byte by byte");
    });
  }

  it("all in one piece, and in pieces across packets", () => {
    const all = toReceive.map(({ bytes }) => bytes).join("");
    const packets = toReceive.map(({ packet }) => packet);
    assert.deepEqual(decodeAll([all]).packets, packets);
    for (const size of [1, 2, 3, 5, 64])
      assert.deepEqual(decodeAll(all.match(new RegExp(`[^]{1,${size}}`, "g")) as string[]).packets, packets);
  });
});

describe("remaining length", () => {
  // [2.2.3], table 2.4
  const limits = [
    [0, "\0"],
    [127, "\x7f"],
    [128, "\x80\x01"],
    [16_383, "\xff\x7f"],
    [16_384, "\x80\x80\x01"],
    [2_097_151, "\xff\xff\x7f"],
    [2_097_152, "\x80\x80\x80\x01"],
    [MAXIMUM, "\xff\xff\xff\x7f"],
  ] as const;
  for (const [length, digits] of limits) {
    if (length > 0)
      it(`${length} encoded`, () => {
        const bytes = encodePublish(0, "t", "x".repeat(length - 3));
        assert.equal(bytes.length, 1 + digits.length + length);
        assert.equal(bytes.slice(1, 1 + digits.length), digits);
      });
    it(`${length} decoded`, () => {
      const header = (length ? "\x30" : "\xd0") + digits;
      const body = length ? `\0\x01t${"x".repeat(length - 3)}` : "";
      for (let at = 0; at < header.length; at++)
        assert.deepEqual(decodeAll([header.slice(0, at)], MAXIMUM), { packets: [], error: "", left: at });
      if (length) {
        const left = header.length + length - 1;
        assert.deepEqual(decodeAll([header + body.slice(1)], MAXIMUM), { packets: [], error: "", left });
      }
      const { packets, error, left } = decodeAll([header + body], length);
      assert.deepEqual([packets.length, error, left], [1, "", 0]);
      assert.equal(packets[0]?.payload?.length, Math.max(0, length - 3));
    });
  }

  it("more digits than needed are no error, a fifth is", () => {
    for (const digits of ["\0", "\x80\0", "\x80\x80\0", "\x80\x80\x80\0"])
      assert.deepEqual(decodeAll([`\xd0${digits}`]).packets.length, 1);
    assert.equal(decodeAll(["\x30\x83\x80\x80\0\0\x01t"]).packets[0]?.topic, "t");
    assert.equal(decodeAll(["\xd0\x80\x80\x80\x80\0"]).error, "length");
  });

  it("each digit counts", () => {
    for (const digits of ["\x81\x01", "\x82\x81\x01", "\x83\x82\x81\x01", "\xaa\xd5\xaa\x55"]) {
      const length = [...digits].reduce((sum, it, i) => sum + (it.charCodeAt(0) % 128) * 128 ** i, 0);
      const it = stream(length - 1);
      it.feed(`\x30${digits}\0\x01t`);
      assert.equal(it.skip, length - 3);
    }
  });
});

describe("what a server should not send, but need not end the connection", () => {
  it("a message without an identifier at QoS 1 or 2 has identifier 0", () => {
    for (const [bytes, first] of [
      ["\x32\x05\0\x01t\0\0", 0x32],
      ["\x34\x05\0\x01t\0\0", 0x34],
      ["\x3d\x05\0\x01t\0\0", 0x3d],
    ] as const)
      assert.deepEqual(decodeAll([bytes]).packets, [{ first, id: 0, topic: "t", payload: "" }]);
  });

  it("DUP at QoS 0 says nothing", () => {
    const packet = { first: 0x38, id: 0, topic: "t", payload: "" };
    assert.deepEqual(decodeAll(["\x38\x03\0\x01t"]).packets, [packet]);
  });

  it("each return code of SUBACK is handed over", () => {
    for (let code = 0; code < 256; code++) {
      const payload = String.fromCharCode(1, code);
      const { packets } = decodeAll([`\x90\x04\x01\0${payload}`]);
      assert.deepEqual(packets, [{ first: 0x90, id: 256, topic: "", payload }]);
    }
  });

  const topics = [
    ["empty", ""],
    ["with +", "a/+"],
    ["with #", "#"],
    ["with U+0000", "a\0b"],
    ["a byte that continues nothing", "\x80"],
    ["a lead byte at the end", "a\xc3"],
    ["a lead byte before ASCII", "\xc3a"],
    ["three bytes cut short", "\xe2\x82"],
    ["four bytes cut short", "\xf0\x9f\x98"],
    ["overlong slash, two bytes", "\xc0\xaf"],
    ["overlong, C1", "\xc1\xbf"],
    ["overlong NUL", "\xc0\x80"],
    ["overlong, three bytes", "\xe0\x9f\xbf"],
    ["overlong, four bytes", "\xf0\x8f\xbf\xbf"],
    ["surrogate U+D800", "\xed\xa0\x80"],
    ["surrogate U+DFFF", "\xed\xbf\xbf"],
    ["a pair of surrogates", "\xed\xa0\xbd\xed\xb8\x80"],
    ["U+110000", "\xf4\x90\x80\x80"],
    ["lead byte F5", "\xf5\x80\x80\x80"],
    ["lead byte F8", "\xf8\x88\x80\x80\x80"],
    ["lead byte FF", "\xff"],
  ] as const;
  for (const [name, topic] of topics)
    it(`a topic ${name}: handed over as none, with its identifier`, () => {
      for (const flags of [0, PublishFlag.QOS_1, PublishFlag.QOS_2, PublishFlag.QOS_1 | PublishFlag.DUP]) {
        const bytes = encodePublish(7, topic, "x", flags);
        const packet = { first: 0x30 | flags, id: flags ? 7 : 0, topic: "", payload: "x" };
        const after = { first: 0xd0, id: 0, topic: "", payload: "" };
        for (let at = 0; at < bytes.length; at++)
          assert.deepEqual(decodeAll([bytes.slice(0, at), bytes.slice(at), "\xd0\0"]).packets, [
            packet,
            after,
          ]);
      }
    });
});

describe("a message larger than the limit", () => {
  const after = { first: 0xd0, id: 0, topic: "", payload: "" };
  for (const [flags, id] of [
    [0, 0],
    [PublishFlag.QOS_1, 258],
    [PublishFlag.QOS_2, 258],
  ] as const)
    it(`of QoS ${flags >> 1} is taken without its payload, wherever it is split`, () => {
      const bytes = encodePublish(id, "a/b", "x".repeat(30), flags);
      const packet = { first: 0x30 | flags, id, topic: "a/b", payload: undefined };
      for (let at = 0; at < bytes.length; at++)
        for (const more of [0, 1, 20]) {
          const pieces = [bytes.slice(0, at), bytes.slice(at, at + more), bytes.slice(at + more), "\xd0\0"];
          assert.deepEqual(decodeAll(pieces, 29), { packets: [packet, after], error: "", left: 0 }, `${at}`);
        }
      assert.deepEqual(decodeAll([...bytes, "\xd0\0"], 29).packets, [packet, after], "byte by byte");
      assert.equal(
        decodeAll([bytes], bytes.length - 2).packets[0]?.payload?.length,
        30,
        "at the limit it is kept",
      );
    });

  it("is taken as soon as its topic and identifier are here, and never kept", () => {
    const it = stream(29);
    const bytes = encodePublish(9, "a/b", "x".repeat(100_000), PublishFlag.QOS_1);
    const header = bytes.indexOf("x");
    it.feed(bytes.slice(0, header - 1));
    assert.equal(it.packets.length, 0);
    it.feed(bytes[header - 1] as string);
    assert.deepEqual(it.packets, [{ first: 0x32, id: 9, topic: "a/b", payload: undefined }]);
    assert.equal(it.skip, 100_000);
    it.feed(bytes.slice(header));
    assert.deepEqual([it.skip, it.buffer], [0, ""]);
  });

  it("whose topic cannot be kept either has none, and no identifier", () => {
    for (const length of [26, 27, 1000, 65_535]) {
      const it = stream(29);
      it.feed(`${encodePublish(9, "t".repeat(length), "x".repeat(20), PublishFlag.QOS_1)}\xd0\0`);
      assert.deepEqual(it.packets, [{ first: 0x32, id: 0, topic: "", payload: undefined }, after]);
    }
  });

  it("of the largest size there is: its length is counted down", () => {
    const it = stream(29);
    it.feed("\x32\xff\xff\xff\x7f\0\x01t\0\x07");
    assert.deepEqual(it.packets, [{ first: 0x32, id: 7, topic: "t", payload: undefined }]);
    assert.equal(it.skip, MAXIMUM - 5);
  });
});

describe("malformed packets", () => {
  const malformed: [name: string, bytes: string, error: string][] = [
    ...[0, 1, 5, 7, 8, 10, 12, 14, 15].map((type): [string, string, string] => [
      `type ${type}, which no server sends to us`,
      `${String.fromCharCode(type << 4)}\x02\0\x01`,
      "type",
    ]),
    ...[0x21, 0x42, 0x60, 0x63, 0x98, 0xb2, 0xd1].map((first): [string, string, string] => [
      `reserved bits set: ${first.toString(16)}`,
      `${String.fromCharCode(first)}\x02\0\x01`,
      "flags",
    ]),
    ["QoS 3", "\x36\x05\0\x01t\0\x01", "flags"],
    ["QoS 3, DUP", "\x3e\x05\0\x01t\0\x01", "flags"],
    ["remaining length of five digits", "\x30\x80\x80\x80\x80\x01", "length"],
    ["remaining length that never ends", "\x30\xff\xff\xff\xff", "length"],
    ["SUBACK above the limit", "\x90\x81\x20", "size"],
    ["SUBACK at the maximum", "\x90\xff\xff\xff\x7f", "size"],
    ["PUBLISH above the limit, shorter than its topic", "\x30\x81\x20\xff\xff", "length"],
    ["CONNACK too short", "\x20\x01\0", "length"],
    ["CONNACK too long", "\x20\x03\0\0\0", "length"],
    ["CONNACK empty", "\x20\0", "length"],
    ["PUBACK too short", "\x40\x01\x01", "length"],
    ["PUBACK too long", "\x40\x03\0\x01\0", "length"],
    ["UNSUBACK too long", "\xb0\x04\0\x01\0\x02", "length"],
    ["SUBACK without a return code", "\x90\x02\0\x01", "length"],
    ["SUBACK with half an identifier", "\x90\x01\0", "length"],
    ["SUBACK empty", "\x90\0", "length"],
    ["PINGRESP with a body", "\xd0\x01\0", "length"],
    ["PUBLISH empty", "\x30\0", "length"],
    ["PUBLISH without a topic length", "\x30\x01\0", "length"],
    ["PUBLISH shorter than its topic", "\x30\x04\0\x03ab", "length"],
    ["PUBLISH shorter than its topic, more bytes behind it", "\x30\x04\0\x03abcdef", "length"],
    ["PUBLISH of QoS 1 without an identifier", "\x32\x03\0\x01t", "length"],
    ["PUBLISH of QoS 1 with half an identifier", "\x32\x04\0\x01t\x01", "length"],
    ["PUBLISH of QoS 2 without an identifier", "\x34\x03\0\x01t", "length"],
    ["PUBLISH of QoS 2 with half an identifier", "\x34\x04\0\x01t\x01", "length"],
    [
      "PUBLISH of QoS 2 with half an identifier, more bytes behind it",
      "\x34\x04\0\x01t\x01\x02\x03",
      "length",
    ],
    ["CONNACK, reserved flag", "\x20\x02\x02\0", "code"],
    ["CONNACK, all flags", "\x20\x02\xff\0", "code"],
    ["CONNACK, return code 6", "\x20\x02\0\x06", "code"],
    ["CONNACK, return code 255", "\x20\x02\x01\xff", "code"],
    ["PUBACK, identifier 0", "\x40\x02\0\0", "id"],
    ["SUBACK, identifier 0", "\x90\x03\0\0\0", "id"],
    ["UNSUBACK, identifier 0", "\xb0\x02\0\0", "id"],
  ];
  for (const [name, bytes, error] of malformed)
    it(name, () => {
      for (let at = 0; at < bytes.length; at++) {
        const after = decodeAll([bytes.slice(0, at), bytes.slice(at), "\xd0\0", "\x30\x03\0\x01t"]);
        assert.deepEqual(after, { packets: [], error, left: 0 }, `split at ${at}`);
      }
    });

  it("PUBREL with no identifier, or none that fits", () => {
    assert.equal(decodeAll(["\x62\x02\0\0"]).error, "id");
    assert.equal(decodeAll(["\x62\x03\0\x01\0"]).error, "length");
  });

  it("each first byte is one a server sends, or has its error", () => {
    const fine = new Set([0x20, 0x40, 0x62, 0x90, 0xb0, 0xd0]);
    for (const flags of [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13]) fine.add(0x30 | flags);
    const types = new Set([...fine].map((first) => first >> 4));
    for (let first = 0; first < 256; first++) {
      const { error } = decodeAll([`${String.fromCharCode(first)}\x82`, "\x80\0"]);
      const expected = !types.has(first >> 4) ? "type" : !fine.has(first) ? "flags" : "";
      // PINGRESP and SUBACK do not have two bytes.
      assert.equal(error, first === 0xd0 || first === 0x90 ? "length" : expected, first.toString(16));
    }
  });

  it("each CONNACK but six with and without a session is one", () => {
    for (let value = 0; value < 65_536; value++) {
      const { packets, error } = decodeAll([`\x20\x02${String.fromCharCode(value >> 8, value & 255)}`]);
      assert.deepEqual(
        [packets[0]?.id, error],
        value % 256 < 6 && value < 512 ? [value, ""] : [undefined, "code"],
      );
    }
  });

  it("a size at the limit is none", () => {
    assert.equal(decodeAll([encodePublish(0, "t", "x".repeat(LIMIT - 3))]).packets.length, 1);
  });

  it("what came before is still decoded", () => {
    const { packets, error } = decodeAll(["\xd0\0\x40\x02\0\x01\x40\x02\0\0\xd0\0"]);
    assert.deepEqual([packets.length, error], [2, "id"]);
  });

  it("topics at the edges of UTF-8 are none", () => {
    for (const topic of ["\x7f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\u{10000}"]) {
      const { packets } = decodeAll([encodePublish(0, utf8(topic), "")]);
      assert.equal(packets[0]?.topic, utf8(topic));
    }
  });

  it("never more than the largest packet is kept", () => {
    const it = stream(503);
    const bytes = fromBuffer(
      generate({ cmd: "publish", topic: "t", payload: Buffer.alloc(500), qos: 0, dup: false, retain: false }),
    );
    for (let i = 0; i < 10_000; i++) {
      it.feed(bytes[i % bytes.length] as string);
      assert.ok(it.buffer.length < 506);
    }
    assert.equal(it.packets.length, Math.floor(10_000 / bytes.length));
  });
});
