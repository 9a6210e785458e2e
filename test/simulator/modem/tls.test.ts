import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { makeCertificate } from "../../../scripts/certificate/make.ts";
import { NOW, opened, ready } from "./rig.ts";
import {
  authority,
  configure,
  device,
  FROM,
  HOST,
  openTls,
  server,
  signed,
  stranger,
  type TlsRig,
  tlsRig,
  UNTIL,
} from "./tls-rig.ts";

const OPEN = "OK +QSSLOPEN: 0,0";
const FAILED = "OK +QSSLOPEN: 0,566";

/** Its server's end got these bytes. */
function received(made: TlsRig, index = 0): () => string {
  let bytes = "";
  made.servers[index]?.on("data", (piece: Buffer) => {
    bytes += piece.toString("latin1");
  });
  return () => bytes;
}

test("a TLS socket: opened, sent on, read, closed; nothing of it in clear on the wire", async () => {
  const made = await tlsRig();
  await configure(made);
  assert.equal(await openTls(made), OPEN);
  assert.deepEqual(made.names, [HOST]);
  const got = received(made);
  assert.equal(await made.at("AT+QSSLSEND=0,6"), "\r\n> ");
  made.modem.receive("secret");
  await made.run(50);
  assert.equal(made.heard(), "\r\nSEND OK\r\n");
  assert.equal(got(), "secret");
  assert.ok(!made.wire().includes("secret"));
  made.servers[0]?.write("\r\nOK\r\n+QSSLURC");
  await made.run(50);
  assert.equal(made.heard(), '\r\n+QSSLURC: "recv",0\r\n');
  assert.equal(await made.at("AT+QSSLRECV=0,6"), "\r\n+QSSLRECV: 6\r\n\r\nOK\r\n\r\n\r\nOK\r\n");
  made.servers[0]?.write("!");
  await made.run(50);
  assert.equal(made.heard(), "", "told once until all is read");
  assert.equal(await made.at("AT+QSSLRECV=0,1500"), "\r\n+QSSLRECV: 9\r\n+QSSLURC!\r\n\r\nOK\r\n");
  assert.equal(await made.at("AT+QSSLRECV=0,512"), "\r\n+QSSLRECV: 0\r\n\r\nOK\r\n");
  assert.equal(
    await made.at("AT+QSSLSTATE=0"),
    `\r\n+QSSLSTATE: 0,"SSLClient","${HOST}",8883,5000,2,1,0,0,"uart1",1\r\n\r\nOK\r\n`,
  );
  assert.equal(await made.at("AT+QSSLCLOSE=0", 200), "\r\nOK\r\n");
  assert.deepEqual(made.modem.state.sockets, []);
  assert.equal(await made.at("AT+QSSLCLOSE=0"), "\r\nOK\r\n");
});

test("much data in both directions", async () => {
  const made = await tlsRig();
  await configure(made);
  await openTls(made);
  const got = received(made);
  const bytes = Array.from({ length: 1460 }, (_, i) => String.fromCharCode(i % 256)).join("");
  for (let i = 0; i < 9; i++) {
    await made.at("AT+QSSLSEND=0,1460");
    made.modem.receive(bytes);
    await made.run(50);
    assert.match(made.heard(), /SEND OK/);
  }
  assert.equal(got(), bytes.repeat(9));
  made.servers[0]?.write(Buffer.from(bytes.repeat(30), "latin1"));
  await made.run(100);
  let read = "";
  while (read.length < 30 * 1460) {
    const answer = await made.at("AT+QSSLRECV=0,1500");
    const length = Number(/^\r\n(?:\+QSSLURC: "recv",0\r\n\r\n)?\+QSSLRECV: (\d+)\r\n/.exec(answer)?.[1]);
    assert.ok(length > 0, JSON.stringify(answer.slice(0, 60)));
    const start = answer.indexOf("\r\n", answer.indexOf("+QSSLRECV")) + 2;
    read += answer.slice(start, start + length);
    await made.run(20);
  }
  assert.equal(read, bytes.repeat(30));
});

test("the server ends it: what it sent before is read, then the socket is closed", async () => {
  const made = await tlsRig();
  await configure(made);
  await openTls(made);
  made.servers[0]?.end("bye");
  await made.run(100);
  assert.equal(made.heard(), '\r\n+QSSLURC: "recv",0\r\n\r\n+QSSLURC: "closed",0\r\n');
  assert.equal(await made.at("AT+QSSLRECV=0,10"), "\r\n+QSSLRECV: 3\r\nbye\r\n\r\nOK\r\n");
  assert.equal(await made.at("AT+QSSLSEND=0,3"), "\r\nERROR\r\n");
  assert.equal(await openTls(made), "OK +QSSLOPEN: 0,563", "it is to be closed first");
});

