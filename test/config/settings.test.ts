import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { orders, SETTINGS } from "../../firmware/settings.ts";
import { BOARDS } from "../../scripts/boards.ts";
import { fields } from "../../scripts/config/fields.ts";
import {
  faultsOf,
  parseSettings,
  putAt,
  type Settings,
  settingsFor,
  valueAt,
} from "../../scripts/config/settings.ts";
import { TEXT, WHOLE } from "./person.ts";

const SERVER = { host: "tb.example", username: "T0KEN" };
const ALL = BOARDS.join(" ");
const right = (more: object = {}) => ({ board: "rak8212", server: SERVER, ...more });
const faults = (settings: unknown, board?: "rak8212" | "linux") => faultsOf(settings as Settings, board);
const of = (text: string) => settingsFor("rak8212", text);

describe("settingsFor", () => {
  test("sends what differs from the defaults, compact, without what is the file's own", () => {
    const text = JSON.stringify(
      right({
        $schema: "./x.json",
        apn: "web",
        apn_user: "",
        interval_s: 60,
        debug: 1,
        server: { ...SERVER, port: 0, qos: 0 },
      }),
    );
    assert.deepEqual(of(text), {
      json: '{"server":{"host":"tb.example","username":"T0KEN","qos":0},"apn":"web","debug":1}',
    });
  });

  test("takes settings that name no board, and refuses those of another", () => {
    assert.deepEqual(of(JSON.stringify({ server: SERVER })), { json: JSON.stringify({ server: SERVER }) });
    assert.deepEqual(of(JSON.stringify(right({ board: "linux" }))), {
      faults: ['board "linux": these settings go to rak8212'],
    });
  });

  test("sends a board's own fields", () => {
    const text = JSON.stringify({ server: SERVER, modem_port: "/dev/m" });
    assert.deepEqual(settingsFor("linux", text), {
      json: JSON.stringify({ server: SERVER, modem_port: "/dev/m" }),
    });
    assert.ok("faults" in of(text));
  });

  test("refuses what only firmware with another feature knows, where it is known what is built", () => {
    const text = JSON.stringify({ server: SERVER, gnss_port: "/dev/ttyACM0", gnss_baud: 4800 });
    assert.deepEqual(settingsFor("linux", text, { gnss: "modem" }), {
      faults: ["gnss_port: only with --features gnss=nmea", "gnss_baud: only with --features gnss=nmea"],
    });
    const json = JSON.stringify({ server: SERVER, gnss_baud: 4800 });
    assert.deepEqual(settingsFor("linux", text, { gnss: "nmea" }), { json });
    assert.deepEqual(settingsFor("linux", text), { json });
  });

  test("sends the device the same settings as the whole file would be", () => {
    // What is required with TLS, or by provisioning, is so here without.
    const strict = fields("linux", { tls: 2, provision: true }).map((field) =>
      field.path === "server.username" ? { ...field, least: 1 } : field,
    );
    const values = strict.map(({ path, type, least, most, step = 1, pattern }) =>
      fc.tuple(
        fc.constant(path),
        type === "number"
          ? fc.option(
              fc.integer({ min: least / step, max: Math.floor(most / step) }).map((steps) => steps * step),
              { nil: undefined },
            )
          : fc.option(
              // What looks ahead is not made from its pattern.
              (path === "keys"
                ? fc
                    .uniqueArray(fc.stringMatching(/^[a-z ]{0,9}$/), { minLength: 1, maxLength: 4 })
                    .map(String)
                : fc.stringMatching(new RegExp(pattern ?? ""))
              ).filter((text) => text.length >= least && text.length <= most),
              { nil: undefined },
            ),
      ),
    );
    const files = { ca: "ca.pem", cert: "c.pem", key: "k.pem" };
    const effective = (settings: Settings) =>
      fields("linux").map(({ path, default: initial }) => [path, valueAt(settings, path) ?? initial]);
    fc.assert(
      fc.property(fc.tuple(...values), (given) => {
        const settings: Settings = { server: { ...SERVER, ...files, provision_secret: "s" } };
        for (const [path, value] of given) if (value !== undefined) putAt(settings, path, value);
        // A device has one login.
        if (valueAt(settings, "server.tls") === 2) putAt(settings, "server.provision_key", undefined);
        if (valueAt(settings, "server.provision_key")) putAt(settings, "server.username", undefined);
        // Numbers that do not fit each other: those there are no defaults of would be too little or too much.
        if (faultsOf({ board: "linux", ...settings }).some((fault) => fault.includes("must be at least")))
          for (const path of Object.entries(orders()).flat()) putAt(settings, path, undefined);
        const sent = settingsFor("linux", JSON.stringify({ board: "linux", ...settings }));
        assert.ok("json" in sent, JSON.stringify(sent));
        const device = JSON.parse(sent.json);
        assert.deepEqual(faultsOf(device, "linux"), []);
        assert.deepEqual(effective(device), effective(settings));
      }),
      { numRuns: 200 },
    );
  });
});

