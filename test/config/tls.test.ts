/** `npm run config` with TLS: what is asked, what is found at the server, what `--check` says of the files. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { type Identity, makeCertificate } from "../../scripts/certificate/make.ts";
import { httpServer, mqttTalk, plainServer, tlsServer } from "../probe/servers.ts";
import { CTRL_C, CTRL_U, DOWN, ENTER, runConfig, type Step, temporaryDirectory } from "./person.ts";

const { file, read } = temporaryDirectory();
const HOST = "127.0.0.1";

const root = await makeCertificate({ name: "Our Root", authority: true });
const own = await makeCertificate({ name: HOST, by: root, hosts: [HOST] });
const ecdsa = await makeCertificate({ name: HOST, by: root, hosts: [HOST], kind: "ecdsa" });
const client = await makeCertificate({ name: "tracker", client: true });

/** As a server sends it that sends its root, too. */
const withRoot = ({ certificate, key }: Identity) => ({ cert: certificate + root.certificate, key });

const OTHERS = ["--board", "rak5010", "--host", HOST, "--token", "T0KEN"];
const pemsBeside = (out: string): string[] =>
  readdirSync(dirname(out)).filter((name) => name.endsWith(".pem") && name.startsWith("our-root-"));

/** Writes a file beside the settings. */
function beside(out: string, name: string, text: string): string {
  writeFileSync(join(dirname(out), name), text);
  return name;
}

/** The questions, up to the port; then `more`, then the rest. */
const answers = (port: number, more: Step[]): Step[] => [
  ["Board", DOWN + ENTER],
  ["APN (", ENTER],
  ["APN user", ENTER],
  ["APN password", ENTER],
  ["PIN", ENTER],
  ["host name", `${HOST}${ENTER}`],
  ["MQTT port", `${CTRL_U}${port}${ENTER}`],
  ...more,
];
const TOKEN: Step = ["access token", `T0KEN${ENTER}`];
const SECONDS: Step = ["Seconds", ENTER];