test("TCP's commands do not reach a TLS socket, nor the reverse; both may have the same id", async () => {
  const made = await tlsRig();
  await configure(made);
  await openTls(made);
  for (const command of ["AT+QISEND=0,3", "AT+QIRD=0,10", "AT+QISEND=0,0"])
    assert.equal(await made.at(command), "\r\nERROR\r\n");
  assert.equal(await made.at("AT+QICLOSE=0"), "\r\nOK\r\n");
  assert.equal(made.modem.state.sockets.length, 1);
  assert.equal(await made.at("AT+QSSLCLOSE=0", 200), "\r\nOK\r\n");
  await opened(made).catch(() => {});
  for (const command of ["AT+QSSLSEND=0,3", "AT+QSSLRECV=0,10"])
    assert.equal(await made.at(command), "\r\nERROR\r\n");
  assert.equal(await openTls(made), OPEN);
  assert.deepEqual(
    made.modem.state.sockets.map(({ id, tls }) => [id, tls]),
    [
      [0, undefined],
      [0, 1],
    ],
  );
});

describe("whom it trusts", () => {
  const refused: [string, string[], Parameters<typeof signed>[0] | undefined, (string | undefined)?][] = [
    ["another authority's certificate", ['AT+QSSLCFG="cacert",1,"other.pem"'], undefined],
    ["a certificate for another host", [], { hosts: ["other.example"] }],
    ["an expired one", [], { until: new Date(NOW - 1000) }],
    ["one not yet valid", [], { from: new Date(NOW + 1000) }],
    ["any, with its clock in 1980", ['AT+CCLK="80/01/06,00:00:00+00"'], undefined],
    ["one of ECDSA", [], { kind: "ecdsa" }],
  ];
  for (const [what, lines, wanted] of refused)
    test(`not: ${what}; and nothing is sent there`, async () => {
      const its = wanted ? await signed(wanted) : server;
      const made = await tlsRig({ cert: its.certificate, key: its.key });
      await configure(made, ...lines);
      assert.equal(await openTls(made), FAILED);
    });

  test("each switch opens what it is for, and no more", async () => {
    const switches = [
      [{ hosts: ["other.example"] }, "checkhost", "0"],
      [{ until: new Date(NOW - 1000) }, "ignorelocaltime", "1"],
      [{ from: new Date(NOW + 1000) }, "ignorelocaltime", "1"],
      [{ by: stranger }, "ignorecertchain", "1"],
    ] as const;
    for (const [wanted, key] of switches) {
      const its = await signed(wanted as Parameters<typeof signed>[0]);
      for (const [, other, value] of switches) {
        const made = await tlsRig({ cert: its.certificate, key: its.key });
        await configure(made, `AT+QSSLCFG="${other}",1,${value}`);
        assert.equal(await openTls(made), other === key ? OPEN : FAILED, `${key}, ${other}`);
      }
      const made = await tlsRig({ cert: its.certificate, key: its.key });
      await configure(made, 'AT+QSSLCFG="seclevel",1,0');
      assert.equal(await openTls(made), OPEN, key);
    }
  });

  test("an authority between, when the server sends it; not when it does not", async () => {
    const between = await makeCertificate({
      name: "Between",
      authority: true,
      by: authority,
      from: FROM,
      until: UNTIL,
    });
    const its = await signed({ by: between });
    for (const [chain, report] of [
      [its.certificate + between.certificate, OPEN],
      [its.certificate, FAILED],
    ] as const) {
      const made = await tlsRig({ cert: chain, key: its.key });
      await configure(made);
      assert.equal(await openTls(made), report);
    }
  });

  test("a certificate that another server's, which is no authority, has signed is refused", async () => {
    const its = await signed({ by: server });
    const made = await tlsRig({ cert: its.certificate + server.certificate, key: its.key });
    await configure(made);
    assert.equal(await openTls(made), FAILED);
  });

  test("an address as the host", async () => {
    const its = await signed({ hosts: ["192.0.2.7"] });
    const made = await tlsRig({ cert: its.certificate, key: its.key });
    await configure(made);
    assert.equal(await openTls(made, "192.0.2.7"), OPEN);
    await made.at("AT+QSSLCLOSE=0", 200);
    assert.equal(await openTls(made, "192.0.2.8"), FAILED);
  });

  test("the name is told to the server only with sni", async () => {
    const made = await tlsRig();
    await configure(made, 'AT+QSSLCFG="sni",1,0');
    assert.equal(await openTls(made), OPEN);
    assert.deepEqual(made.names, []);
  });
});

