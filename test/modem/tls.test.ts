import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { cme } from "./fake-serial.ts";
import { ERROR, MUTUAL, OK, OPEN, OPEN_PLAIN, ok, SERVER, setup } from "./tls-rig.ts";

const SET_CLOCK = 'AT+CCLK="26/11/29,22:54:56+00"';
/** A board that was never told the time. */
const NEVER_SET = Date.UTC(1970, 0, 1, 0, 1);
const CLOCK_OF_1980 = ok('+CCLK: "80/01/06,00:01:13+00"');

describe("before a connection is opened", () => {
  test("tls 1: what was open is closed, the CA is there, the clock is set, every setting is told; then the host is opened", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = ok();
    open();
    clock.tick(1000);
    assert.deepEqual(serial.commands, [
      "AT+QSSLCLOSE=0",
      'AT+QFLST="0a1b2c3d.pem"',
      SET_CLOCK,
      "AT+QSSLCFG=?",
      'AT+QSSLCFG="sslversion",1,3',
      'AT+QSSLCFG="ciphersuite",1,0xFFFF',
      'AT+QSSLCFG="seclevel",1,1',
      'AT+QSSLCFG="cacert",1,"0a1b2c3d.pem"',
      'AT+QSSLCFG="ignorelocaltime",1,0',
      'AT+QSSLCFG="sni",1,1',
      'AT+QSSLCFG="checkhost",1,1',
      'AT+QSSLCFG="negotiatetime",1,60',
      OPEN,
    ]);
    assert.deepEqual(events, []);
    serial.say("\r\n+QSSLOPEN: 0,0\r\n");
    assert.deepEqual(events, ["open"]);
  });

  test("tls 2: our certificate and key, too", (t) => {
    const { clock, serial, open } = setup(t);
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open(MUTUAL);
    clock.tick(1000);
    assert.deepEqual(
      serial.commands.filter((text) => /QFLST|seclevel|client/.test(text)),
      [
        'AT+QFLST="0a1b2c3d.pem"',
        'AT+QFLST="1111aaaa.pem"',
        'AT+QFLST="2222bbbb.pem"',
        'AT+QSSLCFG="seclevel",1,2',
        'AT+QSSLCFG="clientcert",1,"1111aaaa.pem"',
        'AT+QSSLCFG="clientkey",1,"2222bbbb.pem"',
      ],
    );
  });

  const NO_CA = "TLS: no CA on the modem: npm run flash";
  const NO_CERTIFICATE = "TLS: no client certificate on the modem: npm run flash";
  for (const [what, file, answer, reason] of [
    ["the CA is missing", "0a1b2c3d", cme(405), NO_CA],
    ["the store is empty", "0a1b2c3d", OK, NO_CA],
    ["the CA is cut short", "0a1b2c3d", ok('+QFLST: "0a1b2c3d.pem",193'), NO_CA],
    ["the modem knows no files", "0a1b2c3d", ERROR, NO_CA],
    ["the certificate is missing", "1111aaaa", cme(405), NO_CERTIFICATE],
    ["the key is missing", "2222bbbb", cme(405), NO_CERTIFICATE],
    ["the key is another one", "2222bbbb", ok('+QFLST: "2222bbbb.pem",1679'), NO_CERTIFICATE],
  ] as const)
    test(`${what}: nothing is opened`, (t) => {
      const { clock, serial, events, open } = setup(t);
      serial.answers[`AT+QFLST="${file}.pem"`] = answer;
      open(MUTUAL);
      clock.tick(300_000);
      assert.deepEqual(events, [reason]);
      assert.ok(!serial.commands.some((text) => text.includes("OPEN")));
    });

  for (const name of ["sslversion", "ciphersuite", "seclevel", "cacert", "ignorelocaltime", "checkhost"])
    test(`"${name}" is refused: nothing is opened, as it would not be protected`, (t) => {
      const { clock, serial, events, open } = setup(t);
      for (const text of Object.keys(serial.answers))
        if (text.startsWith(`AT+QSSLCFG="${name}"`)) serial.answers[text] = ERROR;
      open();
      clock.tick(300_000);
      assert.deepEqual(events, ["TLS: modem refuses settings"]);
      assert.ok(!serial.commands.some((text) => text.includes("OPEN")));
    });

  for (const name of ["sni", "negotiatetime"])
    test(`"${name}" is refused by an old modem: it does without`, (t) => {
      const { clock, serial, events, open } = setup(t);
      for (const text of Object.keys(serial.answers))
        if (text.startsWith(`AT+QSSLCFG="${name}"`)) serial.answers[text] = ERROR;
      serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
      open();
      clock.tick(1000);
      assert.deepEqual(events, ["open"]);
    });

  const NONE = ok('+QSSLCFG: "seclevel",(0-5),(0-2)');
  for (const [what, list, answer, sent, words] of [
    ["has the switch", ok('+QSSLCFG: "checkhost",(0-5),(0,1)'), OK, "1", "TLS"],
    ["has the switch, said otherwise", ok('+QSSLCFG: "checkhost",(0-5),(0-1)'), OK, "1", "TLS"],
    ["has the switch, said with a space", ok('+QSSLCFG: "checkhost",(0-5),(0, 1)'), OK, "1", "TLS"],
    ["wants the name", ok('+QSSLCFG: "checkhost",(0-5),<host>'), OK, '"broker.example"', "TLS"],
    ["has none", NONE, ERROR, "1", "TLS, host name not checked"],
    ["has no list", ERROR, ERROR, "1", "TLS, host name not checked"],
    ["does not list it, but has it", NONE, OK, "1", "TLS"],
    ["has more than is kept of an answer", ok(...Array(40).fill('+QSSLCFG: "x",(0,1)')), OK, "1", "TLS"],
    ["garbles its list", ok('+QSSLCFG: "checkst",(0-5),(0,1)'), OK, "1", "TLS"],
  ] as const)
    test(`the host's name: the modem ${what}`, (t) => {
      const { clock, serial, events, parts, open } = setup(t);
      serial.answers["AT+QSSLCFG=?"] = list;
      serial.answers['AT+QSSLCFG="checkhost",1,1'] = answer;
      serial.answers['AT+QSSLCFG="checkhost",1,"broker.example"'] = OK;
      serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
      assert.equal(parts.protectionWords(SERVER), "TLS");
      open();
      clock.tick(1000);
      assert.deepEqual(events, ["open"]);
      assert.deepEqual(
        serial.commands.filter((text) => text.includes('"checkhost"')),
        [`AT+QSSLCFG="checkhost",1,${sent}`],
      );
      assert.equal(parts.protectionWords(SERVER), words);
      assert.equal(parts.protectionWords(MUTUAL), words.replace("TLS", "TLS, client certificate"));
      assert.equal(parts.protectionWords({}), "plain text");
    });
});