describe("numbers that do not fit each other", () => {
  for (const [given, fault] of [
    [{ heartbeat_s: 59 }, "heartbeat_s 59: must be at least interval_s"],
    [{ interval_s: 600, heartbeat_s: 599 }, "heartbeat_s 599: must be at least interval_s"],
    [{ watch_s: 61 }, "interval_s 60: must be at least watch_s"],
    [{ still_s: 20, watch_s: 30 }, "still_s 20: must be at least watch_s"],
  ] as const)
    test(fault, () => assert.deepEqual(faultsOf(right(given)), [fault]));

  test("0 is off", () =>
    assert.deepEqual(faultsOf(right({ heartbeat_s: 0, watch_s: 0, interval_s: 9 })), []));
});

describe("broken text", () => {
  for (const [text, line] of [
    ["", "not JSON: value expected at line 1, column 1"],
    ["tracker", "not JSON: invalid symbol at line 1, column 1"],
    ['{"apn": "a",}', "not JSON: property name expected at line 1, column 13"],
    ['{"apn": "a"\n "pin": "1"}', "not JSON: comma expected at line 2, column 2"],
    ['{"server": {\n  "username": S3CRET\n}}', "not JSON: invalid symbol at line 2, column 15"],
    ['{"server": {"username": "S3CRET', "not JSON: unexpected end of string at line 1, column 25"],
    ["{'apn': 'S3CRET'}", "not JSON: invalid symbol at line 1, column 2"],
    ['{"apn": "a"} // S3CRET', "not JSON: invalid comment token at line 1, column 14"],
    ['{"apn": "S3\tCRET"}', "not JSON: invalid character at line 1, column 9"],
    ["[]", "must be an object"],
    ["null", "must be an object"],
    ['"S3CRET"', "must be an object"],
  ] as const)
    test(JSON.stringify(text), () => assert.deepEqual(of(text), { faults: [line] }));

  test("says the same of every truncation as of none: one line, without secrets", () => {
    const whole = JSON.stringify(right({ server: { host: "h", username: "S3CRET" } }), null, 2);
    for (let length = 0; length < whole.length; length++) {
      const read = parseSettings(whole.slice(0, length));
      assert.ok("faults" in read);
      assert.equal(read.faults.length, 1);
      assert.match(read.faults[0] ?? "", /^not JSON: [a-z ]+ at line \d+, column \d+$/);
      assert.doesNotMatch(read.faults[0] ?? "", /S3C/);
    }
  });

  test("a byte order mark is none of our business", () => {
    assert.deepEqual(of(`\uFEFF${JSON.stringify(right())}`), { json: JSON.stringify({ server: SERVER }) });
  });
});