describe("client certificates", () => {
  const MUTUAL = [
    'AT+QSSLCFG="seclevel",1,2',
    'AT+QSSLCFG="clientcert",1,"cert.pem"',
    'AT+QSSLCFG="clientkey",1,"key.pem"',
  ];
  test("are shown with seclevel 2 alone", async () => {
    for (const lines of [MUTUAL, [...MUTUAL, 'AT+QSSLCFG="seclevel",1,1']]) {
      const made = await tlsRig({ requestCert: true, rejectUnauthorized: false });
      await configure(made, ...lines);
      assert.equal(await openTls(made), OPEN);
      const socket = made.servers[0] as import("node:tls").TLSSocket;
      const shown = socket.getPeerX509Certificate()?.subject;
      assert.equal(shown, lines === MUTUAL ? "CN=device-1" : undefined);
    }
  });

  test("without file, or with another's key, fail before anything is sent", async () => {
    for (const line of ['AT+QSSLCFG="clientkey",1,"none.pem"', 'AT+QSSLCFG="clientcert",1,"ca.pem"']) {
      const made = await tlsRig();
      await configure(made, ...MUTUAL, line);
      assert.equal(await openTls(made), FAILED);
      assert.equal(made.wire(), "");
    }
    assert.ok(device);
  });
});