describe("the time, which certificates are held against", () => {
  test("nobody knows it: the modem asks a time server, is looked at each 5 s, and its dates are checked all the same", (t) => {
    const { clock, serial, events, open } = setup(t, NEVER_SET);
    serial.answers["AT+CCLK?"] = [
      CLOCK_OF_1980,
      CLOCK_OF_1980,
      CLOCK_OF_1980,
      ok('+CCLK: "26/11/29,22:54:56+00"'),
    ];
    serial.answers['AT+QNTP=1,"pool.ntp.org"'] = OK;
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(14_000);
    assert.deepEqual(events, []);
    clock.tick(2000);
    assert.deepEqual(events, ["open"]);
    const asked = serial.commands.filter((text) => /CCLK|QNTP|ignorelocaltime/.test(text));
    assert.deepEqual(asked, [
      "AT+CCLK?",
      'AT+QNTP=1,"pool.ntp.org"',
      "AT+CCLK?",
      "AT+CCLK?",
      "AT+CCLK?",
      'AT+QSSLCFG="ignorelocaltime",1,0',
    ]);
  });

  test("the modem knows it, as the network told: nobody is asked", (t) => {
    const { clock, serial, events, open } = setup(t, NEVER_SET);
    serial.answers["AT+CCLK?"] = ok('+CCLK: "26/11/29,23:54:56+04"');
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(1000);
    assert.deepEqual(events, ["open"]);
    assert.ok(!serial.commands.some((text) => text.includes("QNTP")));
  });

  test("a fix tells it meanwhile: the modem's clock is set", (t) => {
    const { clock, serial, events, open } = setup(t, NEVER_SET);
    serial.answers["AT+CCLK?"] = CLOCK_OF_1980;
    serial.answers['AT+QNTP=1,"pool.ntp.org"'] = OK;
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(21_000);
    assert.deepEqual(events, []);
    clock.setSystemTime(Date.UTC(2026, 10, 29, 22, 54, 52));
    clock.tick(5000);
    assert.deepEqual(events, ["open"]);
    assert.ok(serial.commands.some((text) => text.startsWith('AT+CCLK="26/11/29,22:54:5')));
  });

  for (const answer of [
    CLOCK_OF_1980,
    ok('+CCLK: "04/01/01,00:01:13+00"'),
    ok('+CCLK: "70/01/01,00:00:00+00"'),
    ERROR,
    ok(),
  ])
    test(`it stays unknown, ${JSON.stringify(answer)}: after a minute there is a reason, and nothing was opened`, (t) => {
      const { clock, serial, events, open } = setup(t, NEVER_SET);
      serial.answers["AT+CCLK?"] = answer;
      serial.answers['AT+QNTP=1,"pool.ntp.org"'] = ERROR;
      open();
      clock.tick(50_000);
      assert.deepEqual(events, []);
      clock.tick(30_000);
      assert.deepEqual(events, ["TLS: time not known: needs open sky"]);
      assert.ok(!serial.commands.some((text) => text.includes("OPEN")));
    });

  test("a clock that can't be set may be right by itself", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[SET_CLOCK] = ERROR;
    serial.answers["AT+CCLK?"] = ok('+CCLK: "26/11/29,22:54:56+00"');
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(1000);
    assert.deepEqual(events, ["open"]);
  });
});