describe("asked", () => {
  test("where the port is 8883 TLS is offered, and a file of one's own can be named", async () => {
    const out = file();
    beside(out, "mine.pem", root.certificate);
    const { code, screen } = await runConfig(
      ["--out", out],
      answers(8883, [
        ["protected", ENTER],
        ["root to trust", DOWN + ENTER],
        ["root to trust", `nowhere.pem${ENTER}`],
        ["no such file", `${CTRL_U}${join(dirname(out), "mine.pem")}${ENTER}`],
        TOKEN,
        SECONDS,
      ]),
    );
    assert.equal(code, 0);
    assert.match(screen, /plain text/);
    assert.deepEqual(read(out).server, {
      host: HOST,
      port: 8883,
      tls: 1,
      ca: "mine.pem",
      username: "T0KEN",
    });
  });

  test("a root of the list is offered, and written beside the settings", async () => {
    const out = file();
    const port = await tlsServer({ cert: own.certificate, key: own.key });
    const { code, screen, said } = await runConfig(
      ["--out", out],
      answers(port, [
        ["protected", DOWN + ENTER],
        ["root to trust", ENTER],
        ["Trust it?", ENTER],
        TOKEN,
        SECONDS,
      ]),
      [root.certificate],
    );
    assert.equal(code, 0, screen);
    const { tls, ca } = read(out).server;
    assert.equal(tls, 1);
    assert.match(ca, /^our-root-[0-9a-f]{8}\.pem$/);
    assert.equal(readFileSync(join(dirname(out), ca), "utf8"), root.certificate);
    assert.match(said, /^wrote \S+our-root-\w+\.pem, the root that is trusted\nwrote /);
    assert.match(screen, /127\.0\.0\.1: issued by Our Root, valid until \d{4}-\d\d-\d\d, RSA 2048/);
    assert.match(screen, /key RSA 2048: right/);
    assert.match(screen, /name 127\.0\.0\.1: right/);
    assert.match(screen, /TLSv1\.2, TLS_ECDHE_RSA_WITH_\w+: right/);
    assert.match(screen, /the modem can connect to it/);
    assert.equal((await runConfig(["--check", out])).code, 0);
  });

  test("a root of no list is trusted only by its fingerprint, which is shown; no is the default", async () => {
    const out = file();
    const port = await tlsServer(withRoot(own));
    const { code, screen } = await runConfig(
      ["--out", out],
      answers(port, [
        ["protected", DOWN + ENTER],
        ["root to trust", ENTER],
        ["fingerprint that its owner told you?", ENTER],
        ["root to trust", ENTER],
        ["fingerprint that its owner told you?", "y"],
        TOKEN,
        SECONDS,
      ]),
    );
    assert.equal(code, 0);
    assert.ok(screen.replace(/\s|│/g, "").includes(fingerprintOf(root)));
    assert.match(screen, /no list has/);
    assert.match(read(out).server.ca, /^our-root-/);
  });

  test("nothing is written when it is given up", async () => {
    const out = file();
    const port = await tlsServer(withRoot(ecdsa));
    const before = pemsBeside(out);
    const { code, screen } = await runConfig(
      ["--out", out],
      answers(port, [
        ["protected", DOWN + ENTER],
        ["root to trust", ENTER],
        ["fingerprint that its owner told you?", "y"],
        ["access token", CTRL_C],
      ]),
    );
    assert.equal(code, 1);
    assert.match(screen, /key EC \S+: WRONG, the modem's cipher suites are for RSA keys alone/);
    assert.match(screen, /the modem cannot connect to it: .* has an ECDSA certificate only/);
    assert.ok(!existsSync(out));
    assert.deepEqual(pemsBeside(out), before);
  });

  test("a server that cannot be looked at is told, and the question comes again", async () => {
    const out = file();
    const { screen } = await runConfig(
      ["--out", out],
      answers(await plainServer(), [
        ["protected", DOWN + ENTER],
        ["root to trust", ENTER],
        ["root to trust", CTRL_C],
      ]),
    );
    assert.match(screen, /speaks MQTT in plain text, without TLS/);
  });

  test("with a certificate as login its files are asked for, and no token", async () => {
    const out = file();
    const [cert, key] = [beside(out, "t.crt.pem", client.certificate), beside(out, "t.key.pem", client.key)];
    const path = (name: string) => join(dirname(out), name);
    const port = await tlsServer(
      { ...withRoot(own), requestCert: true, ca: client.certificate },
      mqttTalk(0),
    );
    const { code, screen } = await runConfig(
      ["--out", out],
      answers(port, [
        ["protected", DOWN + DOWN + ENTER],
        ["device's certificate", `${path(key)}${ENTER}`],
        ["holds a private key", `${CTRL_U}${path(cert)}${ENTER}`],
        ["private key, a PEM", `${path(key)}${ENTER}`],
        ["root to trust", ENTER],
        ["Trust it?", ENTER],
        SECONDS,
      ]),
      [root.certificate],
    );
    assert.equal(code, 0);
    assert.match(screen, /the modem can connect to it/);
    const { ca, ...server } = read(out).server;
    assert.deepEqual(server, { host: HOST, port, tls: 2, cert, key });
    assert.ok(ca);
  });
});

describe("--fetch-ca", () => {
  test("takes a root of the list, and tells what was seen", async () => {
    const out = file();
    const port = await tlsServer(withRoot(own));
    const { code, complaints } = await runConfig(
      [...OTHERS, "--port", `${port}`, "--fetch-ca", "--out", out],
      undefined,
      [root.certificate],
    );
    assert.equal(code, 0);
    assert.equal(read(out).server.tls, 1);
    assert.ok(existsSync(join(dirname(out), read(out).server.ca)));
    assert.match(complaints, /the modem can connect to it/);
  });

  test("takes no other root but by its fingerprint", async () => {
    const out = file();
    const port = await tlsServer(withRoot(own));
    const run = (...args: string[]) =>
      runConfig([...OTHERS, "--port", `${port}`, "--fetch-ca", "--out", out, ...args]);
    const refused = await run();
    assert.equal(refused.code, 1);
    assert.match(refused.complaints, new RegExp(`then: --fingerprint ${fingerprintOf(root)}`));
    const wrong = await run("--fingerprint", "00".repeat(32));
    assert.equal(wrong.code, 1);
    assert.match(wrong.complaints, /^--fingerprint: the root's is another/m);
    assert.ok(!existsSync(out));
    assert.equal((await run("--fingerprint", fingerprintOf(root).toLowerCase())).code, 0);
    assert.equal(readFileSync(join(dirname(out), read(out).server.ca), "utf8"), root.certificate);
  });

  test("asks for its fingerprint where somebody is there", async () => {
    const port = await tlsServer(withRoot(own));
    for (const [typed, code] of [
      ["n", 1],
      ["y", 0],
    ] as const) {
      const out = file();
      const { screen, ...end } = await runConfig(
        [...OTHERS, "--port", `${port}`, "--fetch-ca", "--out", out],
        [["Is it the fingerprint that its owner told you?", typed]],
      );
      assert.equal(end.code, code, end.complaints);
      assert.ok(screen.includes(fingerprintOf(root)));
      assert.equal(existsSync(out), code === 0);
    }
  });

  test("says why there is none", async () => {
    const out = file();
    const args = [...OTHERS, "--port", `${await httpServer()}`, "--fetch-ca", "--out", out];
    const { code, complaints } = await runConfig(args);
    assert.equal(code, 1);
    assert.match(complaints, /^Looking at 127\.0\.0\.1:\d+ from this computer, .*\n/);
    assert.match(complaints, /is a web server; .*\n--fetch-ca: no root was found/);
    assert.ok(!existsSync(out));
  });

  test("refuses a fingerprint that is none in one line", async () => {
    const { code, complaints } = await runConfig([...OTHERS, "--fetch-ca", "--fingerprint", "12:34"]);
    assert.equal(code, 2);
    assert.match(complaints, /^.*It must be 64 hexadecimal digits\.\n$/);
  });
});

test("plain text is called so", async () => {
  const out = file();
  const { said } = await runConfig([...OTHERS, "--out", out]);
  assert.match(
    said,
    /^wrote .*\nserver\.tls is 0, plain text: the token, and all places, can be read on the way\n$/,
  );
});

function fingerprintOf({ certificate }: Identity): string {
  return new X509Certificate(certificate).fingerprint256;
}