describe("what fails", () => {
  test("a file that is missing or garbled: no byte goes to the server", async () => {
    for (const name of ["none.pem", "garbled.pem", "key.pem"]) {
      const made = await tlsRig();
      await configure(made, `AT+QSSLCFG="cacert",1,"${name}"`);
      assert.equal(await openTls(made), FAILED);
      assert.equal(made.wire(), "");
      made.modem.files.set(name, authority.certificate);
      await made.at("AT+QSSLCLOSE=0");
      assert.equal(await openTls(made), OPEN);
      made.modem.files.clear();
      await made.at("AT+QSSLCLOSE=0", 200);
      assert.equal(await openTls(made), FAILED);
    }
  });

  test("the error tells nothing, and may be another", async () => {
    for (const handshakeError of [550, 569, 579]) {
      const made = await tlsRig({}, { faults: { handshakeError } });
      await configure(made, 'AT+QSSLCFG="cacert",1,"other.pem"');
      assert.equal(await openTls(made), `OK +QSSLOPEN: 0,${handshakeError}`);
      assert.match(made.modem.transcript.toString(), /no authority of ours signed CN=s/);
    }
  });

  test("a server that says nothing: until negotiatetime is over", async () => {
    for (const [its, faults] of [
      ["plain", {}],
      [{}, { silentHandshake: 1 }],
    ] as const) {
      const made = await tlsRig(its, { faults });
      await configure(made, 'AT+QSSLCFG="negotiatetime",1,10');
      assert.equal(await openTls(made, HOST, 9000), "OK");
      await made.run(2000);
      assert.equal(made.heard(), "\r\n+QSSLOPEN: 0,566\r\n");
    }
  });

  test("a server that speaks something else, or ends it in the handshake", async () => {
    for (const answer of ["HTTP/1.1 400 Bad Request\r\n\r\n", undefined, "destroy"]) {
      const made = await tlsRig("plain");
      await configure(made);
      assert.equal(await openTls(made, HOST, 300), "OK");
      const peer = made.servers[0];
      if (answer === "destroy") peer?.destroy();
      else peer?.end(answer);
      await made.run(100);
      assert.equal(made.heard(), "\r\n+QSSLOPEN: 0,566\r\n");
    }
    const made = await tlsRig({}, { faults: { brokenHandshake: 1 } });
    await configure(made);
    assert.equal(await openTls(made), FAILED);
  });

  test("the TCP connection below: as for QIOPEN", async () => {
    for (const [code, error] of [
      ["ENOTFOUND", 565],
      ["ECONNREFUSED", 566],
      ["ETIMEDOUT", 569],
    ] as const) {
      const near = new Duplex({ read() {}, write() {} });
      const made = await tlsRig({}, { connect: () => near });
      await configure(made);
      made.modem.receive(`AT+QSSLOPEN=1,1,0,"${HOST}",8883,0\r`);
      await made.run(10);
      near.destroy(Object.assign(new Error(code), { code }));
      await made.run(300);
      assert.equal(made.heard(), `\r\nOK\r\n\r\n+QSSLOPEN: 0,${error}\r\n`);
    }
    const made = await tlsRig({}, { faults: { openError: 565 } });
    await configure(made);
    assert.equal(await openTls(made), "OK +QSSLOPEN: 0,565");
  });

  test("another version or suite than the server's", async () => {
    for (const [lines, report] of [
      [['AT+QSSLCFG="sslversion",1,0'], FAILED],
      [['AT+QSSLCFG="sslversion",1,1'], FAILED],
      [['AT+QSSLCFG="sslversion",1,4'], OPEN],
      [['AT+QSSLCFG="ciphersuite",1,0xC02F'], OPEN],
      [['AT+QSSLCFG="ciphersuite",1,0x0035'], FAILED],
    ] as const) {
      const made = await tlsRig({ minVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" });
      await configure(made, ...lines);
      assert.equal(await openTls(made), report, lines[0]);
    }
  });

  test("a server of ECDSA: an EC25 has suites for it", async () => {
    const its = await signed({ kind: "ecdsa" });
    const made = await tlsRig({ cert: its.certificate, key: its.key }, { model: "EC25" });
    await made.at('AT+QURCCFG="urcport","uart1"');
    for (const line of ['"seclevel",1,1', '"cacert",1,"ca.pem"', '"sni",1,1', '"ignorelocaltime",1,1'])
      await made.at(`AT+QSSLCFG=${line}`);
    assert.equal(await openTls(made), OPEN);
  });

  test("a server of TLS 1.3 alone", async () => {
    const made = await tlsRig({ minVersion: "TLSv1.3" });
    await configure(made);
    assert.equal(await openTls(made), FAILED);
  });
});

describe("faults that TCP's sockets have too", () => {
  test("a context that is lost ends it; so does the peer; a restart forgets it and the settings", async () => {
    const made = await tlsRig();
    await configure(made);
    await openTls(made);
    made.modem.inject.pdpdeact();
    await made.run(10);
    assert.equal(made.heard(), '\r\n+QIURC: "pdpdeact",1\r\n');
    assert.equal(await made.at("AT+QSSLSEND=0,3"), "\r\nERROR\r\n");
    const second = await tlsRig();
    await configure(second);
    await openTls(second);
    second.modem.inject.close();
    await second.run(10);
    assert.equal(second.heard(), '\r\n+QSSLURC: "closed",0\r\n');
    second.modem.inject.reset();
    await second.run(12_000);
    assert.deepEqual(second.modem.state.sockets, []);
    assert.match(await second.at('AT+QSSLCFG="cacert",1'), /\+QSSLCFG: "cacert",1,""/);
    assert.match(await second.at('AT+QFLST="ca.pem"'), /\+QFLST: "ca\.pem",\d+/);
  });

  test("late reports, sticky ids, opens without a report, SEND FAIL", async () => {
    const made = await tlsRig();
    const { faults } = made.modem;
    await configure(made);
    await openTls(made);
    faults.lateUrc_ms = 300;
    made.servers[0]?.write("x");
    await made.run(200);
    assert.equal(made.heard(), "");
    await made.run(200);
    assert.equal(made.heard(), '\r\n+QSSLURC: "recv",0\r\n');
    faults.sendFail = 1;
    await made.at("AT+QSSLSEND=0,1");
    made.modem.receive("x");
    await made.run(50);
    assert.equal(made.heard(), "\r\nSEND FAIL\r\n");
    faults.stickyId = 1;
    await made.at("AT+QSSLCLOSE=0", 200);
    assert.equal(await openTls(made), "OK +QSSLOPEN: 0,563");
    faults.silentOpen = 1;
    assert.equal(await openTls(made, HOST, 200_000), "OK");
  });

  test("no coverage: it stands still, and goes on", async () => {
    const made = await tlsRig();
    await configure(made);
    await openTls(made);
    const got = received(made);
    made.modem.inject.hole(5000);
    await made.at("AT+QSSLSEND=0,3");
    made.modem.receive("abc");
    await made.run(1000);
    assert.match(made.heard(), /SEND OK/);
    assert.equal(got(), "");
    await made.run(12_000);
    assert.equal(got(), "abc");
  });

  test("a socket that is open from before has its id and its context taken", async () => {
    const made = await tlsRig({}, { startsOn: { sockets: [{ id: 0, host: HOST, port: 8883, tls: 1 }] } });
    await made.run(1000);
    assert.equal(await made.at('AT+QSSLCFG="seclevel",1,1'), "\r\nERROR\r\n");
    assert.equal(await openTls(made), "OK +QSSLOPEN: 0,563");
    assert.equal(await made.at("AT+QSSLCLOSE=0", 200), "\r\nOK\r\n");
    await configure(made);
    assert.equal(await openTls(made), OPEN);
  });
});

describe("AT+QSSLCFG", () => {
  test("what may be set, by model and firmware", async () => {
    const names = async (options: Parameters<typeof ready>[0]): Promise<string[]> =>
      [...(await (await ready(options)).at("AT+QSSLCFG=?")).matchAll(/\+QSSLCFG: "(\w+)"/g)].map(
        ([, name]) => name as string,
      );
    const old =
      "sslversion ciphersuite cacert clientcert clientkey seclevel ignorelocaltime negotiatetime".split(" ");
    assert.deepEqual((await names({ oldTls: true })).sort(), [...old].sort());
    assert.deepEqual((await names({})).sort(), [...old, "sni", "checkhost", "ignorecertchain"].sort());
    assert.deepEqual((await names({ model: "EC21" })).sort(), [...old, "sni"].sort());
    const made = await ready({ oldTls: true });
    for (const name of ["sni", "checkhost", "ignorecertchain"])
      assert.equal(await made.at(`AT+QSSLCFG="${name}",1,1`), "\r\nERROR\r\n");
    assert.match(await (await ready()).at("AT+QSSLCFG=?"), /\+QSSLCFG: "ciphersuite",\(0-5\),\(0X0035,/);
  });

  test("a value, or the question for it", async () => {
    const made = await ready();
    for (const [line, answer] of [
      ['"sslversion",0', '+QSSLCFG: "sslversion",0,4'],
      ['"sslversion",0,3', ""],
      ['"sslversion",0', '+QSSLCFG: "sslversion",0,3'],
      ['"ciphersuite",1', '+QSSLCFG: "ciphersuite",1,0XFFFF'],
      ['"ciphersuite",1,0xc02f', ""],
      ['"ciphersuite",1', '+QSSLCFG: "ciphersuite",1,0XC02F'],
      ['"cacert",1,"ca.pem"', ""],
      ['"cacert",1', '+QSSLCFG: "cacert",1,"ca.pem"'],
      // With the value forgotten it is the question for context 1.
      ['"ignorelocaltime",1', '+QSSLCFG: "ignorelocaltime",1,0'],
      ['"negotiatetime",5', '+QSSLCFG: "negotiatetime",5,300'],
      ['"negotiatetime",5,9', undefined],
      ['"negotiatetime",6,60', undefined],
      ['"ciphersuite",1,"0xFFFF"', undefined],
      ['"ciphersuite",1,0xC02B', undefined],
      ['"cacert",1,ca.pem', undefined],
      ['"seclevel",1,3', undefined],
      ['"SECLEVEL",1,1', undefined],
      ['"constructor",1', undefined],
      ['"seclevel"', undefined],
      ["seclevel,1,1", undefined],
    ] as const)
      assert.equal(
        await made.at(`AT+QSSLCFG=${line}`),
        answer === undefined ? "\r\nERROR\r\n" : `${answer && `\r\n${answer}\r\n`}\r\nOK\r\n`,
        line,
      );
  });

  test("is refused while a socket of the context is open, and only then", async () => {
    const made = await tlsRig();
    await configure(made);
    await openTls(made);
    assert.equal(await made.at('AT+QSSLCFG="checkhost",1,0'), "\r\nERROR\r\n");
    assert.equal(await made.at('AT+QSSLCFG="checkhost",2,0'), "\r\nOK\r\n");
    assert.match(await made.at('AT+QSSLCFG="checkhost",1'), /,1,1\r\n\r\nOK/);
    await made.at("AT+QSSLCLOSE=0", 200);
    assert.equal(await made.at('AT+QSSLCFG="checkhost",1,0'), "\r\nOK\r\n");
  });

  test("QSSLOPEN's arguments", async () => {
    const made = await tlsRig();
    for (const args of [
      '1,6,0,"h",1',
      '1,1,12,"h",1',
      '1,1,0,"",1',
      "1,1,0,h,1",
      '1,1,0,"h"',
      '1,1,0,"h",1,2',
    ])
      assert.equal(await made.at(`AT+QSSLOPEN=${args}`), "\r\nERROR\r\n", args);
  });
});