describe("data", () => {
  test("goes and comes by the commands of TLS, whatever its bytes", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    const socket = open();
    clock.tick(1000);
    serial.answers["AT+QSSLSEND=0,5"] = "\r\n> ";
    serial.answers.payload = "\r\nSEND OK\r\n";
    serial.commands = [];
    assert.equal(socket.write("hello"), 5);
    clock.tick(100);
    assert.deepEqual(serial.payloads, ["hello"]);
    const bytes = '\r\nOK\r\n+QSSLURC: "closed",0\r\n';
    serial.answers["AT+QSSLRECV=0,512"] = [
      `\r\n+QSSLRECV: ${bytes.length}\r\n${bytes}\r\n\r\nOK\r\n`,
      "\r\n+QSSLRECV: 0\r\n\r\nOK\r\n",
    ];
    serial.say('\r\n+QSSLURC: "recv",0\r\n');
    clock.tick(100);
    assert.deepEqual(events, ["open", "writable", `data ${bytes}`]);
    serial.say('\r\n+QSSLURC: "closed",0\r\n');
    clock.tick(100);
    assert.equal(events.at(-1), "closed by server");
    assert.equal(serial.commands.at(-1), "AT+QSSLCLOSE=0");
  });

  test("what the modem says of plain TCP is none of it", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = OK;
    open();
    clock.tick(1000);
    serial.say("\r\n+QIOPEN: 0,0\r\n");
    assert.deepEqual(events, []);
    serial.say("\r\n+QSSLOPEN: 0,0\r\n");
    serial.say('\r\n+QIURC: "closed",0\r\n');
    clock.tick(100);
    assert.deepEqual(events, ["open"]);
  });
});

/** Whether anything was sent, and each connection closed before the next. */
function assertNothingSent(commands: string[]): void {
  assert.ok(!commands.some((text) => /SEND/.test(text)), "nothing is sent over a trial");
  let open = "";
  for (const text of commands) {
    const [, kind, what, numbers = ""] = /^AT\+(QI|QSSL)(OPEN|CLOSE)=([\d,]+)/.exec(text) ?? [];
    const connection = `${kind} ${numbers.split(",").filter(Boolean).at(-1)}`;
    if (what === "CLOSE" && connection === open) open = "";
    if (what === "OPEN") {
      assert.equal(open, "", "the one before is closed");
      open = connection;
    }
  }
  assert.equal(open, "", "the last one, too");
}