describe("faults", () => {
  // Of a RAK8212, whose receiver and modem have no ports; what a feature has is told of each board.
  const KNOWN = [
    "server",
    ...SETTINGS.map(({ path }) => path).filter((path) => !/^server\.|^gnss_|^modem_port|^zones/.test(path)),
    "$schema",
    "board",
  ].join();
  for (const [settings, ...lines] of [
    [right()],
    [right({ $schema: "x" })],
    ...["Longitude", ",,,Speed", "a,b", "a,,b,c", "lon gitude,ab,b"].map(
      (keys) => [right({ keys })] as const,
    ),
    ...[",", ",,,", "a,a", "a,b,,b", ",,a,a", "a,b,c,d,e", "a,,,,", "a,b,c,d,"].map(
      (keys) =>
        [
          right({ keys }),
          `keys "${keys}": must be one to four different names with commas between, one left out is empty`,
        ] as const,
    ),
    [right({ keys: "\u00e9,a" }), `keys "\u00e9,a": ${TEXT} 1 to 99, only ASCII without quotes`],
    [
      right({ board: "linux", outbox_bytes: 8193 }),
      "outbox_bytes 8193: must be whole pages, a multiple of 4096",
    ],
    [right({ board: "linux", outbox_bytes: 12288 })],
    [{ board: "rak8212" }, `server.host "": ${TEXT} 1 to 255`, `server.username: ${TEXT} 1 to 255`],
    [right({ server: [] }), "server: must be an object"],
    [right({ server: "S3CRET" }), "server: must be an object"],
    [right({ server: null }), "server: must be an object"],
    [{ server: SERVER }, `board: missing, use ${ALL}`],
    [right({ board: "RAK8212" }), `board "RAK8212": unknown, use ${ALL}`],
    [right({ board: { a: "S3CRET" } }), `board {}: unknown, use ${ALL}`],
    [right({ $schema: 1 }), "$schema: must be text"],
    [right({ interval_s: "60" }), `interval_s "60": ${WHOLE} 1 to 86400`],
    [right({ interval_s: 0 }), `interval_s 0: ${WHOLE} 1 to 86400`],
    [right({ interval_s: null }), `interval_s null: ${WHOLE} 1 to 86400`],
    [right({ no_time: "wait" }), 'no_time "wait": must be hold, server or drop'],
    [right({ outbox_bytes: 8192 })],
    [right({ outbox_bytes: 65536 }), `outbox_bytes 65536: ${WHOLE} 8192 to 8192`],
    [right({ debug: true }), `debug true: ${WHOLE} 0 to 1`],
    [right({ apn: 5 }), `apn 5: ${TEXT} 0 to 64`],
    [right({ apn: ["S3CRET"] }), `apn []: ${TEXT} 0 to 64`],
    [right({ apn: "tele\nfon" }), `apn "tele\\nfon": ${TEXT} 0 to 64, only ASCII without quotes`],
    [right({ apn: "é" }), `apn "é": ${TEXT} 0 to 64, only ASCII without quotes`],
    [right({ keys: ",,,speed" })],
    [right({ keys: "" }), `keys "": ${TEXT} 1 to 99`],
    [right({ pin: 1234 }), `pin: ${TEXT} 0 to 8`],
    [right({ pin: "S3CRET" }), `pin: ${TEXT} 0 to 8, only digits`],
    [right({ apn_password: ["S3CRET"] }), `apn_password: ${TEXT} 0 to 64`],
    [right({ server: { ...SERVER, port: 65536 } }), `server.port 65536: ${WHOLE} 0 to 65535`],
    [right({ server: { ...SERVER, port: 1.5 } }), `server.port 1.5: ${WHOLE} 0 to 65535`],
    [
      right({ server: { ...SERVER, host: "http://h" } }),
      'server.host "http://h": must be a host name or address alone, without mqtt:// and without port',
    ],
    [
      right({ server: { ...SERVER, host: "h:1883" } }),
      'server.host "h:1883": must be a host name or address alone, without mqtt:// and without port',
    ],
    [right({ server: { ...SERVER, host: "2001:db8::1" } })],
    [right({ server: { ...SERVER, topics: 3 } }), `server.topics 3: ${WHOLE} 1 to 2`],
    [
      right({ server: { ...SERVER, username: "é S3CRET" } }),
      `server.username: ${TEXT} 1 to 255, only ASCII without quotes`,
    ],
    [
      right({ server: { ...SERVER, pasword: "S3CRET" } }),
      "server.pasword: unknown, use host,port,tls,ca,cert,key,username,client_id,password,provision_key,provision_secret,device_name,credentials,qos,keep_alive,topics",
    ],
    [right({ server: { ...SERVER, tls: 1 } }), `server.ca "": ${TEXT} 1 to 255`],
    [right({ server: { ...SERVER, tls: 1, ca: "ca.pem" } })],
    [
      right({ server: { host: "h", tls: 2, ca: "ca.pem" } }),
      `server.cert "": ${TEXT} 1 to 255`,
      `server.key "": ${TEXT} 1 to 255`,
    ],
    [right({ server: { host: "h", tls: 2, ca: "ca.pem", cert: "c.pem", key: "k.pem" } })],
    [right({ server: { host: "h", provision_key: "k", provision_secret: "s" } })],
    [
      right({ server: { ...SERVER, provision_key: "k", provision_secret: "s" } }),
      "server.username: not with provision_key, by which each board gets a login of its own",
    ],
    [
      right({
        server: {
          host: "h",
          tls: 2,
          ca: "ca.pem",
          cert: "c.pem",
          key: "k.pem",
          provision_key: "k",
          provision_secret: "s",
        },
      }),
      "server.provision_key: not with tls 2, where the certificate is the login",
    ],
    [right({ server: { ...SERVER, tls: 3 } }), `server.tls 3: ${WHOLE} 0 to 2`],
    [right({ modem_port: "/dev/x" }), `modem_port: unknown, use ${KNOWN}`],
    [right({ host: "h" }), `host: unknown, use ${KNOWN}`],
    [right({ toString: "h" }), `toString: unknown, use ${KNOWN}`],
    [
      right({ constructor: 1, hasOwnProperty: 1 }),
      `constructor: unknown, use ${KNOWN}`,
      `hasOwnProperty: unknown, use ${KNOWN}`,
    ],
    [
      right({ server: { ...SERVER, valueOf: 1 } }),
      "server.valueOf: unknown, use host,port,tls,ca,cert,key,username,client_id,password,provision_key,provision_secret,device_name,credentials,qos,keep_alive,topics",
    ],
    [
      JSON.parse('{"board":"rak8212","server":{"host":"h","username":"t","__proto__":{"qos":0}}}'),
      "server.__proto__: unknown, use host,port,tls,ca,cert,key,username,client_id,password,provision_key,provision_secret,device_name,credentials,qos,keep_alive,topics",
    ],
    [
      JSON.parse('{"server":{"host":"h","username":"t"},"__proto__":{"board":"rak8212"}}'),
      `board: missing, use ${ALL}`,
      `__proto__: unknown, use ${KNOWN.replace(",$schema", ",gnss_port,gnss_baud,modem_port,$schema")}`,
    ],
    [right(JSON.parse('{"interval_s":1e400}')), `interval_s Infinity: ${WHOLE} 1 to 86400`],
    [right({ interval_s: [60] }), `interval_s []: ${WHOLE} 1 to 86400`],
    [right({ apn: { toString: 5 } }), `apn {}: ${TEXT} 0 to 64`],
    [
      JSON.parse('{"board":"rak8212","server":{"host":"h","username":"t"},"__proto__":1}'),
      `__proto__: unknown, use ${KNOWN}`,
    ],
  ] as [unknown, ...string[]][])
    test(`${JSON.stringify(settings)}: ${lines.length}`, () => assert.deepEqual(faults(settings), lines));

  test("all of them, a line each", () => {
    const lines = faults(right({ apn: 1, keys: "", zzz: 0, server: { qos: 2 } }));
    assert.deepEqual(
      lines.map((line) => line.split(/[ :]/)[0]),
      ["server.host", "server.username", "server.qos", "apn", "keys", "zzz"],
    );
  });

  test("of a value that is wrong in any way: one line, and never a secret", () => {
    const secrets = fields("linux").filter((field) => field.secret);
    const wrong = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()), fc.object());
    fc.assert(
      fc.property(fc.constantFrom(...secrets), wrong, (field, value) => {
        const settings: Settings = { board: "linux", server: { ...SERVER } };
        const marked = typeof value === "string" ? `S3CRET${value}é` : value;
        putAt(settings, field.path, marked);
        const [fault = "", ...more] = faultsOf(settings);
        assert.ok(!more.length && fault.startsWith(`${field.path}: ${TEXT} `), fault);
        assert.doesNotMatch(fault, /S3CRET|\n/);
      }),
    );
  });
});

test("the example is right, for its board", () => {
  const example = readFileSync(new URL("../../scripts/config/tracker.example.json", import.meta.url), "utf8");
  const { board } = JSON.parse(example);
  assert.ok(BOARDS.includes(board));
  assert.ok("json" in settingsFor(board, example));
});
