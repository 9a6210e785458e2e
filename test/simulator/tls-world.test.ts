/** The stand-in behind the look-alike's TLS, in memory, with Node's TLS and with none: the same is seen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { generate, type IConnectPacket } from "mqtt-packet";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { nameOf } from "../../scripts/flash/certificates.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { createPeers, TOKEN } from "../blob/peers.ts";
import { authority, device, HOST, realTls, sealedTls, signed, type WorldTls } from "../blob/tls.ts";
import { tickQuietly } from "./quiet.ts";

const START_MS = Date.UTC(2026, 5, 1, 12);
const stranger = await makeCertificate({ name: "Other CA", authority: true });

/** Modem and server, and AT commands to the one. */
async function scene(tls: WorldTls, options: ModemOptions = {}) {
  const timers = createClock(START_MS);
  const { modem, thingsboard } = createPeers(
    fromFakeTimers(timers),
    { startsOn: { context: true, echo: false }, ...options },
    {},
    tls,
  );
  let heard = "";
  modem.onTransmit = (bytes) => {
    heard += bytes;
  };
  async function at(command: string, ms = 200): Promise<string> {
    heard = "";
    modem.receive(command);
    await tickQuietly(timers, ms);
    return heard;
  }
  const { settings } = tls;
  const name = (of: string): string => `"${String(settings[of]).split(",")[0]}"`;
  async function open(...more: string[]): Promise<string> {
    for (const line of [
      'AT+CCLK="26/06/01,12:00:00+00"',
      `AT+QSSLCFG="seclevel",1,${settings.tls}`,
      `AT+QSSLCFG="cacert",1,${name("ca")}`,
      `AT+QSSLCFG="clientcert",1,${name("cert")}`,
      `AT+QSSLCFG="clientkey",1,${name("key")}`,
      'AT+QSSLCFG="sni",1,1',
      'AT+QSSLCFG="checkhost",1,1',
      'AT+QSSLCFG="ignorelocaltime",1,0',
      'AT+QSSLCFG="negotiatetime",1,60',
      ...more,
    ])
      assert.equal(await at(`${line}\r`), "\r\nOK\r\n", line);
    return /\+QSSLOPEN: 0,\d+/.exec(await at(`AT+QSSLOPEN=1,1,0,"${HOST}",8883,0\r`, 1000))?.[0] ?? "";
  }
  /** Sends CONNECT; the code of CONNACK. */
  async function login(fields: Partial<IConnectPacket> = {}): Promise<number | undefined> {
    const bytes = generate({ cmd: "connect", clientId: "c", clean: true, keepalive: 60, ...fields });
    await at(`AT+QSSLSEND=0,${bytes.length}\r`);
    await at(bytes.toString("latin1"));
    const answer = await at("AT+QSSLRECV=0,512\r");
    const start = answer.indexOf("+QSSLRECV: 4\r\n\x20\x02");
    return start < 0 ? undefined : answer.charCodeAt(start + 17);
  }
  return { modem, thingsboard, at, open, login };
}

for (const [kind, tlsOf] of [
  ["Node's TLS", realTls],
  ["sealed", sealedTls],
] as const)
  describe(kind, () => {
    test("a token's log-in, and data both ways", async () => {
      const { open, login, at, thingsboard } = await scene(tlsOf());
      assert.equal(await open(), "+QSSLOPEN: 0,0");
      assert.equal(await login({ username: TOKEN }), 0);
      assert.deepEqual(
        thingsboard.connections.map(({ device }) => device),
        ["tracker"],
      );
      thingsboard.faults.drop();
      assert.match(await at("AT\r"), /\+QSSLURC: "closed",0/);
    });

    test("X.509: the certificate alone counts; one that is unknown, or none, is no log-in", async () => {
      const known = await scene(tlsOf({ tls: 2 }));
      assert.equal(await known.open(), "+QSSLOPEN: 0,0");
      assert.equal(await known.login({ username: "nobody" }), 0);
      const unknown = tlsOf({ tls: 2 });
      unknown.device = authority.certificate;
      const other = await scene(unknown);
      assert.equal(await other.open(), "+QSSLOPEN: 0,0", "the handshake takes any");
      assert.equal(await other.login({ username: TOKEN }), 5);
      const anonymous = await scene(tlsOf({ tls: 2 }));
      await anonymous.open('AT+QSSLCFG="seclevel",1,1');
      assert.equal(await anonymous.login(), 2);
    });

    for (const [what, wanted, line] of [
      ["another host's", { hosts: ["other.example"] }, ""],
      ["expired", { until: new Date(START_MS - 1000) }, ""],
      ["not yet valid", { from: new Date(START_MS + 60_000) }, ""],
      ["another authority's", { by: stranger }, ""],
      ["ECDSA's", { kind: "ecdsa" }, ""],
      ["right, but the clock is in 1980", {}, 'AT+CCLK="80/01/06,00:00:00+00"'],
      ["right, but the version is old", {}, 'AT+QSSLCFG="sslversion",1,1'],
    ] satisfies [string, Parameters<typeof signed>[0], string][])
      test(`a server's certificate that is ${what}`, async () => {
        const { open, modem } = await scene(tlsOf({ identity: await signed(wanted) }));
        assert.equal(await open(...(line ? [line] : [])), "+QSSLOPEN: 0,566");
        assert.match(modem.transcript.toString(), /# TLS to server\.example:8883: /);
      });

    test("a plain server, TLS to a plain port, plain to a TLS port, a hanging one", async () => {
      const { at, thingsboard, modem } = await scene(tlsOf());
      const reasons: string[] = [];
      thingsboard.on("close", ({ reason }) => reasons.push(reason));
      assert.match(await at(`AT+QSSLOPEN=1,1,0,"${HOST}",1883,0\r`, 1000), /\+QSSLOPEN: 0,566/);
      assert.match(reasons[0] ?? "", /malformed packet/);
      assert.match(await at(`AT+QIOPEN=1,0,"TCP","${HOST}",8883,0,0\r`, 1000), /\+QIOPEN: 0,0/);
      await at("AT+QISEND=0,14\r");
      const hello = generate({ cmd: "connect", clientId: "", clean: true });
      assert.match(await at(hello.toString("latin1"), 1000), /\+QIURC: "closed",0/);
      modem.faults.silentHandshake = 1;
      await at("AT+QSSLCLOSE=0\r");
      await at('AT+QSSLCFG="negotiatetime",1,10\r');
      assert.doesNotMatch(await at(`AT+QSSLOPEN=1,1,0,"${HOST}",8883,0\r`, 9000), /QSSLOPEN/);
      assert.match(await at("AT\r", 2000), /\+QSSLOPEN: 0,566/);
    });

    test("a server that is down closes before a byte", async () => {
      const { open, thingsboard } = await scene(tlsOf());
      thingsboard.faults.down = true;
      assert.match(await open(), /^\+QSSLOPEN: 0,566$/);
    });
  });

test("a wiped store", async () => {
  const { open, modem } = await scene(sealedTls());
  modem.files.delete(nameOf(authority.certificate));
  assert.equal(await open(), "+QSSLOPEN: 0,566");
  assert.ok(device);
});