describe("no handshake: what it is due to", () => {
  const HOST = "TLS: certificate of another host: check host";
  const DATES = "TLS: certificate expired, or not valid yet";
  const CA = "TLS: server has another CA: check ca";
  const NO_TLS = "server refuses TLS: check port, RSA, tls 2";
  const CLIENT = "TLS: client certificate refused: check cert, ca, port";
  for (const [what, protection, meets, reason, opens] of [
    ["the server can't be reached", SERVER, () => false, "refused: check host, port", 2],
    ["another host's certificate", SERVER, (d) => d.plain || !d.names, HOST, 4],
    ["expired, or not valid yet", SERVER, (d) => d.plain || !d.dates, DATES, 5],
    ["both", SERVER, (d) => d.plain || (!d.dates && !d.names), DATES, 5],
    ["another CA", SERVER, (d) => d.plain || d.level === 0, CA, 6],
    ["no TLS on that port, or ECDSA only", SERVER, (d) => d.plain, NO_TLS, 6],
    ["mutual: another host's certificate", MUTUAL, (d) => d.plain || !d.names, HOST, 4],
    ["mutual: another CA", MUTUAL, (d) => d.plain || d.level === 0, CA, 7],
    [
      "the server does without a certificate, but not with ours",
      MUTUAL,
      (d) => d.plain || d.level < 2,
      CLIENT,
      6,
    ],
    ["the server demands a certificate, and ours is refused", MUTUAL, (d) => d.plain, CLIENT, 7],
  ] as const satisfies [
    string,
    typeof SERVER,
    Parameters<ReturnType<typeof setup>["serve"]>[0],
    string,
    number,
  ][])
    for (const refusal of [566, 569, 550, 579])
      test(`${what}, told as ${refusal}`, (t) => {
        const { clock, serial, events, open, serve } = setup(t);
        serve(meets, refusal);
        open(protection);
        clock.tick(30_000);
        assert.equal(events.length, 1);
        if (refusal === 566 || !reason.startsWith("refused")) assert.deepEqual(events, [reason]);
        assert.equal(serial.commands.filter((text) => text.includes("OPEN")).length, opens);
        assertNothingSent(serial.commands);
      });

  test("the next try demands everything again; trials are made anew after 12 failures, or a success between", (t) => {
    const { clock, serial, events, open, serve } = setup(t);
    const wrong_host: Parameters<typeof serve>[0] = (demands) => demands.plain || !demands.names;
    const opens = (): number => {
      serial.commands = [];
      open();
      clock.tick(30_000);
      assertNothingSent(serial.commands);
      return serial.commands.filter((text) => text.includes("OPEN")).length;
    };
    serve(wrong_host);
    assert.equal(opens(), 4);
    for (let i = 1; i < 12; i++) assert.equal(opens(), 1);
    assert.deepEqual(new Set(events), new Set([HOST]));
    assert.equal(opens(), 4);
    serve(() => true);
    const socket = open();
    clock.tick(1000);
    assert.equal(events.at(-1), "open");
    socket.close();
    clock.tick(1000);
    serve((demands) => demands.plain);
    assert.equal(opens(), 6);
    assert.equal(events.at(-1), NO_TLS);
  });

  for (const number of [552, 553, 554, 556, 561, 563, 564, 565, 570])
    test(`${number} is no handshake that failed: there is no trial`, (t) => {
      const { clock, serial, events, open, serve } = setup(t);
      serve(() => false, number);
      open();
      clock.tick(30_000);
      assert.equal(events.length, 1);
      assert.deepEqual(
        serial.commands.filter((text) => text.includes("OPEN")),
        [OPEN],
      );
    });

  test("a handshake that never ends is given up after 215 s, with all trials", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = OK;
    serial.answers[OPEN_PLAIN] = ok("+QIOPEN: 1,0");
    open();
    clock.tick(100_000);
    serial.say("\r\n+QSSLOPEN: 0,569\r\n");
    clock.tick(110_000);
    assert.deepEqual(events, []);
    clock.tick(10_000);
    assert.deepEqual(events, ["no reply: check host, port"]);
    clock.tick(1000);
    assert.equal(serial.commands.at(-1), "AT+QSSLCLOSE=0");
    assertNothingSent(serial.commands);
  });
});

describe("its end, before it is open", () => {
  test("its user closes it while the modem is told: it is closed, and what comes next is opened", (t) => {
    const { clock, serial, events, open } = setup(t);
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    const socket = open();
    clock.tick(45);
    socket.close();
    open();
    clock.tick(1000);
    assert.deepEqual(events, ["open"]);
    assert.equal(serial.commands.filter((text) => text === OPEN).length, 1);
  });

  test("in a trial, too: the next one is to be used again", (t) => {
    const { clock, serial, events, open, serve } = setup(t);
    serve((demands) => demands.plain || !demands.names);
    const socket = open();
    for (let ms = 0; !serial.commands.includes(OPEN_PLAIN); ms++) {
      assert.ok(ms < 5000, "there is a trial");
      clock.tick(1);
    }
    socket.close();
    serve(({ names, dates, level }) => names && dates && level === 1);
    open();
    clock.tick(1000);
    assert.deepEqual(events, ["open"]);
  });

  test("the modem restarts while it is told", (t) => {
    const { clock, serial, events, open, lost } = setup(t);
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(45);
    lost(Reason.ModemRestarted);
    clock.tick(1000);
    assert.deepEqual(events.splice(0), ["modem restarted: check power"]);
    open();
    clock.tick(1000);
    assert.deepEqual(events, ["open"]);
  });
});
