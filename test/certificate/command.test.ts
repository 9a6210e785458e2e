/** `npm run certificate`: what it writes is what a server takes for a login. */
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { certificate } from "../../scripts/certificate.ts";
import { probeServer } from "../../scripts/probe/probe.ts";
import { mqttTalk, tlsServer } from "../probe/servers.ts";

const folder = mkdtempSync(join(tmpdir(), "certificate-"));
after(() => rmSync(folder, { recursive: true }));
let folders = 0;
const newFolder = (): string => mkdtempSync(join(folder, `${++folders}-`));

async function run(...args: string[]): Promise<{ code: number; said: string; complaints: string }> {
  const said: string[] = [];
  const complaints: string[] = [];
  const code = await certificate(args, {
    say: (line) => said.push(line),
    complain: (line) => complaints.push(line),
  });
  return { code, said: said.join("\n"), complaints: complaints.join("\n") };
}

const text = (...path: string[]): string => readFileSync(join(...path), "utf8");

describe("npm run certificate", () => {
  test("writes a certificate and its key, that nobody else may read, and never prints the key", async () => {
    const out = newFolder();
    const { code, said, complaints } = await run("--device", "Van 7/a", "--out", out);
    assert.equal(code, 0, complaints);
    assert.deepEqual(readdirSync(out).sort(), ["Van-7-a.crt.pem", "Van-7-a.key.pem"]);
    assert.equal(statSync(join(out, "Van-7-a.key.pem")).mode & 0o777, 0o600);
    assert.equal(statSync(join(out, "Van-7-a.crt.pem")).mode & 0o777, 0o644);
    const key = text(out, "Van-7-a.key.pem");
    for (const line of key.split("\n").slice(1, -2)) assert.ok(!(said + complaints).includes(line));
    assert.match(said, /Devices → Van 7\/a → Manage credentials → X\.509/);
    assert.match(said, /npm run config -- --tls 2 --cert \S+ --key \S+ --fetch-ca/);
  });

  test("the key is RSA 2048 in the form that old modems want, and belongs to the certificate", async () => {
    const out = newFolder();
    await run("--device", "t1", "--out", out, "--days", "30");
    const pem = text(out, "t1.key.pem");
    assert.match(pem, /^-----BEGIN RSA PRIVATE KEY-----\n[\s\S]*\n-----END RSA PRIVATE KEY-----\n$/);
    const key = createPrivateKey(pem);
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048);
    const made = new X509Certificate(text(out, "t1.crt.pem"));
    assert.ok(made.checkPrivateKey(key));
    assert.equal(made.subject, "CN=t1");
    assert.deepEqual(made.keyUsage, ["1.3.6.1.5.5.7.3.2"], "for a client");
    const days = (Date.parse(made.validTo) - Date.now()) / 86_400_000;
    assert.ok(days > 29.9 && days < 30.1, `${days}`);
    assert.ok(Date.parse(made.validFrom) < Date.now());
  });

  test("logs in at a server that asks for a certificate, which sees the device's", async () => {
    const out = newFolder();
    await run("--device", "t1", "--out", out);
    const [cert, key] = [text(out, "t1.crt.pem"), text(out, "t1.key.pem")];
    const server = await makeCertificate({ name: "localhost", hosts: ["127.0.0.1"] });
    let seen = "";
    const port = await tlsServer(
      { cert: server.certificate, key: server.key, requestCert: true, ca: cert },
      (stream) => {
        seen = (stream as TLSSocket).getPeerX509Certificate()?.fingerprint256 ?? "";
        mqttTalk(0)(stream);
      },
    );
    const target = { host: "127.0.0.1", port, tls: 2, ca: server.certificate } as const;
    assert.equal((await probeServer({ ...target, cert, key })).cause, "ok");
    assert.equal(seen, new X509Certificate(cert).fingerprint256);
    assert.equal((await probeServer(target)).cause, "certificate-missing");
  });

  test("overwrites with --force only", async () => {
    const out = newFolder();
    await run("--device", "t1", "--out", out);
    const before = text(out, "t1.key.pem");
    rmSync(join(out, "t1.crt.pem"));
    const refused = await run("--device", "t1", "--out", out);
    assert.equal(refused.code, 1);
    assert.equal(
      refused.complaints,
      `${join(out, "t1.key.pem")}: is there already; --force overwrites it, and the old key is lost`,
    );
    assert.equal(text(out, "t1.key.pem"), before);
    assert.ok(!existsSync(join(out, "t1.crt.pem")));
    assert.equal((await run("--device", "t1", "--out", out, "--force")).code, 0);
    assert.notEqual(text(out, "t1.key.pem"), before);
  });

  test("--config puts it into the settings, and says what is missing still", async () => {
    const out = newFolder();
    const config = join(out, "tracker.json");
    writeFileSync(
      config,
      JSON.stringify({ board: "rak5010", server: { host: "h", username: "t", port: 1883 } }),
    );
    const { code, said } = await run("--device", "t1", "--out", out, "--config", config);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(text(config)), {
      board: "rak5010",
      server: { host: "h", port: 1883, tls: 2, cert: "t1.crt.pem", key: "t1.key.pem", username: "t" },
    });
    assert.equal(statSync(config).mode & 0o777, 0o600);
    assert.match(said, /server\.port is 1883 there/);
    assert.match(
      said,
      /^2\. npm run config -- --out \S+ --fetch-ca, .*\n3\. npm run flash -- --config \S+$/m,
    );
  });

  test("nothing is made where the settings cannot be read", async () => {
    const out = newFolder();
    writeFileSync(join(out, "tracker.json"), "{");
    const { code, complaints } = await run(
      "--device",
      "t1",
      "--out",
      out,
      "--config",
      join(out, "tracker.json"),
    );
    assert.equal(code, 1);
    assert.match(complaints, /^\S+: not JSON: /);
    assert.deepEqual(readdirSync(out), ["tracker.json"]);
  });

  for (const [wanted, args, message] of [
    [2, [], /--device <NAME>' not specified/],
    [2, ["--device", ""], /It must be 1 to 64 characters of ASCII/],
    [2, ["--device", "é"], /It must be 1 to 64/],
    [2, ["--device", "x".repeat(65)], /It must be 1 to 64/],
    [2, ["--device", "t1", "--days", "0"], /a whole number, 1 to 7300/],
    [2, ["--device", "t1", "--days", "7301"], /a whole number, 1 to 7300/],
    [1, ["--device", "t1", "--out", "/no/such/folder"], /^\S+: no such file or directory$/],
  ] as const)
    test(`refuses ${args.join(" ").slice(0, 40)} in one line`, async () => {
      const { code, complaints } = await run(...args);
      assert.equal(code, wanted);
      assert.match(complaints, message);
      assert.equal(complaints.split("\n").length, 1);
    });

  test("--help", async () => {
    const { code, said } = await run("--help");
    assert.equal(code, 0);
    for (const option of ["--device", "--out", "--days", "--config", "--force"])
      assert.ok(said.includes(option));
  });
});
